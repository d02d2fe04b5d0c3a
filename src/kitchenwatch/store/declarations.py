"""What was declared in the console (places, retention), each change with its audit row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from kitchenwatch.errors import Conflict, NotFound
from kitchenwatch.ports import Clock
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.database import Database, insert_if_new
from kitchenwatch.store.tables import Declaration
from kitchenwatch.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be declared.

    Attributes:
        kind: `district`, `site`, `camera` or `retention`.
        body: in the shape of the configuration's model, without a camera's address.
        site: of a camera.
        address: of a camera, with its password; None keeps the one that is there.
    """

    kind: str
    id: str
    body: dict[str, Any]
    site: str | None = None
    address: str | None = field(default=None, repr=False)


class Declarations:
    """The declarations of an installation; a change says which revision it has seen."""

    def __init__(self, database: Database, clock: Clock, vault: Vault) -> None:
        self._database, self._clock, self._vault = database, clock, vault

    def all(self) -> Sequence[Declaration]:
        """Every one, by kind and id."""
        with self._database.reading() as session:
            return session.scalars(select(Declaration).order_by(Declaration.kind, Declaration.id)).all()

    def address(self, row: Declaration) -> str | None:
        """A camera's address with its password. Raises StorageError: the key is gone or another."""
        return self._vault.unlock(row.secret) if row.secret else None

    def add(self, by: str, wish: Wish, network: str = "") -> None:
        """Raises Conflict (there is one of that id), StorageError. `network` is the network address of `by`."""
        now = self._clock.now()
        secret = self._locked(wish)
        values = {"body": wish.body, "site_id": wish.site, "secret": secret, "by": by, "at": now, "revision": 1}
        with self._database.session() as session:
            if not insert_if_new(session, Declaration, kind=wish.kind, id=wish.id, **values):
                raise Conflict(f"there is a {wish.kind} {wish.id!r} already -> choose another id")
            said = {"after": _told(wish.body, wish.site), "address_set": secret is not None}
            write_audit(session, now, by, f"{wish.kind}.add", wish.id, network, **said)

    def change(self, by: str, wish: Wish, revision: int, network: str = "") -> None:
        """Raises NotFound, Conflict (it is not at that revision any more), StorageError."""
        now = self._clock.now()
        secret = self._locked(wish)
        with self._database.session() as session:
            row = _seen(session.get(Declaration, (wish.kind, wish.id), with_for_update=True), wish, revision)
            before = _told(row.body, row.site_id)
            row.body, row.site_id, row.by, row.at, row.revision = wish.body, wish.site, by, now, revision + 1
            row.secret = secret or row.secret
            said = {"before": before, "after": _told(wish.body, wish.site), "address_set": secret is not None}
            write_audit(session, now, by, f"{wish.kind}.change", wish.id, network, **said)

    def drop(self, by: str, kind: str, id: str, revision: int, network: str = "") -> None:
        """Raises NotFound, Conflict (it is not at that revision any more)."""
        wish = Wish(kind, id, {})
        with self._database.session() as session:
            row = _seen(session.get(Declaration, (kind, id), with_for_update=True), wish, revision)
            session.delete(row)
            said = {"before": _told(row.body, row.site_id)}
            write_audit(session, self._clock.now(), by, f"{kind}.remove", id, network, **said)

    def _locked(self, wish: Wish) -> str | None:
        return self._vault.lock(wish.address) if wish.address is not None else None


def _seen(row: Declaration | None, wish: Wish, revision: int) -> Declaration:
    if row is None:
        raise NotFound(f"the console has declared no {wish.kind} {wish.id!r}")
    if row.revision != revision:
        raise Conflict(f"{row.by} has changed {wish.kind} {wish.id!r} meanwhile -> look at it again")
    return row


def _told(body: dict[str, Any], site: str | None) -> dict[str, Any]:
    return body | ({"site": site} if site else {})
