"""One channel's worker: sends what is due in order, notes what became of each, rests while the receiver is down."""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from kitchenwatch.alerts import schedule
from kitchenwatch.errors import DeliveryRefused, DeliveryRetry
from kitchenwatch.model import AlertType, Delivery
from kitchenwatch.ports import Channel, Clock, Outbox

log = logging.getLogger(__name__)

# What is said about a case that the channel was spared goes to the digest with it; a verdict is always told.
FOLLOW_UPS = frozenset({AlertType.CASE_CLIP, AlertType.CASE_CLOSED})


@dataclass(frozen=True, slots=True)
class PushPolicy:
    """How much a channel is told, and for how long it is tried.

    Attributes:
        cap: case-opened pushes per channel, site, camera and kind within `window`; the rest go into a digest.
        window: of the cap; also how long held pushes wait for their digest.
        retry_for: age of an alert at which a delivery that keeps failing is given up.
    """

    cap: int = 6
    window: timedelta = timedelta(hours=1)
    retry_for: timedelta = timedelta(days=3)


class Lane:
    """One channel's deliveries, one at a time. `work` runs in one thread; `ready` may be asked from another."""

    def __init__(self, name: str, channel: Channel, outbox: Outbox, clock: Clock, policy: PushPolicy) -> None:
        self._name, self._channel, self._outbox, self._clock, self._policy = name, channel, outbox, clock, policy
        # Jitter must differ between processes, not be reproducible.
        self._random = Random()
        self._failures = 0
        self._rests_until = clock.monotonic()

    def ready(self) -> bool:
        """Whether the channel is not resting after a failure."""
        return self._clock.monotonic() >= self._rests_until

    def work(self, batch: Sequence[Delivery], stop: threading.Event) -> None:
        """Settle deliveries in order, until one fails for now or `stop` is set; the others stay due.

        A receiver that is down is asked once, not once for each alert that waits for it.
        """
        try:
            for delivery in batch:
                if stop.is_set() or not self._settle(delivery):
                    return
        except Exception:  # a supervisor: the outbox may be out of reach for a while
            log.exception("channel %s: cannot note what became of a delivery; it will be sent again", self._name)
            self._rest(None)

    def _settle(self, delivery: Delivery) -> bool:
        """Whether the channel is well."""
        if self._spared(delivery):
            self._outbox.hold_for_digest(delivery)
            return True
        try:
            self._channel.send(delivery)
        except DeliveryRefused as error:
            log.warning("alert %s given up: %s", delivery.alert.id, error)
            self._outbox.give_up(delivery, str(error))
            return True
        except DeliveryRetry as error:
            self._later(delivery, str(error), error.after)
            return False
        except Exception as error:  # a supervisor: a fault in one channel must not stop the others
            log.exception("channel %s: unexpected failure", self._name)
            self._later(delivery, f"unexpected failure: {type(error).__name__}", None)
            return False
        self._outbox.delivered(delivery, self._clock.now())
        self._failures = 0
        return True

    def _spared(self, delivery: Delivery) -> bool:
        alert, window = delivery.alert, self._policy.window
        if alert.type in FOLLOW_UPS:
            return self._outbox.held(delivery.channel, alert.subject)
        if alert.type is not AlertType.CASE_OPENED:
            return False
        since = self._clock.now() - window
        pushed = self._outbox.pushed_since(delivery.channel, alert.site, alert.camera, alert.kind, since)
        return pushed >= self._policy.cap

    def _later(self, delivery: Delivery, error: str, after: float | None) -> None:
        now = self._clock.now()
        self._rest(after)
        if schedule.spent(delivery.attempts, delivery.alert.at, now, self._policy.retry_for):
            log.error("alert %s given up after %d tries: %s", delivery.alert.id, delivery.attempts + 1, error)
            self._outbox.give_up(delivery, error)
        else:
            log.info("alert %s will be tried again: %s", delivery.alert.id, error)
            self._outbox.retry(delivery, now + schedule.wait(delivery.attempts, after, self._random), error)

    def _rest(self, after: float | None) -> None:
        self._failures += 1
        self._rests_until = self._clock.monotonic() + schedule.rest(self._failures, after)
