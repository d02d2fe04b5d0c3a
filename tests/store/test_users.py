"""People, passwords and roles."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Conflict, Invalid, NotFound, Unauthenticated
from kitchenwatch.model import Role
from kitchenwatch.store.audit import read_audit
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import District, Site, User
from kitchenwatch.store.users import NewUser, Users

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
LI = NewUser("li.wei", Role.REGULATOR, districts=("gongshu",))


@pytest.fixture
def users(database: Database, clock: ManualClock) -> Users:
    with database.session() as session:
        session.add(District(id="gongshu", name="拱墅区"))
        session.flush()
        session.add(Site(id="wang", name="老王烧烤店", district_id="gongshu", timezone="Asia/Shanghai"))
    return Users(database, clock, CHEAP)


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.action for row in reversed(read_audit(session))]


def stored(database: Database, name: str) -> str:
    with database.reading() as session:
        return session.scalars(select(User.password).where(User.name == name)).one()


def test_the_first_start_makes_an_admin_and_later_ones_do_not(users: Users, database: Database) -> None:
    password = users.first_admin()
    assert password
    assert len(password) >= 16
    users.check("admin", password)
    assert users.first_admin() is None
    assert password not in stored(database, "admin")
    assert actions(database) == ["user.add"]


def test_a_wrong_password_and_a_stranger_are_refused_alike_and_noted(users: Users, database: Database) -> None:
    users.add("admin", LI, "a long password")
    with pytest.raises(Unauthenticated) as wrong:
        users.check("li.wei", "another password", "10.0.0.9")
    with pytest.raises(Unauthenticated) as stranger:
        users.check("nobody", "a long password", "10.0.0.9")
    assert str(wrong.value) == str(stranger.value)
    assert actions(database) == ["user.add", "login.refused", "login.refused"]


def test_a_disabled_user_stays_out_until_enabled(users: Users) -> None:
    users.add("admin", LI, "a long password")
    users.set_disabled("admin", "li.wei", True)
    with pytest.raises(Unauthenticated):
        users.check("li.wei", "a long password")
    users.set_disabled("admin", "li.wei", False)
    users.check("li.wei", "a long password")


def test_a_password_is_hashed_anew_when_the_parameters_have_changed(
    users: Users, database: Database, clock: ManualClock
) -> None:
    users.add("admin", LI, "a long password")
    before = stored(database, "li.wei")
    stronger = Users(database, clock, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stronger.check("li.wei", "a long password")
    after = stored(database, "li.wei")
    assert "m=8,t=1" in before
    assert "m=16,t=2" in after
    stronger.check("li.wei", "a long password")
    assert stored(database, "li.wei") == after


def test_a_user_must_make_sense(users: Users) -> None:
    for user in (
        NewUser("a", Role.REGULATOR),
        NewUser("a", Role.BUSINESS),
        NewUser("a", Role.VIEWER, sites=("wang",)),
        NewUser("a", Role.ADMIN, districts=("gongshu",)),
        NewUser("system", Role.VIEWER),
        NewUser("a b", Role.VIEWER),
        NewUser("", Role.VIEWER),
    ):
        with pytest.raises(Invalid):
            users.add("admin", user, "a long password")
    assert not users.all()


def test_a_place_that_is_not_there_is_named(users: Users) -> None:
    with pytest.raises(NotFound, match=r"'gongshuu'.*gongshu"):
        users.add("admin", NewUser("a", Role.REGULATOR, districts=("gongshuu",)), "a long password")
    with pytest.raises(NotFound, match="'wong'"):
        users.add("admin", NewUser("a", Role.BUSINESS, sites=("wang", "wong")), "a long password")


def test_a_name_is_given_once(users: Users) -> None:
    users.add("admin", LI, "a long password")
    with pytest.raises(Conflict):
        users.add("admin", NewUser("li.wei", Role.VIEWER), "another password")
    assert [user.role for user in users.all()] == [Role.REGULATOR]


def test_short_passwords_are_refused(users: Users) -> None:
    with pytest.raises(Invalid, match="10 to 200"):
        users.add("admin", LI, "short")


def test_the_last_admin_cannot_be_lost(users: Users) -> None:
    users.first_admin()
    with pytest.raises(Conflict):
        users.set_disabled("admin", "admin", True)
    with pytest.raises(Conflict):
        users.change("admin", NewUser("admin", Role.VIEWER))
    users.add("admin", NewUser("second", Role.ADMIN), "a long password")
    users.change("second", NewUser("admin", Role.VIEWER))
    assert {user.name: user.role for user in users.all()} == {"admin": Role.VIEWER, "second": Role.ADMIN}


def test_a_role_and_its_places_change(users: Users, database: Database) -> None:
    users.add("admin", LI, "a long password")
    users.change("admin", NewUser("li.wei", Role.BUSINESS, sites=("wang",)))
    assert [(user.role, user.districts, user.sites) for user in users.all()] == [(Role.BUSINESS, [], ["wang"])]
    assert actions(database) == ["user.add", "user.change"]
    with pytest.raises(NotFound):
        users.change("admin", NewUser("nobody", Role.VIEWER))
