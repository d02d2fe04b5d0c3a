"""The MQTT channel against a real broker."""

import json
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from certificates import self_signed
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from kitchenwatch.alerts.mqtt import Broker, MqttChannel
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import ConfigError, DeliveryRetry
from kitchenwatch.model import Alert, AlertType, Delivery

USER, PASSWORD = "kitchenwatch", "s3cret-pa55word"


@dataclass
class Mosquitto:
    """A broker that knows one user, who may write below `kitchenwatch/` and read all."""

    folder: Path
    process: subprocess.Popen[bytes] = field(init=False)
    port: int = field(init=False)
    tls_port: int = field(init=False)
    certificate: Path = field(init=False)

    def __post_init__(self) -> None:
        self.port, self.tls_port = _free_port(), _free_port()
        self.certificate = self_signed("localhost", self.folder / "broker.pem")
        passwords = self.folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, USER, PASSWORD], check=True, capture_output=True)
        (self.folder / "access").write_text(f"user {USER}\ntopic readwrite kitchenwatch/#\n")
        (self.folder / "broker.conf").write_text(
            f"listener {self.port} 127.0.0.1\nlistener {self.tls_port} 127.0.0.1\n"
            f"certfile {self.certificate}\nkeyfile {self.certificate}\n"
            f"user root\nallow_anonymous false\npassword_file {passwords}\nacl_file {self.folder / 'access'}\n"
        )
        self.process = subprocess.Popen(["mosquitto", "-c", self.folder / "broker.conf"], stderr=subprocess.DEVNULL)
        _wait_for(self.tls_port)

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(10)

    def subscriber(self) -> "Subscriber":
        return Subscriber(self.port)


@dataclass
class Subscriber:
    """Keeps what is published below `kitchenwatch/`."""

    port: int
    messages: list[MQTTMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        self.client.username_pw_set(USER, PASSWORD)
        self.client.on_message = lambda client, data, message: self.messages.append(message)
        subscribed: list[Any] = []
        self.client.on_subscribe = lambda *answer: subscribed.append(answer)
        self.client.on_connect = self._subscribe
        self.client.connect("127.0.0.1", self.port)
        self.until(lambda: bool(subscribed))

    def _subscribe(self, *answer: Any) -> None:
        self.client.subscribe("kitchenwatch/#", qos=1)

    def until(self, done: Callable[[], bool]) -> None:
        for _ in range(100):
            if done():
                return
            self.client.loop(0.1)
        pytest.fail("the broker did not say what was expected")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("mosquitto does not listen")


@pytest.fixture(scope="module")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    if shutil.which("mosquitto") is None:
        pytest.skip("needs Debian package mosquitto: apt-get install mosquitto")
    broker = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    yield broker
    broker.close()


def channel(broker: Broker, prefix: str = "kitchenwatch", timeout: float = 10.0) -> MqttChannel:
    return MqttChannel("broker", broker, prefix, SystemClock(), timeout)


def test_the_event_arrives_with_its_id_and_content_type(
    mosquitto: Mosquitto, make_delivery: Callable[..., Delivery]
) -> None:
    subscriber, delivery = mosquitto.subscriber(), make_delivery()
    channel(Broker("127.0.0.1", mosquitto.port, USER, PASSWORD)).send(delivery)
    subscriber.until(lambda: bool(subscriber.messages))
    (message,) = subscriber.messages
    assert message.topic == "kitchenwatch/canteen-3/cutting-room/case/opened"
    assert message.qos == 1
    assert message.properties is not None
    told = message.properties.json()  # type: ignore[no-untyped-call]
    assert told == {"ContentType": "application/cloudevents+json", "UserProperty": [("id", str(delivery.alert.id))]}
    assert json.loads(message.payload)["id"] == str(delivery.alert.id)


def test_over_tls_the_broker_is_verified(mosquitto: Mosquitto, make_delivery: Callable[..., Delivery]) -> None:
    trust = ssl.create_default_context(cafile=mosquitto.certificate)
    subscriber = mosquitto.subscriber()
    channel(Broker("localhost", mosquitto.tls_port, USER, PASSWORD, trust)).send(make_delivery())
    subscriber.until(lambda: len(subscriber.messages) == 1)
    with pytest.raises(DeliveryRetry, match="certificate"):
        channel(Broker("localhost", mosquitto.tls_port, USER, PASSWORD, ssl.create_default_context())).send(
            make_delivery()
        )


@pytest.mark.parametrize("password", ["wrong", None])
def test_a_wrong_password_is_told_and_tried_again(
    password: str | None, mosquitto: Mosquitto, make_delivery: Callable[..., Delivery]
) -> None:
    with pytest.raises(DeliveryRetry, match="Not authorized") as caught:
        channel(Broker("127.0.0.1", mosquitto.port, USER, password)).send(make_delivery())
    assert "wrong" not in str(caught.value)


def test_a_message_that_the_access_list_refuses_is_no_delivery(
    mosquitto: Mosquitto, make_delivery: Callable[..., Delivery]
) -> None:
    with pytest.raises(DeliveryRetry, match="Not authorized"):
        channel(Broker("127.0.0.1", mosquitto.port, USER, PASSWORD), prefix="elsewhere").send(make_delivery())


def test_a_broker_that_is_not_there_is_tried_again(make_delivery: Callable[..., Delivery]) -> None:
    with pytest.raises(DeliveryRetry, match="channel broker"):
        channel(Broker("127.0.0.1", _free_port())).send(make_delivery())


def test_a_port_that_says_nothing_is_left_at_the_time_limit(make_delivery: Callable[..., Delivery]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(DeliveryRetry, match="does not answer"):
        channel(Broker("127.0.0.1", server.getsockname()[1]), timeout=0.5).send(make_delivery())


@pytest.mark.parametrize(
    ("type", "site", "camera", "topic"),
    [
        (AlertType.CAMERA_HEALTH, "s", "c", "kw/s/c/camera/health"),
        (AlertType.STORAGE_PRESSURE, None, None, "kw/-/-/storage/pressure"),
        (AlertType.DIGEST, None, None, "kw/-/-/digest"),
        (AlertType.CASE_OPENED, "a/b", "c+#", "kw/a_b/c__/case/opened"),
    ],
)
def test_topics(
    type: AlertType, site: str | None, camera: str | None, topic: str, make_alert: Callable[..., Alert]
) -> None:
    made = channel(Broker("127.0.0.1"), prefix="/kw/")
    assert made.topic(make_alert(type, site=site, camera=camera)) == topic


def test_the_password_is_in_no_representation() -> None:
    assert PASSWORD not in repr(Broker("127.0.0.1", 1883, USER, PASSWORD))


def test_a_broker_is_read_from_its_address() -> None:
    plain = Broker.from_url("mqtt://kitchen:p%40ss@broker.lan")
    assert plain == Broker("broker.lan", 1883, "kitchen", "p@ss")
    secure = Broker.from_url("mqtts://broker.example:8884")
    assert (secure.host, secure.port, secure.username) == ("broker.example", 8884, None)
    assert secure.tls is not None
    assert secure.tls.verify_mode is ssl.CERT_REQUIRED


@pytest.mark.parametrize("url", ["http://broker", "mqtt://", "mqtt://host:port", "mqtt://s3cret@[broken"])
def test_an_unusable_address_is_told_without_showing_it(url: str) -> None:
    with pytest.raises(ConfigError, match="MQTT broker") as caught:
        Broker.from_url(url)
    assert "s3cret" not in str(caught.value)
