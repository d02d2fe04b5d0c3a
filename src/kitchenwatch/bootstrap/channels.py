"""The channels that the configuration names."""

import ssl
from urllib.parse import unquote, urlsplit

from kitchenwatch.alerts.apprise_channel import AppriseChannel
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.mqtt import Broker, MqttChannel
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.config import Config
from kitchenwatch.config.services import AppriseText, ChannelText, MqttText, WebhookText
from kitchenwatch.ports import Channel, Clock


def build_channels(config: Config, clock: Clock) -> dict[str, Channel]:
    """By name. Raises ConfigError, MissingExtra."""
    egress = Egress(config.egress.allow)
    return {name: _channel(name, text, egress, clock) for name, text in config.channels.items()}


def _channel(name: str, text: ChannelText, egress: Egress, clock: Clock) -> Channel:
    match text:
        case WebhookText():
            secrets = [secret.get_secret_value() for secret in text.secret]
            return WebhookChannel(name, text.url.get_secret_value(), secrets, egress, clock)
        case AppriseText():
            return AppriseChannel(name, text.url.get_secret_value(), clock)
        case MqttText():
            return MqttChannel(name, _broker(text.url.get_secret_value()), text.topic, clock)


def _broker(url: str) -> Broker:
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    return Broker(
        host=parts.hostname or "",
        port=parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=ssl.create_default_context() if secure else None,
    )
