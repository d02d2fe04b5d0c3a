"""Sampling by media time: which frames are looked at, whatever the frame rate."""

# A frame this little before its moment is taken for it: timestamps are rounded to ticks, and jitter.
EARLY_S = 0.01


class Sampler:
    """Chooses the first frame at or after each multiple of `1 / fps` seconds; the very first one always.

    Films of 5, 10 and 25 frames a second are thus sampled at the same moments, as nearly as they can be.
    """

    def __init__(self, fps: float) -> None:
        self._fps = fps
        self._last = -1

    def due(self, t: float) -> bool:
        """Whether the frame at media time `t` is one to look at; remembers that it was."""
        moment = int((t + EARLY_S) * self._fps)
        if moment <= self._last:
            return False
        self._last = moment
        return True
