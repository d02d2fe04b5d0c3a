"""A limit on messages a minute, for services that mute a sender who exceeds theirs."""

from collections import deque

from kitchenwatch.errors import DeliveryRetry
from kitchenwatch.ports import Clock

# 钉钉 and 企业微信 robots take 20 a minute (钉钉 then mutes for ten minutes); two are left for clocks that differ.
PER_MINUTE = 18


class Pace:
    """Counts what was sent in the last 60 seconds; for one thread."""

    def __init__(self, clock: Clock, per_minute: int = PER_MINUTE) -> None:
        self._clock, self._sent = clock, deque[float](maxlen=per_minute)

    def wait_for_turn(self) -> None:
        """Raises DeliveryRetry, with the seconds left to wait, while the minute is full; else counts one more."""
        now = self._clock.monotonic()
        if len(self._sent) == self._sent.maxlen and (left := self._sent[0] + 60 - now) > 0:
            raise DeliveryRetry(f"{self._sent.maxlen} messages a minute are sent already", left)
        self._sent.append(now)
