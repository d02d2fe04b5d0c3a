"""What a machine can afford: how many cameras may be looked at closely, and what a look must be worth."""

import threading
from dataclasses import dataclass
from typing import Protocol

from kitchenwatch.ports import Clock

# A look at somebody in doubt is worth tanh(gap / 1 s): 0.2 after a fifth of a second, so this lets it pass.
REST_PRICE = 0.1
TOP_PRICE = 0.95
# The price doubles within some seconds of being late and takes half a minute to fall again: a machine that was
# once overloaded probes gently.
DEARER, CHEAPER = 1.25, 0.95
EVERY_S = 1.0
# Below this share of the lateness that is too much there is room: bursts (cameras of one recorder send their keyframes
# together) are waited for half a second and more on a machine that is half idle.
CALM = 0.5
# Whoever inquires or waits asks again within ten seconds: who has not asked for so long is gone, or offline.
LEASE_S = 30.0


class Budget(Protocol):
    """What cameras ask before they look closely."""

    @property
    def price(self) -> float:
        """What a look must be worth, 0 to 1."""
        ...

    def admits(self, camera: str) -> bool:
        """Whether this camera may inquire now; asking is taking, until `release`."""
        ...

    def release(self, camera: str) -> None:
        """It inquires no longer."""
        ...

    def late(self, seconds: float) -> None:
        """A picture has waited so long for somebody to decode it or to look at it."""
        ...


class Boundless:
    """For films and tests: time is no object. Implements `Budget`."""

    price = REST_PRICE

    def admits(self, camera: str) -> bool:
        """Always."""
        return True

    def release(self, camera: str) -> None:
        """Nothing was taken."""

    def late(self, seconds: float) -> None:
        """A film can wait."""


@dataclass(frozen=True, slots=True)
class Load:
    """How the machine stands.

    Attributes:
        price: of a look, 0.1 (room for all) to 0.95.
        late_s: worst lateness of the last second, in seconds.
        inquiring: cameras looked at closely now.
        waiting: cameras that would be, with the seconds that each has waited.
    """

    price: float
    late_s: float
    inquiring: int
    waiting: dict[str, float]

    @property
    def overloaded(self) -> bool:
        """Whether it has been late for some seconds, or somebody waits for it."""
        return bool(self.waiting) or self.price >= 2 * REST_PRICE


class MachineBudget:
    """Raises the price and lets fewer cameras inquire while pictures come late. Thread-safe; implements `Budget`.

    The number of inquiries is halved when the machine is late and grows by one a second while it is not
    (additive increase, multiplicative decrease, as in TCP). Those that wait are let in by how long they waited.

    Args:
        clock: of the machine.
        late_s: from when on it cannot keep up.
    """

    def __init__(self, clock: Clock, late_s: float) -> None:
        self._clock, self._late_s = clock, late_s
        self._lock = threading.Lock()
        self._inquiring: dict[str, None] = {}  # in the order they were let in
        self._waiting: dict[str, float] = {}
        self._asked: dict[str, float] = {}
        self._limit: float | None = None
        self._worst = self._told = 0.0
        self._checked = clock.monotonic()
        self.price = REST_PRICE

    def admits(self, camera: str) -> bool:
        """See `Budget.admits`."""
        with self._lock:
            now = self._clock.monotonic()
            self._forget_silent(now)
            self._asked[camera] = now
            if camera in self._inquiring:
                return True
            if self._has_room(camera):
                self._inquiring[camera] = None
                self._waiting.pop(camera, None)
                return True
            self._waiting.setdefault(camera, now)
            return False

    def release(self, camera: str) -> None:
        """See `Budget.release`."""
        with self._lock:
            self._drop(camera)

    def late(self, seconds: float) -> None:
        """See `Budget.late`."""
        with self._lock:
            self._worst = max(self._worst, seconds)
            now = self._clock.monotonic()
            if now - self._checked >= EVERY_S:
                self._checked = now
                self._adjust()

    @property
    def load(self) -> Load:
        """For metrics and the console."""
        now = self._clock.monotonic()
        with self._lock:
            self._forget_silent(now)
            waiting = {camera: now - since for camera, since in self._waiting.items()}
            return Load(self.price, self._told, len(self._inquiring), waiting)

    def _drop(self, camera: str) -> None:
        self._inquiring.pop(camera, None)
        self._waiting.pop(camera, None)
        self._asked.pop(camera, None)

    def _forget_silent(self, now: float) -> None:
        for camera in [camera for camera, asked in self._asked.items() if now - asked > LEASE_S]:
            self._drop(camera)

    def _has_room(self, camera: str) -> bool:
        if self._limit is None:
            return True
        room = int(self._limit) - len(self._inquiring)
        longest = sorted(self._waiting, key=lambda waiting: self._waiting[waiting])
        return room > 0 and (not longest or camera in longest[:room])

    def _adjust(self) -> None:
        self._told, self._worst = self._worst, 0.0
        if self._told > self._late_s:
            self._limit = max(1.0, (self._limit or len(self._inquiring)) / 2)
            self.price = min(TOP_PRICE, self.price * DEARER)
            # Those let in last go first; `admits` tells them when they ask.
            for camera in list(self._inquiring)[int(self._limit) :]:
                del self._inquiring[camera]
        elif self._told < CALM * self._late_s:
            self.price = max(REST_PRICE, self.price * CHEAPER)
            if self._limit is not None:
                self._limit += 1
                if self._limit > 2 * len(self._inquiring) + 8:
                    self._limit = None
