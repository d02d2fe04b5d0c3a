"""An outbox in memory: the test double of the seam, under the same contract tests as the one in the database."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid5

from kitchenwatch.model import NAMESPACE, Alert, AlertType, Delivery, Kind

WAITING, DELIVERED, FAILED, HELD, DIGESTED = "waiting", "delivered", "failed", "held", "digested"


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one alert on its way to one channel; `status` is waiting, delivered, failed, held or digested."""

    id: int
    alert: Alert
    channel: str
    due_at: datetime
    status: str = WAITING
    attempts: int = 0
    error: str = ""
    delivered_at: datetime | None = None
    held_at: datetime | None = None


@dataclass(slots=True)
class MemoryOutbox:
    """Alerts that wait, in lists; safe to use from several threads.

    Attributes:
        routes: the channels that an alert is owed to.
        now: the present moment, for the times at which deliveries are made and held.
    """

    routes: Callable[[Alert], Sequence[str]]
    now: Callable[[], datetime]
    rows: list[Row] = field(default_factory=list)
    _alerts: list[Alert] = field(default_factory=list)
    _fanned_out: int = 0
    _only: dict[int, str] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def add(
        self,
        type: AlertType,
        subject: str,
        *,
        site: str | None = None,
        camera: str | None = None,
        kind: Kind | None = None,
        data: dict[str, Any] | None = None,
        only_channel: str | None = None,
    ) -> Alert:
        """Write an alert, as a case book would; its id follows from type, subject and place in the outbox."""
        with self._lock:
            seq = len(self._alerts) + 1
            id = uuid5(NAMESPACE, f"{type}/{subject}/{seq}")
            alert = Alert(seq, id, type, self.now(), site, camera, kind, subject, data or {})
            self._alerts.append(alert)
            if only_channel is not None:
                self._only[seq] = only_channel
            return alert

    def fan_out(self) -> int:
        """Make the deliveries that new alerts owe; how many alerts it took."""
        with self._lock:
            new = self._alerts[self._fanned_out :]
            for alert in new:
                channels = [self._only[alert.seq]] if alert.seq in self._only else self.routes(alert)
                for channel in channels:
                    self.rows.append(Row(len(self.rows) + 1, alert, channel, self.now()))
            self._fanned_out = len(self._alerts)
            return len(new)

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """At most `limit` deliveries a channel whose time has come, in order of the alerts."""
        with self._lock:
            blocked, taken, due = set[tuple[str, str]](), Counter[str](), list[Delivery]()
            for row in self.rows:
                lane = (row.channel, row.alert.subject)
                if row.status != WAITING or lane in blocked:
                    continue
                blocked.add(lane)
                if row.due_at <= now and taken[row.channel] < limit:
                    taken[row.channel] += 1
                    due.append(Delivery(row.id, row.alert, row.channel, row.attempts))
            return due

    def delivered(self, delivery: Delivery, now: datetime) -> None:
        """The receiver has it."""
        self._mark(delivery, status=DELIVERED, delivered_at=now, attempts=delivery.attempts + 1)

    def retry(self, delivery: Delivery, at: datetime, error: str) -> None:
        """Try again at that moment."""
        self._mark(delivery, due_at=at, error=error, attempts=delivery.attempts + 1)

    def give_up(self, delivery: Delivery, error: str) -> None:
        """It will never arrive."""
        self._mark(delivery, status=FAILED, error=error, attempts=delivery.attempts + 1)

    def hold_for_digest(self, delivery: Delivery) -> None:
        """It will be told in a digest."""
        self._mark(delivery, status=HELD, held_at=self.now())

    def held(self, channel: str, subject: str) -> bool:
        """Whether that channel was spared the opening of that case."""
        with self._lock:
            return any(
                row.status in (HELD, DIGESTED) and row.alert.type is AlertType.CASE_OPENED
                for row in self.rows
                if (row.channel, row.alert.subject) == (channel, subject)
            )

    def pushed_since(
        self, channel: str, site: str | None, camera: str | None, kind: str | None, since: datetime
    ) -> int:
        """How many case-opened pushes of that place and kind the channel got since then."""
        with self._lock:
            return sum(
                (row.alert.site, row.alert.camera, row.alert.kind) == (site, camera, kind)
                for row in self.rows
                if row.channel == channel
                and row.alert.type is AlertType.CASE_OPENED
                and row.delivered_at is not None
                and row.delivered_at >= since
            )

    def write_digests(self, now: datetime, window: timedelta) -> int:
        """One digest alert for each channel that was spared a case longer ago than `window`.

        It tells all that the channel was spared so far.
        """
        with self._lock:
            cases = [row for row in self.rows if row.status == HELD and row.alert.type is AlertType.CASE_OPENED]
            ripe = {row.channel for row in cases if row.held_at and row.held_at + window <= now}
            for channel in sorted(ripe):
                self._digest(channel, [row for row in cases if row.channel == channel])
            return len(ripe)

    def after(self, seq: int, limit: int) -> list[Alert]:
        """Alerts with a greater `seq`, in order; not the digests, which repeat what they tell."""
        with self._lock:
            told = [alert for alert in self._alerts[seq:] if alert.seq not in self._only]
            return told[:limit]

    def _digest(self, channel: str, rows: Sequence[Row]) -> None:
        places = Counter((row.alert.site, row.alert.camera, row.alert.kind) for row in rows)
        told = [
            {"site": site, "camera": camera, "kind": kind, "count": count}
            for (site, camera, kind), count in places.most_common()
        ]
        data = {"count": len(rows), "places": told}
        self.add(AlertType.DIGEST, f"digest/{channel}", data=data, only_channel=channel)
        for row in rows:
            self.rows[row.id - 1] = replace(row, status=DIGESTED)

    def _mark(self, delivery: Delivery, **changes: Any) -> None:
        with self._lock:
            row = self.rows[delivery.id - 1]
            if row.status == WAITING:
                self.rows[delivery.id - 1] = replace(row, **changes)
