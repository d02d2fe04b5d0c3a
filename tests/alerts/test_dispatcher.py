"""The dispatcher over an outbox, with real receivers."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from http_receiver import SECRET, Receiver, Request
from kitchenwatch.alerts.dispatcher import Dispatcher
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.lane import PushPolicy
from kitchenwatch.alerts.memory import MemoryOutbox
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.clock import ManualClock, SystemClock
from kitchenwatch.errors import StorageError
from kitchenwatch.model import Alert, AlertType, Delivery, Kind
from kitchenwatch.ports import Channel

OPENED, CLIP, CLOSED, VERDICT = (
    AlertType.CASE_OPENED,
    AlertType.CASE_CLIP,
    AlertType.CASE_CLOSED,
    AlertType.CASE_VERDICT,
)
ENOUGH = 30.0  # seconds; an upper guard, rounds end as soon as their channels do


@pytest.fixture
def outbox(clock: ManualClock) -> MemoryOutbox:
    return MemoryOutbox(lambda alert: ("hook",), clock.now)


@pytest.fixture
def hook(receiver: Receiver, egress: Egress, clock: ManualClock) -> WebhookChannel:
    return WebhookChannel("hook", receiver.url, [SECRET], egress, clock, timeout=5)


@pytest.fixture
def make_dispatcher(outbox: MemoryOutbox, clock: ManualClock) -> Iterator[Callable[..., Dispatcher]]:
    made: list[Dispatcher] = []

    def make(policy: PushPolicy | None = None, patience: float = ENOUGH, **channels: Channel) -> Dispatcher:
        made.append(Dispatcher(outbox, channels, clock, policy, patience=patience))
        return made[-1]

    yield make
    for dispatcher in made:
        dispatcher.close()


def open_case(outbox: MemoryOutbox, subject: str, **place: Any) -> Alert:
    values = {"site": "canteen-3", "camera": "cam-1", "kind": Kind.NO_HAT} | place
    return outbox.add(OPENED, subject, **values)


def follow(outbox: MemoryOutbox, subject: str, type: AlertType) -> Alert:
    return outbox.add(type, subject, site="canteen-3", camera="cam-1", kind=Kind.NO_HAT)


def told(receiver: Receiver) -> list[tuple[str, str]]:
    events = [json.loads(request.body) for request in receiver.requests]
    return [(event["subject"], event["type"].removeprefix("cn.kitchenwatch.")) for event in events]


def drain(dispatcher: Dispatcher) -> None:
    while dispatcher.run_once():
        pass


def status(outbox: MemoryOutbox) -> list[str]:
    return [row.status for row in outbox.rows]


def test_a_case_is_told_from_opening_to_verdict_in_order(
    outbox: MemoryOutbox, hook: WebhookChannel, receiver: Receiver, make_dispatcher: Callable[..., Dispatcher]
) -> None:
    open_case(outbox, "a")
    for type in (CLIP, CLOSED, VERDICT):
        follow(outbox, "a", type)
    drain(make_dispatcher(hook=hook))
    assert told(receiver) == [("a", "case.opened"), ("a", "case.clip"), ("a", "case.closed"), ("a", "case.verdict")]
    assert status(outbox) == ["delivered"] * 4


def test_nothing_to_do_is_no_work(hook: WebhookChannel, make_dispatcher: Callable[..., Dispatcher]) -> None:
    assert make_dispatcher(hook=hook).run_once() == 0


def test_a_failed_delivery_is_tried_again_under_its_id_with_growing_pauses(
    outbox: MemoryOutbox,
    hook: WebhookChannel,
    receiver: Receiver,
    clock: ManualClock,
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    alert = open_case(outbox, "a")
    receiver.answer = lambda request: (503, {}, b"")
    dispatcher = make_dispatcher(hook=hook)
    begin, tries = clock.now(), list[float]()
    while len(tries) < 6:
        if dispatcher.run_once():
            tries.append((clock.now() - begin).total_seconds())
        clock.advance(5)
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    for pause, step in zip(pauses, (5, 30, 120, 600, 3600), strict=True):
        assert step <= pause <= step * 1.2 + 5
    assert {request.headers["webhook-id"] for request in receiver.requests} == {str(alert.id)}
    assert outbox.rows[0].error == "channel hook: HTTP 503"


def test_a_delivery_is_given_up_after_days_and_the_next_one_goes_out(
    outbox: MemoryOutbox,
    hook: WebhookChannel,
    receiver: Receiver,
    clock: ManualClock,
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    open_case(outbox, "a")
    receiver.answer = lambda request: (503, {}, b"")
    dispatcher = make_dispatcher(PushPolicy(retry_for=timedelta(days=1)), hook=hook)
    while outbox.fan_out() or status(outbox) == ["waiting"]:
        dispatcher.run_once()
        clock.advance(1800)
    age = clock.now() - outbox.rows[0].alert.at
    assert status(outbox) == ["failed"]
    assert timedelta(days=1) < age < timedelta(days=1, hours=3)
    receiver.answer = lambda request: (204, {}, b"")
    follow(outbox, "a", CLOSED)
    drain(dispatcher)
    assert status(outbox) == ["failed", "delivered"]


def test_a_refusal_is_final_and_noted(
    outbox: MemoryOutbox, hook: WebhookChannel, receiver: Receiver, make_dispatcher: Callable[..., Dispatcher]
) -> None:
    open_case(outbox, "a")
    receiver.answer = lambda request: (410, {}, b"")
    drain(make_dispatcher(hook=hook))
    assert len(receiver.requests) == 1
    assert outbox.rows[0].status == "failed"
    assert "410" in outbox.rows[0].error


def test_a_receiver_that_is_down_is_asked_once_and_not_for_each_case(
    outbox: MemoryOutbox,
    hook: WebhookChannel,
    receiver: Receiver,
    clock: ManualClock,
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    for number in range(15):
        open_case(outbox, f"case-{number}", camera=f"cam-{number}")
    receiver.answer = lambda request: (503, {}, b"")
    dispatcher = make_dispatcher(hook=hook)
    drain(dispatcher)
    assert len(receiver.requests) == 1
    assert sum(row.attempts for row in outbox.rows) == 1
    receiver.answer = lambda request: (204, {}, b"")
    clock.advance(10)
    drain(dispatcher)
    assert status(outbox) == ["delivered"] * 15


def test_more_cases_than_the_cap_wait_for_a_digest_and_verdicts_do_not(
    outbox: MemoryOutbox,
    hook: WebhookChannel,
    receiver: Receiver,
    clock: ManualClock,
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    dispatcher = make_dispatcher(PushPolicy(cap=2), hook=hook)
    for number in range(5):
        open_case(outbox, f"case-{number}")
        follow(outbox, f"case-{number}", CLIP)
        follow(outbox, f"case-{number}", CLOSED)
    follow(outbox, "case-4", VERDICT)
    open_case(outbox, "smoker", kind=Kind.SMOKING)
    open_case(outbox, "elsewhere", camera="cam-2")
    drain(dispatcher)
    pushed = told(receiver)
    assert [subject for subject, type in pushed if type == "case.opened"] == ["case-0", "case-1", "smoker", "elsewhere"]
    assert {subject for subject, type in pushed if type in ("case.clip", "case.closed")} == {"case-0", "case-1"}
    assert ("case-4", "case.verdict") in pushed
    receiver.requests.clear()
    clock.advance(3601)
    drain(dispatcher)
    (digest,) = [json.loads(request.body) for request in receiver.requests]
    assert digest["type"] == "cn.kitchenwatch.digest"
    assert digest["data"]["count"] == 3
    receiver.requests.clear()
    open_case(outbox, "an-hour-later")
    drain(dispatcher)
    assert told(receiver) == [("an-hour-later", "case.opened")]


def test_camera_health_is_never_capped(
    outbox: MemoryOutbox, hook: WebhookChannel, receiver: Receiver, make_dispatcher: Callable[..., Dispatcher]
) -> None:
    for _ in range(4):
        outbox.add(AlertType.CAMERA_HEALTH, "camera/cam-1", site="canteen-3", camera="cam-1")
    drain(make_dispatcher(PushPolicy(cap=1), hook=hook))
    assert len(receiver.requests) == 4


def test_a_channel_that_is_configured_no_more_is_given_up_with_a_reason(
    outbox: MemoryOutbox, make_dispatcher: Callable[..., Dispatcher]
) -> None:
    open_case(outbox, "a")
    assert make_dispatcher().run_once() == 1
    assert outbox.rows[0].status == "failed"
    assert outbox.rows[0].error == "channel hook is not configured any more -> restore it"


def test_a_slow_channel_does_not_delay_the_others_nor_get_anything_twice(
    clock: ManualClock, egress: Egress, make_receiver: Callable[..., Receiver]
) -> None:
    outbox = MemoryOutbox(lambda alert: ("slow", "quick"), clock.now)
    slow, quick, release = make_receiver(), make_receiver(), threading.Event()

    def linger(request: Request) -> tuple[int, dict[str, str], bytes]:
        release.wait(ENOUGH)
        return 204, {}, b""

    slow.answer = linger
    channels = {
        name: WebhookChannel(name, receiver.url, [SECRET], egress, clock, timeout=ENOUGH)
        for name, receiver in (("slow", slow), ("quick", quick))
    }
    dispatcher = Dispatcher(outbox, channels, clock, patience=0.05)
    for number in range(5):
        open_case(outbox, f"case-{number}", camera=f"cam-{number}")
        dispatcher.run_once()
    while len(quick.requests) < 5:
        dispatcher.run_once()
    assert len(slow.requests) <= 1  # it has not answered its first, and is asked nothing else meanwhile
    release.set()
    while "waiting" in status(outbox):
        dispatcher.run_once()
    dispatcher.close()
    assert sorted(told(slow)) == sorted(told(quick)) == [(f"case-{number}", "case.opened") for number in range(5)]


class BrokenChannel:
    """A channel with a fault of its own."""

    def send(self, delivery: Delivery) -> None:
        raise ZeroDivisionError


def test_a_fault_in_one_channel_leaves_the_others_alone(
    clock: ManualClock, receiver: Receiver, hook: WebhookChannel, caplog: pytest.LogCaptureFixture
) -> None:
    outbox = MemoryOutbox(lambda alert: ("broken", "hook"), clock.now)
    open_case(outbox, "a")
    dispatcher = Dispatcher(outbox, {"broken": BrokenChannel(), "hook": hook}, clock, patience=ENOUGH)
    with caplog.at_level(logging.ERROR):
        drain(dispatcher)
    dispatcher.close()
    assert status(outbox) == ["waiting", "delivered"]
    assert outbox.rows[0].error == "unexpected failure: ZeroDivisionError"
    assert "ZeroDivisionError" in caplog.text


class ForgetfulOutbox(MemoryOutbox):
    """An outbox whose database is out of reach when the first two results are to be noted."""

    trouble = 2

    def delivered(self, delivery: Delivery, now: Any) -> None:
        if self.trouble:
            self.trouble -= 1
            raise StorageError("the database is out of reach")
        super().delivered(delivery, now)


def test_a_result_that_could_not_be_noted_is_sent_again_under_the_same_id(
    clock: ManualClock, receiver: Receiver, hook: WebhookChannel
) -> None:
    outbox = ForgetfulOutbox(lambda alert: ("hook",), clock.now)
    alert = open_case(outbox, "a")
    dispatcher = Dispatcher(outbox, {"hook": hook}, clock, patience=ENOUGH)
    for _ in range(3):
        dispatcher.run_once()
        clock.advance(60)
    dispatcher.close()
    assert [request.headers["webhook-id"] for request in receiver.requests] == [str(alert.id)] * 3
    assert status(outbox) == ["delivered"]


class UnreachableOutbox(MemoryOutbox):
    """An outbox whose database is out of reach for a while."""

    trouble = 1

    def fan_out(self) -> int:
        if self.trouble:
            self.trouble -= 1
            raise StorageError("the database is out of reach")
        return super().fan_out()


def test_it_runs_until_stopped_and_survives_a_failing_round(
    receiver: Receiver, egress: Egress, caplog: pytest.LogCaptureFixture
) -> None:
    clock, stop, arrived = SystemClock(), threading.Event(), threading.Event()
    outbox = UnreachableOutbox(lambda alert: ("hook",), clock.now)
    open_case(outbox, "a")

    def answer(request: Request) -> tuple[int, dict[str, str], bytes]:
        arrived.set()
        return 204, {}, b""

    receiver.answer = answer
    hook = WebhookChannel("hook", receiver.url, [SECRET], egress, clock)
    thread = threading.Thread(target=Dispatcher(outbox, {"hook": hook}, clock).run, args=(stop,))
    with caplog.at_level(logging.ERROR):
        thread.start()
        assert arrived.wait(ENOUGH)
        stop.set()
        thread.join(ENOUGH)
    assert not thread.is_alive()
    assert status(outbox) == ["delivered"]
    assert "the database is out of reach" in caplog.text
    assert not [other.name for other in threading.enumerate() if other.name.startswith("alerts")]


def test_a_stop_leaves_the_rest_of_the_batch_in_the_outbox(
    outbox: MemoryOutbox,
    hook: WebhookChannel,
    receiver: Receiver,
    make_dispatcher: Callable[..., Dispatcher],
) -> None:
    for number in range(4):
        open_case(outbox, f"case-{number}", camera=f"cam-{number}")
    asked, release = threading.Event(), threading.Event()

    def answer(request: Request) -> tuple[int, dict[str, str], bytes]:
        asked.set()
        release.wait(ENOUGH)
        return 204, {}, b""

    receiver.answer = answer
    dispatcher = make_dispatcher(patience=0.01, hook=hook)
    dispatcher.run_once()
    assert asked.wait(ENOUGH)
    closing = threading.Thread(target=dispatcher.close)
    closing.start()
    assert closing.is_alive()  # it waits for the delivery in hand
    release.set()
    closing.join(ENOUGH)
    assert status(outbox) == ["delivered", "waiting", "waiting", "waiting"]
