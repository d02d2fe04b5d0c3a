"""Secrets that open the doors: API tokens, of which only the SHA-256 digest is stored.

A browser session is a token like any other: its purpose is `session`, and it ends after twelve hours.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kitchenwatch.errors import Invalid, NotFound
from kitchenwatch.model import Role, Scope
from kitchenwatch.ports import Clock
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import Token, User

SESSION = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Grant:
    """A fresh secret, told this once."""

    id: UUID
    secret: str
    expires_at: datetime | None


class Tokens:
    """The secrets of an installation; every change is one transaction with its audit row."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def issue(self, by: str, user: str, note: str = "", expires_at: datetime | None = None, address: str = "") -> Grant:
        """An API token for a user. Raises NotFound, Invalid (it would have expired already)."""
        now = self._clock.now()
        if expires_at and expires_at <= now:
            raise Invalid("expires_at lies in the past -> choose a later moment, or none")
        with self._database.session() as session:
            if session.get(User, user) is None:
                raise NotFound(f"there is no user {user!r}")
            grant = self._grant(session, user, "api", expires_at, note)
            write_audit(session, now, by, "token.issue", str(grant.id), address, user=user, note=note)
            return grant

    def all(self, user: str | None = None) -> Sequence[Token]:
        """API tokens of a user, or of everybody, newest first."""
        query = select(Token).where(Token.purpose == "api").order_by(Token.created_at.desc(), Token.id)
        with self._database.reading() as session:
            return session.scalars(query.where(Token.user_name == user) if user else query).all()

    def revoke(self, by: str, token: UUID, owner: str | None = None, address: str = "") -> None:
        """End an API token; with `owner`, only one of theirs. Raises NotFound. Twice is as good as once."""
        with self._database.session() as session:
            row = session.get(Token, token)
            if row is None or row.purpose != "api" or (owner and row.user_name != owner):
                raise NotFound(f"there is no token {token}")
            if row.revoked_at is None:
                row.revoked_at = self._clock.now()
                write_audit(session, row.revoked_at, by, "token.revoke", str(token), address, user=row.user_name)

    def open_session(self, user: str, address: str = "") -> Grant:
        """A browser session for somebody whose password was right; forgets their sessions that have ended."""
        now = self._clock.now()
        ended = (Token.user_name == user, Token.purpose == "session", Token.expires_at <= now)
        with self._database.session() as session:
            session.execute(delete(Token).where(*ended))
            grant = self._grant(session, user, "session", now + SESSION, address)
            write_audit(session, now, user, "login", user, address)
            return grant

    def close_session(self, secret: str, address: str = "") -> None:
        """End the browser session that this secret opened, if it did."""
        with self._database.session() as session:
            row = session.scalar(select(Token).where(Token.sha256 == _digest(secret), Token.purpose == "session"))
            if row:
                write_audit(session, self._clock.now(), row.user_name, "logout", row.user_name, address)
                session.delete(row)

    def sessions(self, user: str | None = None) -> Sequence[Token]:
        """Browser sessions that are open now, of a user or of everybody, newest first; `note` is where from."""
        query = select(Token).where(Token.purpose == "session", Token.expires_at > self._clock.now())
        query = query.order_by(Token.created_at.desc(), Token.id)
        with self._database.reading() as session:
            return session.scalars(query.where(Token.user_name == user) if user else query).all()

    def end_session(self, by: str, token: UUID, owner: str | None = None, address: str = "") -> None:
        """End somebody's browser session; with `owner`, only one of theirs. Raises NotFound: it has ended already."""
        with self._database.session() as session:
            row = session.get(Token, token)
            if row is None or row.purpose != "session" or (owner and row.user_name != owner):
                raise NotFound("this session has ended already")
            session.delete(row)
            write_audit(session, self._clock.now(), by, "session.end", row.user_name, address)

    def scope_of(self, secret: str) -> Scope | None:
        """Who holds this secret and what they may see; None if it opens nothing (any more)."""
        return self.scopes_of([secret]).get(secret)

    def scopes_of(self, secrets: Collection[str]) -> dict[str, Scope]:
        """The same of many at once; those that open nothing are left out."""
        asked = {_digest(secret): secret for secret in secrets}
        person = (User.name, User.role, User.districts, User.sites)
        query = select(Token.sha256, Token.expires_at, *person).join(Token.user)
        query = query.where(Token.sha256.in_(asked), Token.revoked_at.is_(None), User.disabled_at.is_(None))
        with self._database.reading() as session:
            rows, now = session.execute(query).all(), self._clock.now()
        return {
            asked[row.sha256]: Scope(row.name, Role(row.role), frozenset(row.districts), frozenset(row.sites))
            for row in rows
            if row.expires_at is None or row.expires_at > now
        }

    def _grant(self, session: Session, user: str, purpose: str, expires_at: datetime | None, note: str) -> Grant:
        grant = Grant(uuid4(), "kw_" + secrets.token_urlsafe(32), expires_at)
        kept = {"id": grant.id, "sha256": _digest(grant.secret), "expires_at": expires_at}
        session.add(Token(user_name=user, purpose=purpose, note=note, created_at=self._clock.now(), **kept))
        return grant


def is_of(token: Token, secret: str) -> bool:
    """Whether this token is the one with that secret."""
    return token.sha256 == _digest(secret)


def _digest(secret: str) -> str:
    # 256 random bits need no slow hash: nobody can guess them back from their digest.
    return hashlib.sha256(secret.encode()).hexdigest()
