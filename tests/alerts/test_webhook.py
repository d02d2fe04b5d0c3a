"""The webhook channel against a real receiver."""

import base64
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from http_receiver import SECRET, Receiver, Request
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.clock import ManualClock, SystemClock
from kitchenwatch.errors import ConfigError, DeliveryRefused, DeliveryRetry
from kitchenwatch.model import Delivery
from kitchenwatch.ports import Clock

OLD_SECRET = "whsec_" + base64.b64encode(b"the secret of last year, 24+ bytes").decode()


@pytest.fixture
def make_channel(receiver: Receiver, egress: Egress) -> Callable[..., WebhookChannel]:
    def make(
        clock: Clock | None = None, url: str | None = None, secrets: tuple[str, ...] = (SECRET,)
    ) -> WebhookChannel:
        return WebhookChannel("hook", url or receiver.url, secrets, egress, clock or SystemClock(), timeout=2)

    return make


def test_the_receiver_verifies_signature_and_body_with_the_reference_library(
    receiver: Receiver, make_channel: Callable[..., WebhookChannel], make_delivery: Callable[..., Delivery]
) -> None:
    delivery = make_delivery()
    make_channel().send(delivery)
    (request,) = receiver.requests
    event = Webhook(SECRET).verify(request.body, request.headers)
    assert event["id"] == request.headers["webhook-id"] == str(delivery.alert.id)
    assert request.headers["content-type"] == "application/cloudevents+json"
    assert event["data"]["camera"]["name"] == "切配间"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"canteen-3", b"canteen-4"), request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD_SECRET).verify(request.body, request.headers)


def test_during_a_rotation_either_secret_verifies(
    receiver: Receiver, make_channel: Callable[..., WebhookChannel], make_delivery: Callable[..., Delivery]
) -> None:
    make_channel(secrets=(SECRET, OLD_SECRET)).send(make_delivery())
    (request,) = receiver.requests
    for secret in (SECRET, OLD_SECRET):
        assert Webhook(secret).verify(request.body, request.headers)["specversion"] == "1.0"


def test_each_try_has_the_same_id_and_a_new_time_and_signature(
    receiver: Receiver,
    clock: ManualClock,
    make_channel: Callable[..., WebhookChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    channel = make_channel(clock)
    channel.send(make_delivery())
    clock.advance(3600)
    channel.send(make_delivery(attempts=1))
    first, second = (request.headers for request in receiver.requests)
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3600
    signed_at = datetime.fromtimestamp(int(second["webhook-timestamp"]), UTC)
    body = receiver.requests[1].body.decode()
    assert second["webhook-signature"] == Webhook(SECRET).sign(second["webhook-id"], signed_at, body)
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize("status", [401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504])
def test_what_time_may_heal_is_tried_again(
    status: int,
    receiver: Receiver,
    make_channel: Callable[..., WebhookChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    receiver.answer = lambda request: (status, {"retry-after": "17"}, b"later")
    with pytest.raises(DeliveryRetry, match=str(status)) as caught:
        make_channel().send(make_delivery())
    assert caught.value.after == 17


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 405, 410, 413, 415, 422])
def test_what_the_receiver_does_not_want_is_given_up(
    status: int,
    receiver: Receiver,
    make_channel: Callable[..., WebhookChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    receiver.answer = lambda request: (status, {"location": "/elsewhere"}, b"")
    with pytest.raises(DeliveryRefused, match=str(status)):
        make_channel().send(make_delivery())
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_any_success_is_a_delivery(
    status: int,
    receiver: Receiver,
    make_channel: Callable[..., WebhookChannel],
    make_delivery: Callable[..., Delivery],
) -> None:
    receiver.answer = lambda request: (status, {}, b"")
    make_channel().send(make_delivery())


def test_a_receiver_that_hangs_up_is_tried_again(
    receiver: Receiver, make_channel: Callable[..., WebhookChannel], make_delivery: Callable[..., Delivery]
) -> None:
    receiver.answer = lambda request: None
    with pytest.raises(DeliveryRetry, match=r"127\.0\.0\.1"):
        make_channel().send(make_delivery())


def test_a_forbidden_address_is_given_up_without_a_word_to_it(
    receiver: Receiver, make_delivery: Callable[..., Delivery]
) -> None:
    channel = WebhookChannel("hook", receiver.url, [SECRET], Egress(), SystemClock())
    with pytest.raises(DeliveryRefused, match="allow-list"):
        channel.send(make_delivery())
    assert receiver.requests == []


@pytest.mark.parametrize(
    "url", ["ftp://host/", "hook.example/path", "https://", "https://user:pw@host/", "http://[::1/"]
)
def test_an_unusable_address_is_told_at_once_without_showing_it(
    url: str, make_channel: Callable[..., WebhookChannel]
) -> None:
    with pytest.raises(ConfigError, match="channel hook") as caught:
        make_channel(url=url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("secrets", [(), ("",), ("whsec_",), ("whsec_!",)])
def test_an_unusable_secret_is_told_at_once_without_showing_it(
    secrets: tuple[str, ...], make_channel: Callable[..., WebhookChannel]
) -> None:
    with pytest.raises(ConfigError, match="secret"):
        make_channel(secrets=secrets)


def test_neither_the_secret_nor_a_token_in_the_address_is_logged(
    receiver: Receiver,
    make_channel: Callable[..., WebhookChannel],
    make_delivery: Callable[..., Delivery],
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(request: Request) -> tuple[int, dict[str, str], bytes]:
        return 500, {}, json.dumps({"echo": request.path}).encode()

    receiver.answer = refuse
    channel = make_channel(url=f"http://127.0.0.1:{receiver.port}/in?token=t0ps3cret")
    with caplog.at_level(logging.DEBUG), pytest.raises(DeliveryRetry) as caught:
        channel.send(make_delivery())
    assert receiver.requests[0].path == "/in?token=t0ps3cret"
    for text in (caplog.text, str(caught.value), repr(channel)):
        assert "t0ps3cret" not in text
        assert SECRET.removeprefix("whsec_") not in text
