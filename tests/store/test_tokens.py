"""Tokens and browser sessions."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Invalid, NotFound
from kitchenwatch.model import Role, Scope
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import District, Token
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.users import NewUser, Users


@pytest.fixture
def users(database: Database, clock: ManualClock) -> Users:
    with database.session() as session:
        session.add(District(id="gongshu", name="拱墅区"))
    users = Users(database, clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    users.add("admin", NewUser("li", Role.REGULATOR, districts=("gongshu",)), "a long password")
    users.add("admin", NewUser("wu", Role.VIEWER), "a long password")
    return users


@pytest.fixture
def tokens(users: Users, database: Database, clock: ManualClock) -> Tokens:
    return Tokens(database, clock)


def test_a_token_opens_what_its_user_may_see(tokens: Tokens) -> None:
    secret = tokens.issue("li", "li", "script").secret
    assert secret.startswith("kw_")
    assert tokens.scope_of(secret) == Scope("li", Role.REGULATOR, frozenset({"gongshu"}), frozenset())
    assert tokens.scope_of(secret + "x") is None
    assert tokens.scope_of("") is None


def test_only_a_digest_is_stored(tokens: Tokens, database: Database) -> None:
    secret = tokens.issue("li", "li").secret
    with database.reading() as session:
        row = session.scalars(select(Token)).one()
    assert secret not in {str(value) for value in vars(row).values()}
    assert len(row.sha256) == 64


def test_a_revoked_token_opens_nothing(tokens: Tokens) -> None:
    grant = tokens.issue("li", "li")
    with pytest.raises(NotFound):
        tokens.revoke("wu", grant.id, owner="wu")
    assert tokens.scope_of(grant.secret)
    tokens.revoke("li", grant.id, owner="li")
    tokens.revoke("li", grant.id, owner="li")
    assert tokens.scope_of(grant.secret) is None
    assert [token.revoked_at is None for token in tokens.all("li")] == [False]


def test_a_token_and_a_session_end_in_time(tokens: Tokens, clock: ManualClock) -> None:
    token = tokens.issue("li", "li", expires_at=clock.now() + timedelta(hours=20))
    session = tokens.open_session("li")
    clock.advance(12 * 3600 - 1)
    assert tokens.scope_of(session.secret)
    clock.advance(1)
    assert tokens.scope_of(session.secret) is None
    assert tokens.scope_of(token.secret)
    clock.advance(8 * 3600)
    assert tokens.scope_of(token.secret) is None


def test_a_token_that_has_expired_already_is_not_issued(tokens: Tokens, clock: ManualClock) -> None:
    with pytest.raises(Invalid):
        tokens.issue("li", "li", expires_at=clock.now())
    with pytest.raises(NotFound):
        tokens.issue("admin", "nobody")


def test_sessions_that_have_ended_are_forgotten(tokens: Tokens, clock: ManualClock, database: Database) -> None:
    for _ in range(3):
        tokens.open_session("li")
        clock.advance(13 * 3600)
    with database.reading() as session:
        assert len(session.scalars(select(Token)).all()) == 1


def test_signing_out_ends_a_session_but_no_token(tokens: Tokens) -> None:
    token, session = tokens.issue("li", "li"), tokens.open_session("li")
    tokens.close_session(session.secret)
    tokens.close_session(token.secret)
    assert tokens.scope_of(session.secret) is None
    assert tokens.scope_of(token.secret)


def test_a_new_password_ends_that_users_sessions(tokens: Tokens, users: Users) -> None:
    mine, other, token = tokens.open_session("li"), tokens.open_session("wu"), tokens.issue("li", "li")
    users.set_password("admin", "li", "quite another one")
    assert tokens.scope_of(mine.secret) is None
    assert tokens.scope_of(other.secret)
    assert tokens.scope_of(token.secret)


def test_a_disabled_users_secrets_open_nothing(tokens: Tokens, users: Users) -> None:
    secret = tokens.issue("li", "li").secret
    users.set_disabled("admin", "li", True)
    assert tokens.scope_of(secret) is None


def test_a_changed_role_takes_hold_at_once(tokens: Tokens, users: Users) -> None:
    secret = tokens.issue("li", "li").secret
    users.change("admin", NewUser("li", Role.VIEWER))
    scope = tokens.scope_of(secret)
    assert scope
    assert (scope.role, scope.districts) == (Role.VIEWER, frozenset())


def test_many_at_once_are_told_apart(tokens: Tokens, users: Users, clock: ManualClock) -> None:
    li, wu, session = tokens.issue("li", "li"), tokens.issue("wu", "wu"), tokens.open_session("wu")
    revoked, short = tokens.issue("li", "li"), tokens.issue("li", "li", expires_at=clock.now() + timedelta(hours=1))
    tokens.revoke("li", revoked.id)
    clock.advance(3600)
    asked = [grant.secret for grant in (li, wu, session, revoked, short)]
    assert tokens.scopes_of([*asked, "kw_no"]) == {
        li.secret: Scope("li", Role.REGULATOR, frozenset({"gongshu"})),
        wu.secret: Scope("wu", Role.VIEWER),
        session.secret: Scope("wu", Role.VIEWER),
    }
    users.set_disabled("admin", "wu", True)
    assert set(tokens.scopes_of(asked)) == {li.secret}
