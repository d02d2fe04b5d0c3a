"""Slows down those who guess passwords.

Kept in memory: argon2 makes each guess dear anyway, so a restart may forget, and a flood of guesses writes no rows.
"""

import threading
from collections import OrderedDict, deque
from math import ceil

from kitchenwatch.errors import TooManyAttempts
from kitchenwatch.ports import Clock

WINDOW_S = 300.0
# Five slips are human. An office behind one address has many people; a name is guessed from many addresses,
# and its owner must not be locked out by a handful of strangers.
PER_PAIR, PER_ADDRESS, PER_NAME = 5, 30, 100
ROOM = 20_000  # keys remembered, a few MB; the one unused for longest is forgotten first

Key = tuple[str, str]


class Throttle:
    """Counts sign-ins that have not succeeded in the last five minutes, by name, by address and by both."""

    def __init__(self, clock: Clock, room: int = ROOM) -> None:
        self._clock, self._room = clock, room
        self._attempts: OrderedDict[Key, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def enter(self, name: str, address: str) -> None:
        """Count an attempt before its password is looked at, so that parallel ones count too.

        Raises TooManyAttempts.
        """
        now = self._clock.monotonic()
        with self._lock:
            for key, most in _limits(name, address):
                recent = self._recent(key, now)
                if len(recent) >= most:
                    raise TooManyAttempts(ceil(recent[0] + WINDOW_S - now))
            for key, _ in _limits(name, address):
                self._attempts[key].append(now)

    def succeeded(self, name: str, address: str) -> None:
        """Take this attempt back, and forgive this name at this address."""
        with self._lock:
            for key, _ in _limits(name, address):
                if self._attempts.get(key):
                    self._attempts[key].pop()
            self._attempts.pop((name, address), None)

    def _recent(self, key: Key, now: float) -> deque[float]:
        recent = self._attempts.setdefault(key, deque())
        self._attempts.move_to_end(key)
        while recent and recent[0] <= now - WINDOW_S:
            recent.popleft()
        while len(self._attempts) > self._room:
            self._attempts.popitem(last=False)
        return recent


def _limits(name: str, address: str) -> tuple[tuple[Key, int], ...]:
    return ((name, address), PER_PAIR), (("", address), PER_ADDRESS), ((name, ""), PER_NAME)
