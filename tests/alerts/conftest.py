"""Fixtures of the alerts' tests: receivers, a clock, alerts to send."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid5

import pytest
from outboxes import BEGIN, Filled, InDatabase, InMemory

from http_receiver import LOOPBACK, Receiver
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.clock import ManualClock
from kitchenwatch.model import NAMESPACE, Alert, AlertType, Delivery, Kind
from kitchenwatch.store.database import Database


@pytest.fixture
def make_receiver() -> Iterator[Callable[..., Receiver]]:
    made: list[Receiver] = []

    def make(**options: Any) -> Receiver:
        made.append(Receiver(**options))
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


@pytest.fixture
def receiver(make_receiver: Callable[..., Receiver]) -> Receiver:
    return make_receiver()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(BEGIN)


@pytest.fixture
def egress() -> Egress:
    """Policy that lets tests reach their own receivers."""
    return Egress([LOOPBACK])


@pytest.fixture
def make_alert() -> Callable[..., Alert]:
    """An alert of the given type; ids follow from `seq`."""

    def make(type: AlertType = AlertType.CASE_OPENED, seq: int = 1, **changes: Any) -> Alert:
        values: dict[str, Any] = {
            "at": BEGIN,
            "site": "canteen-3",
            "camera": "cutting-room",
            "kind": Kind.NO_HAT,
            "subject": "0f0e0d0c-0000-5000-8000-000000000001",
            "data": {
                "url": "/cases/0f0e0d0c-0000-5000-8000-000000000001",
                "site": {"id": "canteen-3", "name": "第三食堂"},
                "camera": {"id": "cutting-room", "name": "切配间"},
                "timezone": "Asia/Shanghai",
                "score": 0.93,
            },
        }
        return Alert(seq=seq, id=uuid5(NAMESPACE, f"test/{seq}"), type=type, **(values | changes))

    return make


@pytest.fixture
def make_delivery(make_alert: Callable[..., Alert]) -> Callable[..., Delivery]:
    """A first try of an alert on the channel `hook`."""

    def make(*arguments: Any, channel: str = "hook", attempts: int = 0, **changes: Any) -> Delivery:
        alert = make_alert(*arguments, **changes)
        return Delivery(id=alert.seq, alert=alert, channel=channel, attempts=attempts)

    return make


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, clock: ManualClock, tmp_path: Path) -> Iterator[Filled]:
    """An empty outbox of each kind."""
    if request.param == "memory":
        yield InMemory(clock)
        return
    url = f"sqlite:///{tmp_path / 'rows.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    database = Database(url)
    database.upgrade()
    filled = InDatabase(clock, database)
    yield filled
    filled.outbox.close()
    database.close()
