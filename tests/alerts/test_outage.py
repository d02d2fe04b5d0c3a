"""Trials: a receiver that is down for an hour, and a dispatcher that is killed again and again."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from outboxes import Filled, InDatabase
from standardwebhooks.webhooks import Webhook

from http_receiver import SECRET, Receiver, Request
from kitchenwatch.alerts.dispatcher import Dispatcher
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.lane import PushPolicy
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.clock import ManualClock, SystemClock
from kitchenwatch.model import AlertType
from kitchenwatch.store.database import Database

STORY = (AlertType.CASE_OPENED, AlertType.CASE_CLIP, AlertType.CASE_CLOSED, AlertType.CASE_VERDICT)


def stories(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What was told of each subject, in order of arrival."""
    told = defaultdict[str, list[str]](list)
    for event in events:
        told[event["subject"]].append(event["type"])
    return told


CASES = 16
OUTAGE = (timedelta(minutes=5), timedelta(minutes=65))  # since the beginning


@dataclass
class Recipient:
    """A receiver that keeps what it accepted; while it is down it answers 503 or hangs up."""

    receiver: Receiver
    is_down: Callable[[], bool]
    accepted: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.receiver.answer = self._answer

    def _answer(self, request: Request) -> tuple[int, dict[str, str], bytes] | None:
        if self.is_down():
            return (503, {}, b"") if len(self.receiver.requests) % 2 else None
        self.accepted.append(_verified(request))
        return 204, {}, b""


@pytest.mark.parametrize("filled", ["memory", "sqlite"], indirect=True)
def test_after_an_hour_of_outage_everything_arrives_in_order_and_once(
    filled: Filled, clock: ManualClock, egress: Egress, make_receiver: Callable[..., Receiver]
) -> None:
    begin = clock.now()
    business = Recipient(make_receiver(), lambda: OUTAGE[0] <= clock.now() - begin < OUTAGE[1])
    regulator = Recipient(make_receiver(), lambda: False)
    channels = {
        name: WebhookChannel(name, recipient.receiver.url, [SECRET], egress, clock, timeout=5)
        for name, recipient in (("business", business), ("regulator", regulator))
    }
    dispatcher = Dispatcher(filled.outbox, channels, clock, PushPolicy(cap=100), patience=30)
    for minute in range(150):
        _happen(filled, minute)
        while dispatcher.run_once():
            pass
        clock.advance(60)
    dispatcher.close()

    for recipient in (business, regulator):
        ids = Counter(event["id"] for event in recipient.accepted)
        assert len(ids) == CASES * len(STORY)
        assert set(ids.values()) == {1}
        assert stories(recipient.accepted) == {f"case-{case}": [str(type) for type in STORY] for case in range(CASES)}
    assert len(business.receiver.requests) > CASES * len(STORY)  # it was asked while it was down
    assert len(regulator.receiver.requests) == CASES * len(STORY)


def _happen(filled: Filled, minute: int) -> None:
    """A case every four minutes, for an hour; each is told in four alerts, a minute apart."""
    case, step = divmod(minute, len(STORY))
    if case < CASES:
        filled.add(STORY[step], f"case-{case}", camera=f"cam-{case % 3}")


def test_killed_at_every_few_deliveries_it_loses_nothing_and_repeats_only_under_the_same_id(
    tmp_path: Path, receiver: Receiver
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'rows.db'}")
    database.upgrade()
    filled, cases = InDatabase(SystemClock(), database), 6
    for case in range(cases):
        for type in STORY:
            filled.add(type, f"case-{case}")
    processes: list[subprocess.Popen[bytes]] = []
    kill_at = {3, 11, 20}

    def answer(request: Request) -> tuple[int, dict[str, str], bytes]:
        if len(receiver.requests) in kill_at:  # it has arrived, and the sender dies before it can note so
            os.kill(processes[-1].pid, signal.SIGKILL)
        return 204, {}, b""

    receiver.answer = answer
    results: list[int] = []
    while not results or results[-1] != 0:
        results.append(_dispatch(processes, f"sqlite:///{tmp_path / 'rows.db'}", receiver.url))
        assert results[-1] in (0, -signal.SIGKILL), "the process failed by itself"
    assert results.count(-signal.SIGKILL) == len(kill_at)

    for channel in ("regulator", "business"):
        got = [_verified(request) for request in receiver.requests if request.path.endswith(channel)]
        first = {event["id"]: event for event in reversed(got)}
        assert all(event == first[event["id"]] for event in got)  # what is repeated is the same, to the byte
        arrivals = list({event["id"]: event for event in got}.values())
        assert stories(arrivals) == {f"case-{case}": [str(type) for type in STORY] for case in range(cases)}
    repeated = len(receiver.requests) - 2 * cases * len(STORY)
    assert 1 <= repeated <= 2 * len(kill_at)  # at most what either channel had under way at a kill
    database.close()


def _dispatch(processes: list[subprocess.Popen[bytes]], database_url: str, receiver_url: str) -> int:
    script = Path(__file__).with_name("dispatching_process.py")
    env = os.environ | {"PYTHONPATH": str(script.parents[1])}
    processes.append(subprocess.Popen([sys.executable, script, database_url, receiver_url], env=env))
    return processes[-1].wait(timeout=120)


def _verified(request: Request) -> dict[str, Any]:
    """The event, if its signature is right for the time it states (which may be a manual clock's)."""
    headers, body = request.headers, request.body.decode()
    signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    assert headers["webhook-signature"] == Webhook(SECRET).sign(headers["webhook-id"], signed_at, body)
    event: dict[str, Any] = json.loads(body)
    assert event["id"] == headers["webhook-id"]
    return event
