"""The outbox: which alerts are owed to which channels, and what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from kitchenwatch import model
from kitchenwatch.model import Alert, AlertType
from kitchenwatch.ports import Clock
from kitchenwatch.store.database import Database, insert_if_new, serialize_outbox
from kitchenwatch.store.digest import write_digest
from kitchenwatch.store.rows import alert_of
from kitchenwatch.store.tables import Delivery, Outbox

WAITING, DELIVERED, FAILED, HELD = "waiting", "delivered", "failed", "held"
# Alerts fanned out in one transaction: bounds how long other writers wait for it.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Routes:
    """Names of the channels that reach each recipient.

    Attributes:
        districts: by district, its regulators' channels.
        sites: by site, the business's own.
        operators: those who run kitchenwatch.
    """

    districts: Mapping[str, tuple[str, ...]]
    sites: Mapping[str, tuple[str, ...]]
    operators: tuple[str, ...] = ()

    def of(self, alert: Outbox) -> tuple[str, ...]:
        """Both recipients of what happens at a site; the operators for what concerns the installation."""
        if alert.only_channel is not None:
            return (alert.only_channel,)
        if alert.site_id is None:
            return self.operators
        both = self.districts.get(alert.district_id or "", ()) + self.sites.get(alert.site_id, ())
        return tuple(dict.fromkeys(both))


class SqlOutbox:
    """The outbox in the database.

    Of several processes on one database only one is handed deliveries; the others get none until it ends.
    Every call raises StorageFull or StorageError when the database cannot be reached or written.
    """

    def __init__(self, database: Database, routes: Routes, clock: Clock) -> None:
        self._database, self._routes, self._clock = database, routes, clock
        self._lead = database.dispatching()

    def reroute(self, routes: Routes) -> None:
        """From now on, alerts go these ways."""
        self._routes = routes

    def close(self) -> None:
        """Let another process hand out deliveries."""
        self._lead.give_up()

    def fan_out(self) -> int:
        """Make the deliveries that new alerts owe to the channels of their recipients; how many alerts it took."""
        if not self._any(Outbox.fanned_out.is_(False)):
            return 0
        took = 0
        while (batch := self._fan_out_some()) == BATCH:
            took += batch
        return took + batch

    def due(self, now: datetime, limit: int) -> list[model.Delivery]:
        """Deliveries whose time has come, oldest alert first, at most `limit` a channel; none whose predecessor
        (same subject and channel) is still waiting, and none at all while another process has the role."""
        if not self._any(Delivery.status == WAITING) or not self._lead.held():
            return []
        with self._database.reading() as session:
            channels = session.scalars(select(Delivery.channel).where(Delivery.status == WAITING).distinct()).all()
            rows = [row for channel in channels for row in _due(session, channel, now, limit)]
            return [_delivery(row) for row in sorted(rows, key=lambda row: row.outbox_seq)]

    def delivered(self, delivery: model.Delivery, now: datetime) -> None:
        """The receiver has it."""
        self._settle(delivery, status=DELIVERED, delivered_at=now, attempts=delivery.attempts + 1, error="")

    def retry(self, delivery: model.Delivery, at: datetime, error: str) -> None:
        """Try again at that moment."""
        self._settle(delivery, due_at=at, attempts=delivery.attempts + 1, error=error)

    def give_up(self, delivery: model.Delivery, error: str) -> None:
        """It will never arrive; what follows on the same subject may."""
        self._settle(delivery, status=FAILED, attempts=delivery.attempts + 1, error=error)

    def hold_for_digest(self, delivery: model.Delivery) -> None:
        """This push is over the cap: it will be told in a digest. From now on `due_at` says since when it is held."""
        self._settle(delivery, status=HELD, due_at=self._clock.now())

    def held(self, channel: str, subject: str) -> bool:
        """Whether that channel was spared the opening of that case, so that what follows should be held too."""
        return self._any(
            and_(Delivery.channel == channel, Delivery.subject == subject, Delivery.status == HELD, _opened())
        )

    def pushed_since(
        self, channel: str, site: str | None, camera: str | None, kind: str | None, since: datetime
    ) -> int:
        """How many case-opened pushes of that place and kind the channel got since then."""
        count = select(func.count()).select_from(Delivery).join(Delivery.outbox)
        count = count.where(Delivery.channel == channel, Delivery.delivered_at >= since, Delivery.status == DELIVERED)
        place = Outbox.site_id == site, Outbox.camera_id == camera, Outbox.kind == kind
        with self._database.reading() as session:
            return session.scalar(count.where(Outbox.type == AlertType.CASE_OPENED, *place)) or 0

    def write_digests(self, now: datetime, window: timedelta) -> int:
        """One digest alert for each channel with a case held longer ago than `window`; how many.

        It tells all that the channel was spared so far, so the next comes a window later at the earliest.
        """
        untold = and_(Delivery.status == HELD, Delivery.digest_seq.is_(None))
        ripe = and_(untold, Delivery.due_at <= now - window, _opened())
        if not self._any(ripe):
            return 0
        with self._database.session() as session:
            serialize_outbox(session)
            channels = session.scalars(select(Delivery.channel).where(ripe).distinct()).all()
            for channel in channels:
                held = select(Delivery).where(untold, Delivery.channel == channel).options(joinedload(Delivery.outbox))
                write_digest(session, channel, session.scalars(held.order_by(Delivery.outbox_seq)).all(), now)
            return len(channels)

    def after(self, seq: int, limit: int) -> list[Alert]:
        """Alerts with a greater `seq`, in order, for the event stream; not the digests, which repeat what it has."""
        query = select(Outbox).where(Outbox.seq > seq, Outbox.only_channel.is_(None)).order_by(Outbox.seq).limit(limit)
        with self._database.reading() as session:
            return [alert_of(row) for row in session.scalars(query)]

    def _fan_out_some(self) -> int:
        query = select(Outbox).where(Outbox.fanned_out.is_(False)).order_by(Outbox.seq).limit(BATCH)
        with self._database.session() as session:
            serialize_outbox(session)
            alerts = session.scalars(query).all()
            for alert in alerts:
                self._owe(session, alert)
                alert.fanned_out = True
            return len(alerts)

    def _owe(self, session: Session, alert: Outbox) -> None:
        for channel in self._routes.of(alert):
            insert_if_new(
                session,
                Delivery,
                outbox_seq=alert.seq,
                channel=channel,
                subject=alert.subject,
                due_at=self._clock.now(),
            )

    def _settle(self, delivery: model.Delivery, **values: Any) -> None:
        with self._database.session() as session:
            waiting = Delivery.id == delivery.id, Delivery.status == WAITING
            session.execute(update(Delivery).where(*waiting).values(**values))

    def _any(self, condition: ColumnElement[bool]) -> bool:
        """A look that takes no lock: an idle outbox must cost nothing."""
        with self._database.reading() as session:
            return bool(session.scalar(select(exists().where(condition))))


def _opened() -> ColumnElement[bool]:
    return exists().where(Outbox.seq == Delivery.outbox_seq, Outbox.type == AlertType.CASE_OPENED)


def _due(session: Session, channel: str, now: datetime, limit: int) -> Sequence[Delivery]:
    before = aliased(Delivery)
    predecessor = exists().where(
        before.channel == Delivery.channel,
        before.subject == Delivery.subject,
        before.status == WAITING,
        before.outbox_seq < Delivery.outbox_seq,
    )
    query = select(Delivery).options(joinedload(Delivery.outbox)).order_by(Delivery.outbox_seq).limit(limit)
    due = Delivery.status == WAITING, Delivery.channel == channel, Delivery.due_at <= now
    return session.scalars(query.where(*due, ~predecessor)).all()


def _delivery(row: Delivery) -> model.Delivery:
    return model.Delivery(row.id, alert_of(row.outbox), row.channel, row.attempts)
