"""Outboxes of both kinds behind one way to fill them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from kitchenwatch.alerts.memory import MemoryOutbox
from kitchenwatch.clock import ManualClock
from kitchenwatch.model import Alert, AlertType, Kind
from kitchenwatch.ports import Clock, Outbox
from kitchenwatch.store.announce import announce
from kitchenwatch.store.database import Database, serialize_outbox
from kitchenwatch.store.outbox import Routes, SqlOutbox
from kitchenwatch.store.tables import Site

SITE = "canteen-3"
BEGIN = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


class Filled(Protocol):
    """An outbox that a test can write alerts into; a site's alerts go to `regulator` and `business`."""

    @property
    def outbox(self) -> Outbox: ...

    def add(self, type: AlertType, subject: str, camera: str = "cam-1", kind: Kind = Kind.NO_HAT) -> None: ...


@dataclass
class InMemory:
    clock: ManualClock
    outbox: MemoryOutbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = MemoryOutbox(_routes, self.clock.now)

    def add(self, type: AlertType, subject: str, camera: str = "cam-1", kind: Kind = Kind.NO_HAT) -> None:
        if type is AlertType.STORAGE_PRESSURE:
            self.outbox.add(type, subject)
        else:
            self.outbox.add(type, subject, site=SITE, camera=camera, kind=kind)


@dataclass
class InDatabase:
    clock: Clock
    database: Database
    outbox: SqlOutbox = field(init=False)
    _added: int = 0

    def __post_init__(self) -> None:
        routes = Routes(districts={"east": ("regulator",)}, sites={SITE: ("business",)}, operators=("operators",))
        self.outbox = SqlOutbox(self.database, routes, self.clock)

    def add(self, type: AlertType, subject: str, camera: str = "cam-1", kind: Kind = Kind.NO_HAT) -> None:
        self._added += 1
        site = None if type is AlertType.STORAGE_PRESSURE else Site(id=SITE, district_id="east")
        place = {"site": {"id": SITE, "name": "第三食堂"}, "camera": {"id": camera, "name": camera}}
        with self.database.session() as session:
            serialize_outbox(session)
            announce(
                session,
                type,
                subject,
                self.clock.now(),
                place if site else {},
                occasion=str(self._added),
                site=site,
                camera=camera if site else None,
                kind=kind if site else None,
            )


def _routes(alert: Alert) -> tuple[str, ...]:
    return ("regulator", "business") if alert.site else ("operators",)
