"""How far apart: a camera's keyframes, and the pictures that are looked at."""

import math

# What was tried in vain is tried again after so long, then twice as long, up to five minutes: steam or a flickering
# lamp change an empty kitchen all the time.
FIRST_S, LONGEST_S = 1.0, 300.0
# Cameras' timestamps jitter, and their keyframes with them.
EARLY = 0.1


class Keyframes:
    """How far apart a camera's keyframes are, the present gap included: "smart" codecs stretch it as they like."""

    def __init__(self) -> None:
        self._gap = math.inf
        self._key: float | None = None
        self.newest = -math.inf
        """Media time of the last picture that came."""

    def came(self, t: float, key: bool) -> None:
        """A picture has come."""
        self.newest = max(self.newest, t)
        if not key:
            return
        if self._key is not None:
            self._gap = t - self._key
        self._key = t

    @property
    def apart(self) -> float:
        """Seconds of media time; infinity until there were two, for nobody knows when the next one comes."""
        return self._gap if self._key is None else max(self._gap, self.newest - self._key)

    def divided(self, step: float) -> float:
        """About that many seconds, so that each keyframe falls on a step: it can be decoded without all before it."""
        apart = self.apart
        return step if math.isinf(apart) else apart / max(1, round(apart / step))


class Pace:
    """Lets a picture pass when the last that passed lies far enough back."""

    def __init__(self) -> None:
        self._last = -math.inf

    def due(self, t: float, apart: float) -> bool:
        """Whether the picture at `t` may pass, if they are to be at least `apart` seconds apart."""
        return t - self._last >= apart

    def took(self, t: float) -> None:
        """It passed."""
        self._last = t


class Backoff:
    """Lets something costly be tried ever more rarely while it comes to nothing."""

    def __init__(self) -> None:
        self._next, self._wait = -math.inf, FIRST_S

    def tried(self, t: float) -> bool:
        """Whether it may be tried at media time `t`; if so, it counts as tried."""
        if t < self._next:
            return False
        self._next, self._wait = t + self._wait, min(LONGEST_S, 2 * self._wait)
        return True

    def succeeded(self) -> None:
        """It was worth it: it may be tried again at once."""
        self._next, self._wait = -math.inf, FIRST_S
