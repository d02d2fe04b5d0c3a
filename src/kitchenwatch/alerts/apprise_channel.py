"""The Apprise channel: text for e-mail, SMS gateways and some hundred other services.

Apprise makes its own connections, so the egress policy of the webhooks does not bind it. For 企业微信, 钉钉 and
飞书 the robot channel is the better way: it reads their answers.
"""

import logging
import re
from urllib.parse import unquote

import apprise

from kitchenwatch.alerts.pace import PER_MINUTE, Pace
from kitchenwatch.alerts.text import text_of
from kitchenwatch.errors import ConfigError, DeliveryRetry
from kitchenwatch.model import Delivery
from kitchenwatch.ports import Clock

TIMEOUT = 20.0  # seconds that one service may take
MASKED_FROM = 6  # characters; shorter parts of an address are schemes, ports and words, no secrets


class AppriseChannel:
    """Sends each alert as a short text to one Apprise address.

    Args:
        name: of the channel, for messages.
        url: an Apprise address, such as `mailtos://user:password@host?to=somebody@host`; a secret.
        clock: for the rate limit.
        base_url: where people find the console, for links.
        per_minute: messages the service accepts.

    Raises:
        ConfigError: Apprise does not understand the address.
    """

    def __init__(self, name: str, url: str, clock: Clock, base_url: str = "", per_minute: int = PER_MINUTE) -> None:
        _silence()
        self._name, self._base_url = name, base_url
        parts = re.split(r"[/:@?&=]+", url)
        self._secrets = [part for part in (*parts, *map(unquote, parts)) if len(part) >= MASKED_FROM]
        self._apprise = apprise.Apprise(asset=apprise.AppriseAsset(service_timeout=TIMEOUT, async_mode=False))
        if not self._apprise.add(url):
            remedy = "see https://github.com/caronc/apprise/wiki for the form of its address"
            raise ConfigError(f"channel {name}", "Apprise does not understand the address", remedy=remedy)
        self._pace = Pace(clock, per_minute)

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryRetry: a service's answer does not tell whether it would ever accept."""
        self._pace.wait_for_turn()
        text = text_of(delivery.alert, self._base_url)
        result = self._apprise.notify(title=text.title, body=text.body, body_format=apprise.NotifyFormat.TEXT)
        if not result:
            raise DeliveryRetry(f"channel {self._name}: {self._reason(result)}")

    def _reason(self, result: apprise.AppriseResult) -> str:
        said = [entry.message for service in result.results for entry in service.logs()]
        reason = said[-1] if said else "not accepted"
        for secret in self._secrets:
            reason = reason.replace(secret, "***")
        return reason


def _silence() -> None:
    """Keep addresses out of the logs: both libraries write them when debugging, and an address holds its secrets."""
    apprise_log = logging.getLogger("apprise")
    apprise_log.setLevel(logging.WARNING)  # what remains is what `_reason` reads, and redacts
    apprise_log.propagate = False
    logging.getLogger("urllib3").setLevel(logging.INFO)
