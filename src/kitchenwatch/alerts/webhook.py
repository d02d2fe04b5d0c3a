"""The webhook channel: CloudEvents posted with Standard Webhooks signatures.

Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import binascii
from collections.abc import Sequence

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from kitchenwatch.alerts.address import check_address
from kitchenwatch.alerts.egress import Egress, Reply
from kitchenwatch.alerts.message import CONTENT_TYPE, event_body
from kitchenwatch.errors import ConfigError, DeliveryRefused, DeliveryRetry
from kitchenwatch.model import Delivery
from kitchenwatch.ports import Clock

TIMEOUT = 20.0  # seconds; Standard Webhooks advises 15 to 30
NEVER = frozenset({400, 405, 410, 413, 415, 422})  # answers to this very message; others (404 in a deploy) may heal


class WebhookChannel:
    """Posts each alert to one address; the alert's id is the receiver's idempotency key.

    Args:
        name: of the channel, for messages.
        url: http or https.
        secrets: `whsec_…`, newest first; each signs, so that a receiver may change over at leisure.
        egress: what may be reached.
        clock: for the time in the signature.
        timeout: seconds for the whole exchange.

    Raises:
        ConfigError: the address or a secret is not usable.
    """

    def __init__(
        self,
        name: str,
        url: str,
        secrets: Sequence[str],
        egress: Egress,
        clock: Clock,
        timeout: float = TIMEOUT,
    ) -> None:
        self._name, self._url, self._egress, self._clock, self._timeout = name, url, egress, clock, timeout
        check_address(name, url)
        self._signers = [_signer(name, secret) for secret in secrets]
        if not self._signers:
            raise ConfigError(f"channel {name}", "no secret to sign with", remedy="give one, such as whsec_<base64>")

    def send(self, delivery: Delivery) -> None:
        """Raises DeliveryRetry or DeliveryRefused."""
        body = event_body(delivery.alert)
        reply = self._egress.post(self._url, self._headers(str(delivery.alert.id), body), body, self._timeout)
        self._judge(reply)

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        """Made anew for each try: receivers refuse a signature older than some minutes."""
        now = self._clock.now()
        signatures = [signer.sign(message_id, now, body.decode()) for signer in self._signers]
        return {
            "content-type": CONTENT_TYPE,
            "user-agent": "kitchenwatch",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _judge(self, reply: Reply) -> None:
        status, place = reply.status, f"channel {self._name}: HTTP {reply.status}"
        if 200 <= status < 300:
            return
        if 300 <= status < 400:
            raise DeliveryRefused(f"{place}, a redirect -> configure the final address")
        if status in NEVER:
            raise DeliveryRefused(f"{place} -> the receiver does not want this")
        raise DeliveryRetry(place, reply.retry_after)


def _signer(name: str, secret: str) -> Webhook:
    try:
        return Webhook(secret)
    except (binascii.Error, ValueError, EmptyWebhookSecretError) as error:
        raise ConfigError(
            f"channel {name}", "a secret is not base64", remedy="write whsec_ and the base64 of 24 to 64 random bytes"
        ) from error
