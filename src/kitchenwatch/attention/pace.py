"""How far apart: a camera's keyframes, and the pictures that are looked at."""

import math

# Cameras' timestamps jitter, and their keyframes with them.
EARLY = 0.2


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


class Pace:
    """Lets a picture pass when the last that passed lies far enough back."""

    def __init__(self) -> None:
        self._last = -math.inf

    def due(self, t: float, apart: float) -> bool:
        """Whether the picture at `t` may pass, if they are to be `apart` seconds apart."""
        return t - self._last >= (1 - EARLY) * apart

    def took(self, t: float) -> None:
        """It passed."""
        self._last = t
