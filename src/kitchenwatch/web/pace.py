"""How fast one person may send what costs us work; kept in memory, so a restart forgives."""

import threading
from collections import deque
from math import ceil

from kitchenwatch.errors import TooManyAttempts
from kitchenwatch.ports import Clock

WINDOW_S = 600.0


class Pace:
    """Counts what each user has begun in the last ten minutes.

    Args:
        most: begun by one user in that time.
        of: what is counted, for the refusal.
    """

    def __init__(self, clock: Clock, most: int, of: str) -> None:
        self._clock, self._most, self._of = clock, most, of
        self._begun: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def enter(self, user: str) -> None:
        """Count one more. Raises TooManyAttempts."""
        now = self._clock.monotonic()
        with self._lock:
            begun = self._begun.setdefault(user, deque())
            while begun and begun[0] <= now - WINDOW_S:
                begun.popleft()
            if len(begun) >= self._most:
                raise TooManyAttempts(ceil(begun[0] + WINDOW_S - now), self._of)
            begun.append(now)
