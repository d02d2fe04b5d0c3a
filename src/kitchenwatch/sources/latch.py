"""Hysteresis in media time: a state begins or ends only after its sign has lasted."""

from datetime import datetime

from kitchenwatch.model import Frame

# Between two frames further apart than this nobody knows what was to be seen, so signs start anew. Of a quiet camera
# only keyframes are seen, and "smart" codecs send one every 12 s or more.
GAP_S = 15.0


class Latch:
    """One state of one camera.

    Args:
        begin_s: seconds its sign must last before the state begins.
        end_s: seconds without the sign before it ends.
    """

    def __init__(self, begin_s: float, end_s: float) -> None:
        self._begin_s, self._end_s = begin_s, end_s
        self.on = False
        self.since = 0.0
        """Media time at which the present state began, by its first sign."""
        self._turned: tuple[float, datetime] | None = None
        self._last_t = float("-inf")

    def step(self, frame: Frame, sign: bool) -> datetime | None:
        """The moment of the first sign, when the state has just begun or ended (see `on`); else None."""
        if frame.t - self._last_t > GAP_S:
            self._turned = None
        self._last_t = frame.t
        if sign == self.on:
            self._turned = None
            return None
        self._turned = self._turned or (frame.t, frame.at)
        if frame.t - self._turned[0] < (self._end_s if self.on else self._begin_s):
            return None
        self.since, at = self._turned
        self.on, self._turned = sign, None
        return at
