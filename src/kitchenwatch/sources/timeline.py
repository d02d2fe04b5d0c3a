"""A run's media time: presentation timestamps, tied to the clock at the run's first packet."""

from datetime import UTC, datetime, timedelta

from kitchenwatch.ports import Clock

# How far timestamps may stray from the clock before they are tied to it anew. More than the silence after
# which a run is given up (8 s), so that a stall and the burst after it do not count as straying; cameras
# drift by some seconds a day, and leap when they set their clock.
LEEWAY_S = 12.0


class Timeline:
    """Turns a run's timestamps into media time of the camera's line, and media time into UTC.

    Args:
        clock: says when packets arrive.
        line_start: `clock.monotonic()` when the line began; media time 0.
        floor: media time that the runs before have reached; this run lies after it.
    """

    def __init__(self, clock: Clock, line_start: float, floor: float) -> None:
        self._clock, self._line_start, self._reached = clock, line_start, floor
        self._shift: float | None = None
        self.epoch = datetime.min.replace(tzinfo=UTC)
        """UTC moment of media time 0, by the time of reception of the packet that it was tied to."""
        self.anchors = 0
        """How often it was tied to the clock; footage from before the last time has other timestamps."""

    def place(self, seconds: float) -> float:
        """Media time of a packet that has just arrived with this timestamp."""
        now = max(self._clock.monotonic() - self._line_start, self._reached)
        if self._shift is None or abs(seconds + self._shift - now) > LEEWAY_S:
            self._shift = now - seconds
            self.epoch = self._clock.now() - timedelta(seconds=now)
            self.anchors += 1
        t = seconds + self._shift
        self._reached = max(self._reached, t)
        return t

    def of(self, seconds: float) -> float:
        """Media time of a picture whose packet was placed before."""
        return seconds + (self._shift or 0.0)

    def at(self, t: float) -> datetime:
        """The UTC moment of a media time."""
        return self.epoch + timedelta(seconds=t)
