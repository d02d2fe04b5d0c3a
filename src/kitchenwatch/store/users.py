"""Who may sign in: names, passwords (kept as argon2 hashes), roles."""

import re
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kitchenwatch.errors import Conflict, Fault, InvalidFields, NotFound, Unauthenticated
from kitchenwatch.model import Role
from kitchenwatch.ports import Clock
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.database import Database, insert_if_new
from kitchenwatch.store.tables import District, Site, Token, User

NAME = re.compile(r"[\w.@-]{1,64}")  # \w includes Chinese
PHONE = re.compile(r"\+?\d([ -]?\d){4,19}")
SYSTEM = "system"  # the audit log's name for the machine itself
SHORTEST_PASSWORD = 10  # NIST SP 800-63B asks for 8 at least
LONGEST_PASSWORD = 200
FIRST_ADMIN = "admin"
HASHERS = 2  # each takes 64 MiB and a core for a moment; more at once only queue


@dataclass(frozen=True, slots=True)
class NewUser:
    """What somebody is to be: `REGULATOR` needs districts, `BUSINESS` sites, the others neither.

    `phone` of the person behind the account stands on the watermarks of their photos; None leaves it as it is.
    """

    name: str
    role: Role
    districts: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    phone: str | None = None

    def told(self) -> dict[str, Any]:
        """For the audit log."""
        places = {"districts": list(self.districts), "sites": list(self.sites)}
        return {"role": self.role, **places} | ({"phone": self.phone} if self.phone else {})


