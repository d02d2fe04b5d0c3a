"""The Apprise channel through Apprise's own JSON service, to a real receiver."""

import json
import logging
from collections.abc import Callable

import pytest

from http_receiver import Receiver
from kitchenwatch.alerts.apprise_channel import AppriseChannel
from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import ConfigError, DeliveryRetry
from kitchenwatch.model import Delivery


@pytest.fixture
def channel(receiver: Receiver, clock: ManualClock) -> AppriseChannel:
    return AppriseChannel("mail", f"json://inspector:pa55word@127.0.0.1:{receiver.port}/t0ps3cret", clock)


def test_title_and_text_arrive(
    receiver: Receiver, channel: AppriseChannel, make_delivery: Callable[..., Delivery]
) -> None:
    channel.send(make_delivery())
    message = json.loads(receiver.requests[0].body)
    assert message["title"] == "【发现违规 Violation】未戴工作帽 no hat · 第三食堂 · 切配间"
    assert "时间 Time: 2026-11-22 12:00:00 (Asia/Shanghai)" in message["message"]


def test_a_failure_is_tried_again_and_tells_why(
    receiver: Receiver, channel: AppriseChannel, make_delivery: Callable[..., Delivery]
) -> None:
    receiver.answer = lambda request: (500, {}, b"")
    with pytest.raises(DeliveryRetry, match=r"channel mail: .*500"):
        channel.send(make_delivery())
    assert len(receiver.requests) == 1


def test_the_address_is_in_no_log_and_no_error(
    receiver: Receiver,
    channel: AppriseChannel,
    make_delivery: Callable[..., Delivery],
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.answer = lambda request: (404, {}, b"")
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryRetry) as caught:
        channel.send(make_delivery())
    assert receiver.requests[0].path == "/t0ps3cret"
    for text in (caplog.text, str(caught.value), repr(channel)):
        assert "t0ps3cret" not in text
        assert "pa55word" not in text


def test_an_address_apprise_does_not_know_is_told_without_showing_it(
    clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(ConfigError, match="channel chat") as caught:
        AppriseChannel("chat", "nosuchservice://t0ps3cret/path", clock)
    assert "t0ps3cret" not in str(caught.value) + caplog.text


def test_the_rate_is_bounded(receiver: Receiver, clock: ManualClock, make_delivery: Callable[..., Delivery]) -> None:
    channel = AppriseChannel("mail", f"json://127.0.0.1:{receiver.port}/", clock, per_minute=1)
    channel.send(make_delivery())
    with pytest.raises(DeliveryRetry):
        channel.send(make_delivery())
    assert len(receiver.requests) == 1
