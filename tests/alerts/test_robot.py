"""Group robots: a stand-in for each service answers as the real one does."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from http_receiver import Receiver
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.robot import RobotChannel, Service
from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import DeliveryRetry
from kitchenwatch.model import Delivery

ACCEPTED = {
    Service.WECOM: {"errcode": 0, "errmsg": "ok"},
    Service.DINGTALK: {"errcode": 0, "errmsg": "ok"},
    Service.FEISHU: {"code": 0, "msg": "success", "data": {}},
}
REFUSED = {
    Service.WECOM: {"errcode": 93000, "errmsg": "invalid webhook url"},
    Service.DINGTALK: {"errcode": 310000, "errmsg": "keywords not in content"},
    Service.FEISHU: {"code": 19021, "msg": "sign match fail or timestamp is not within one hour"},
}


@pytest.fixture
def make_robot(receiver: Receiver, egress: Egress, clock: ManualClock) -> Callable[..., RobotChannel]:
    def make(service: Service, **options: Any) -> RobotChannel:
        receiver.answer = lambda request: (200, {}, json.dumps(ACCEPTED[service]).encode())
        return RobotChannel("group", service, f"{receiver.url}?access_token=t0ken", egress, clock, **options)

    return make


@pytest.mark.parametrize("service", Service)
def test_the_text_arrives_in_the_form_of_the_service(
    service: Service,
    receiver: Receiver,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    make_robot(service).send(make_delivery())
    (request,) = receiver.requests
    body = json.loads(request.body)
    content = body["content"]["text"] if service is Service.FEISHU else body["text"]["content"]
    assert content.startswith("【发现违规 Violation】未戴工作帽 no hat · 第三食堂 · 切配间\n")
    assert parse_qs(urlsplit(request.path).query)["access_token"] == ["t0ken"]


@pytest.mark.parametrize("service", Service)
def test_a_refusal_hidden_in_a_200_is_no_delivery(
    service: Service,
    receiver: Receiver,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    robot = make_robot(service)
    receiver.answer = lambda request: (200, {}, json.dumps(REFUSED[service]).encode())
    with pytest.raises(DeliveryRetry, match=r"93000|310000|19021") as caught:
        robot.send(make_delivery())
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("answer", [(200, b"<html>login</html>"), (200, b"[]"), (200, b"{}"), (502, b"")])
def test_an_answer_that_is_none_of_theirs_is_no_delivery(
    answer: tuple[int, bytes],
    receiver: Receiver,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    robot = make_robot(Service.WECOM)
    receiver.answer = lambda request: (answer[0], {}, answer[1])
    with pytest.raises(DeliveryRetry):
        robot.send(make_delivery())


def test_dingtalk_is_signed_in_the_address(
    receiver: Receiver,
    clock: ManualClock,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    make_robot(Service.DINGTALK, secret="SEC123+/=").send(make_delivery())
    query = parse_qs(urlsplit(receiver.requests[0].path).query)
    (moment,) = query["timestamp"]
    assert int(moment) == clock.now().timestamp() * 1000
    digest = hmac.digest(b"SEC123+/=", f"{moment}\nSEC123+/=".encode(), hashlib.sha256)
    assert query["sign"] == [base64.b64encode(digest).decode()]
    assert query["access_token"] == ["t0ken"]


def test_feishu_is_signed_in_the_body(
    receiver: Receiver,
    clock: ManualClock,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    make_robot(Service.FEISHU, secret="s3cret").send(make_delivery())
    body = json.loads(receiver.requests[0].body)
    assert int(body["timestamp"]) == clock.now().timestamp()
    digest = hmac.digest(f"{body['timestamp']}\ns3cret".encode(), b"", hashlib.sha256)
    assert body["sign"] == base64.b64encode(digest).decode()


def test_no_more_than_the_service_takes_in_any_minute(
    receiver: Receiver,
    clock: ManualClock,
    make_robot: Callable[..., RobotChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    robot = make_robot(Service.WECOM, per_minute=3)
    for _ in range(3):
        robot.send(make_delivery())
        clock.advance(10)
    with pytest.raises(DeliveryRetry) as caught:
        robot.send(make_delivery())
    assert caught.value.after == 30
    assert len(receiver.requests) == 3
    clock.advance(30)
    robot.send(make_delivery())
    assert len(receiver.requests) == 4


def test_a_long_message_is_cut_between_characters(
    receiver: Receiver, make_robot: Callable[..., RobotChannel], make_delivery: Callable[..., Delivery]
) -> None:
    data = {"places": [{"site": "食堂" * 60, "camera": "c", "kind": "smoking", "count": 1}] * 9, "count": 9}
    make_robot(Service.WECOM).send(make_delivery(data=data))
    content = json.loads(receiver.requests[0].body)["text"]["content"]
    assert 1990 < len(content.encode()) <= 2000