class Users:
    """The people of an installation; every change is one transaction with its audit row."""

    def __init__(self, database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> None:
        self._database = database
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._hashing = threading.BoundedSemaphore(HASHERS)
        # A stranger's name costs as much time as a known one, so that names cannot be guessed by it.
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def first_admin(self) -> str | None:
        """Create `admin` when there is no user at all; its random password, told this once."""
        password = secrets.token_urlsafe(12)
        hashed = self._hash(password)
        with self._database.session() as session:
            if session.scalar(select(func.count()).select_from(User)):
                return None
            now = self._clock.now()
            session.add(
                User(name=FIRST_ADMIN, password=hashed, role=Role.ADMIN, districts=[], sites=[], created_at=now)
            )
            write_audit(session, now, SYSTEM, "user.add", FIRST_ADMIN, role=Role.ADMIN)
        return password

    def add(self, by: str, user: NewUser, password: str, address: str = "") -> None:
        """Raises Invalid (name, password, or role and places), NotFound (place), Conflict (name taken)."""
        if user.name == SYSTEM or not NAME.fullmatch(user.name):
            raise InvalidFields({"name": Fault("has 1 to 64 letters, digits, or . @ - _, and is not 'system'")})
        _check_places(user)
        hashed = self._hash(_checked(password))
        now = self._clock.now()
        with self._database.session() as session:
            _check_known(session, user)
            places = {"districts": list(user.districts), "sites": list(user.sites)}
            row = {
                "name": user.name,
                "password": hashed,
                "role": user.role,
                "phone": user.phone or "",
                "created_at": now,
            }
            if not insert_if_new(session, User, **row, **places):
                raise Conflict(f"there is a user {user.name!r} already -> choose another name")
            write_audit(session, now, by, "user.add", user.name, address, **user.told())

    def change(self, by: str, user: NewUser, address: str = "", revision: int | None = None) -> None:
        """Give an existing user another role, other places or another phone.

        Raises as `add`, and Conflict for the last admin, or if the user is not at that revision any more.
        """
        _check_places(user)
        with self._database.session() as session:
            row = _user(session, user.name)
            if revision is not None and row.revision != revision:
                raise Conflict(f"somebody has changed {user.name!r} meanwhile -> look again")
            _check_known(session, user)
            if user.role is not Role.ADMIN:
                _keep_an_admin(session, row)
            before = NewUser(row.name, Role(row.role), tuple(row.districts), tuple(row.sites), row.phone).told()
            row.role, row.districts, row.sites = user.role, list(user.districts), list(user.sites)
            row.phone, row.revision = row.phone if user.phone is None else user.phone, row.revision + 1
            now = self._clock.now()
            write_audit(session, now, by, "user.change", row.name, address, before=before, **user.told())

    def set_password(self, by: str, name: str, password: str, address: str = "") -> None:
        """Ends that user's browser sessions; their API tokens go on. Raises Invalid, NotFound."""
        hashed = self._hash(_checked(password))
        with self._database.session() as session:
            row = _user(session, name)
            row.password = hashed
            session.execute(delete(Token).where(Token.user_name == name, Token.purpose == "session"))
            write_audit(session, self._clock.now(), by, "user.password", name, address)

    def set_phone(self, by: str, name: str, phone: str, address: str = "") -> None:
        """For the watermarks of their photos; empty for none. Raises Invalid, NotFound."""
        phone = phone.strip()
        if phone and not PHONE.fullmatch(phone):
            raise InvalidFields({"phone": Fault("has 5 to 20 digits, perhaps with + in front, spaces and hyphens")})
        with self._database.session() as session:
            row = _user(session, name)
            row.phone, row.revision = phone, row.revision + 1
            write_audit(session, self._clock.now(), by, "user.phone", name, address, phone=phone)

    def set_disabled(self, by: str, name: str, disabled: bool, address: str = "") -> None:
        """A disabled user's secrets open nothing. Raises NotFound, and Conflict for the last admin."""
        now = self._clock.now()
        with self._database.session() as session:
            row = _user(session, name)
            if disabled:
                _keep_an_admin(session, row)
            row.disabled_at = now if disabled else None
            write_audit(session, now, by, "user.disable" if disabled else "user.enable", name, address)

    def all(self) -> Sequence[User]:
        """Every user by name."""
        with self._database.reading() as session:
            return session.scalars(select(User).order_by(User.name)).all()

    def get(self, name: str) -> User:
        """Raises NotFound."""
        with self._database.reading() as session:
            return _user(session, name)

    def check(self, name: str, password: str, address: str = "") -> None:
        """Whether this is that user's password. Raises Unauthenticated, once the refusal is in the audit log."""
        with self._database.reading() as session:
            row = session.get(User, name)
            stored = row.password if row and not row.disabled_at else None
        if not self._verify(stored or self._nobody, password) or stored is None:
            self._note_refusal(name, address)
            raise Unauthenticated("wrong name or password")
        if self._hasher.check_needs_rehash(stored):
            self._rehash(name, password)

    def _note_refusal(self, name: str, address: str) -> None:
        with self._database.session() as session:
            write_audit(session, self._clock.now(), name, "login.refused", name, address)

    def _rehash(self, name: str, password: str) -> None:
        hashed = self._hash(password)
        with self._database.session() as session:
            _user(session, name).password = hashed

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def _verify(self, stored: str, password: str) -> bool:
        try:
            with self._hashing:
                return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def _user(session: Session, name: str) -> User:
    row = session.get(User, name)
    if row is None:
        raise NotFound(f"there is no user {name!r}")
    return row


def _checked(password: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise InvalidFields({"password": Fault(f"needs {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")})
    return password


def _check_places(user: NewUser) -> None:
    if bool(user.districts) != (user.role is Role.REGULATOR):
        raise InvalidFields({"districts": Fault("a regulator needs districts, and nobody else has any")})
    if bool(user.sites) != (user.role is Role.BUSINESS):
        raise InvalidFields({"sites": Fault("a business needs sites, and nobody else has any")})


def _check_known(session: Session, user: NewUser) -> None:
    for place, table, wanted in (("district", District, user.districts), ("site", Site, user.sites)):
        known = set(session.scalars(select(table.id)).all()) if wanted else set()
        if unknown := set(wanted) - known:
            raise NotFound(f"there is no {place} {min(unknown)!r} -> one of: {', '.join(sorted(known)) or 'none yet'}")


def _keep_an_admin(session: Session, leaving: User) -> None:
    others = select(func.count()).where(User.role == Role.ADMIN, User.disabled_at.is_(None), User.name != leaving.name)
    if leaving.role == Role.ADMIN and not session.scalar(others):
        raise Conflict(f"{leaving.name!r} is the last admin -> make another one first")
