"""The MQTT channel: the same CloudEvents published to an MQTT 5 broker with QoS 1.

It speaks through paho-mqtt itself: aiomqtt 2.5, the wrapper around it, does not look at the reason code of a
PUBACK, so a message that the broker's access list had refused would count as delivered.
"""

import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from kitchenwatch.alerts.message import CONTENT_TYPE, event_body
from kitchenwatch.errors import ConfigError, DeliveryRefused, DeliveryRetry, MissingExtra
from kitchenwatch.model import Alert, Delivery
from kitchenwatch.ports import Clock

if TYPE_CHECKING:
    from paho.mqtt.client import Client
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

TIMEOUT = 20.0  # seconds for connecting, publishing and the broker's acknowledgement together
NEVER = frozenset({144, 149, 153})  # topic name invalid, packet too large, payload format invalid (MQTT 5, 2.4)
PORTS = {"mqtt": 1883, "mqtts": 8883}
TYPE_PREFIX = "cn.kitchenwatch."


@dataclass(frozen=True, slots=True)
class Broker:
    """Where to publish.

    Attributes:
        tls: a context to verify the broker with, or None for plain TCP.
    """

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None

    @classmethod
    def from_url(cls, url: str) -> "Broker":
        """`mqtt://user:password@host:1883`, or `mqtts://` with TLS (port 8883). Raises ConfigError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        if parts.scheme not in PORTS or not parts.hostname:
            raise ConfigError("MQTT broker", "the address is not usable", remedy="write mqtts://user:password@host")
        username, password = (unquote(text) if text else None for text in (parts.username, parts.password))
        tls = ssl.create_default_context() if parts.scheme == "mqtts" else None
        return cls(parts.hostname, port or PORTS[parts.scheme], username, password, tls)


class MqttChannel:
    """Publishes each alert to `<prefix>/<site>/<camera>/<type>`, `-` standing for a site or camera not concerned.

    The type's tail makes the last levels (`case/opened`); the user property `id` is the idempotency key.

    Args:
        name: of the channel, for messages.
        broker: where to publish.
        prefix: the first level or levels of every topic.
        clock: for the time limit.
        timeout: seconds for the whole exchange.

    Raises:
        MissingExtra: the `mqtt` extra is not installed.
    """

    def __init__(self, name: str, broker: Broker, prefix: str, clock: Clock, timeout: float = TIMEOUT) -> None:
        _require_paho()
        self._name, self._broker, self._prefix = name, broker, prefix.strip("/")
        self._clock, self._timeout = clock, timeout

    def topic(self, alert: Alert) -> str:
        """Where an alert is published."""
        tail = alert.type.removeprefix(TYPE_PREFIX).replace(".", "/")
        return "/".join((self._prefix, _level(alert.site), _level(alert.camera), tail))

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryRetry or DeliveryRefused."""
        deadline = self._clock.monotonic() + self._timeout
        exchange = _Exchange()
        client = exchange.client(self._broker, self._timeout)
        try:
            client.connect(self._broker.host, self._broker.port)
            self._await(client, lambda: exchange.connected, deadline)
            alert = delivery.alert
            client.publish(self.topic(alert), event_body(alert), qos=1, properties=_properties(alert))
            self._await(client, lambda: exchange.published, deadline)
        except (OSError, ValueError) as error:
            raise DeliveryRetry(f"channel {self._name}: {error}") from error
        finally:
            client.disconnect()

    def _await(self, client: "Client", answer: "Callable[[], ReasonCode | None]", deadline: float) -> None:
        """Work the connection until the broker has answered. Raises DeliveryRetry, DeliveryRefused."""
        while (code := answer()) is None:
            if self._clock.monotonic() > deadline:
                raise DeliveryRetry(f"channel {self._name}: the broker does not answer")
            if client.loop(timeout=0.2) and answer() is None:
                raise DeliveryRetry(f"channel {self._name}: the connection to the broker was lost")
        if code.is_failure:
            error = DeliveryRefused if code.value in NEVER else DeliveryRetry
            raise error(f"channel {self._name}: the broker says {code}")


class _Exchange:
    """What the broker has answered so far in one connection."""

    def __init__(self) -> None:
        self.connected: ReasonCode | None = None
        self.published: ReasonCode | None = None

    def client(self, broker: Broker, timeout: float) -> "Client":
        """A client that tells this exchange."""
        from paho.mqtt.client import Client
        from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

        client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        client.connect_timeout = timeout
        client.on_connect = self._on_connect
        client.on_publish = self._on_publish
        if broker.username is not None:
            client.username_pw_set(broker.username, broker.password)
        if broker.tls is not None:
            client.tls_set_context(broker.tls)
        return client

    def _on_connect(self, client: "Client", data: Any, flags: Any, code: "ReasonCode", properties: Any) -> None:
        self.connected = code

    def _on_publish(self, client: "Client", data: Any, mid: int, code: "ReasonCode", properties: Any) -> None:
        self.published = code


def _require_paho() -> None:
    try:
        import paho.mqtt.client  # noqa: F401
    except ImportError as error:
        raise MissingExtra("MQTT", "mqtt") from error


def _properties(alert: Alert) -> "Properties":
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties

    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.ContentType = CONTENT_TYPE
    properties.UserProperty = [("id", str(alert.id))]
    return properties


def _level(name: str | None) -> str:
    """One level of a topic: the characters with a meaning of their own in topics are replaced."""
    return re.sub(r"[+#/\x00]", "_", name) if name else "-"
