"""The channels that the configuration names."""

from collections.abc import Callable, Mapping
from uuid import uuid4

from kitchenwatch.alerts.apprise_channel import AppriseChannel
from kitchenwatch.alerts.egress import Egress
from kitchenwatch.alerts.mqtt import Broker, MqttChannel
from kitchenwatch.alerts.robot import RobotChannel, Service
from kitchenwatch.alerts.webhook import WebhookChannel
from kitchenwatch.config import Config
from kitchenwatch.config.services import AppriseText, ChannelText, MqttText, RobotText, WebhookText
from kitchenwatch.config.showing import channel_address
from kitchenwatch.errors import DeliveryError, NotFound
from kitchenwatch.model import Alert, AlertType, Delivery
from kitchenwatch.ports import Channel, Clock
from kitchenwatch.store.acts import Acts
from kitchenwatch.web.administration import ChannelView, TestResult, Who


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


class ChannelTests:
    """Implements `web.administration.Channels`: a test takes the very way that alerts take, but for the outbox.

    Args:
        config: who receives what; asked for anew, as the console changes it.
    """

    def __init__(self, config: Callable[[], Config], channels: Mapping[str, Channel], acts: Acts, clock: Clock) -> None:
        self._config, self._channels, self._acts, self._clock = config, channels, acts, clock

    def all(self) -> list[ChannelView]:
        """By name."""
        config = self._config()
        return [_view(config, name, text) for name, text in sorted(config.channels.items())]

    def test(self, who: Who, name: str) -> TestResult:
        """Raises NotFound."""
        channel = self._channels.get(name)
        if channel is None:
            raise NotFound(f"there is no channel {name!r}")
        begun, detail = self._clock.monotonic(), ""
        try:
            channel.send(self._message(name, who))
        except DeliveryError as error:
            detail = str(error)
        seconds = self._clock.monotonic() - begun
        self._acts.note(who.name, "channel.test", name, who.address, delivered=not detail, detail=detail)
        return TestResult(name, not detail, seconds, detail)

    def _message(self, name: str, who: Who) -> Delivery:
        data = {"detail": f"{who.name} 试发消息 sends a test"}
        alert = Alert(0, uuid4(), AlertType.TEST, self._clock.now(), None, None, None, f"test/{name}", data)
        return Delivery(0, alert, name, 0)


def _view(config: Config, name: str, text: ChannelText) -> ChannelView:
    owners = [district.name for district in config.districts if name in district.channels]
    owners += [site.name for site in config.sites if name in site.channels]
    leads_to = channel_address(text.url.get_secret_value(), isinstance(text, AppriseText))
    kind = text.service if isinstance(text, RobotText) else text.type
    return ChannelView(name, kind, leads_to, owners, name in config.push.operators)
