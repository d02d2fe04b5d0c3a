"""The channels that the configuration names."""

from kitchenwatch.alerts.apprise_channel import AppriseChannel
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.mqtt import Broker, MqttChannel
from kitchenwatch.alerts.robot import RobotChannel, Service
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.config import Config
from kitchenwatch.config.services import AppriseText, ChannelText, MqttText, RobotText, WebhookText
from kitchenwatch.ports import Channel, Clock


def build_channels(config: Config, clock: Clock) -> dict[str, Channel]:
    """By name. Raises ConfigError, MissingExtra."""
    egress = Egress(config.egress.allow)
    pages = str(config.web.public_url or "").rstrip("/")
    return {name: _channel(name, text, egress, clock, pages) for name, text in config.channels.items()}


def _channel(name: str, text: ChannelText, egress: Egress, clock: Clock, pages: str) -> Channel:
    url = text.url.get_secret_value()
    match text:
        case WebhookText():
            return WebhookChannel(name, url, [secret.get_secret_value() for secret in text.secret], egress, clock)
        case RobotText():
            secret = text.secret.get_secret_value() if text.secret else None
            return RobotChannel(name, Service(text.service), url, egress, clock, secret, pages)
        case AppriseText():
            return AppriseChannel(name, url, clock, pages)
        case MqttText():
            return MqttChannel(name, Broker.from_url(url), text.topic, clock)
