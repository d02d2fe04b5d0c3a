"""Movement told by the size of encoded pictures, for cameras whose keyframes are far apart.

An encoder spends bits where the picture moves: in an empty kitchen the pictures between keyframes are small and
alike, and whoever walks in makes them several times larger. That costs nothing to see, for nothing is decoded.
"""

from collections import deque

# Pictures are added up over this long: a single larger one may be noise, or a part of a spread keyframe.
SPAN_S = 0.6
# What is usual follows slowly, so that somebody who walks about does not become usual at once.
USUAL_S = 20.0
# It falls quickly, so that whoever comes soon after somebody has left stands out again.
FALL_S = 3.0
LEARN_S = 4.0
# So many times the usual, and so many bytes a second more: a waving curtain stays below.
TIMES = 2.5
BYTES_A_SECOND = 4000.0


class Surge:
    """Bytes a second of the pictures between keyframes, against what is usual for the camera."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, int]] = deque()
        self._usual = 0.0
        self._learned = 0.0
        self._last: float | None = None

    def felt(self, t: float, size: int) -> bool:
        """Take in a picture that is no keyframe: its media time and bytes; whether there are many more than usual."""
        self._recent.append((t, size))
        while self._recent[0][0] < t - SPAN_S:
            self._recent.popleft()
        rate = sum(bytes for _, bytes in self._recent) / SPAN_S
        known = self._learned >= LEARN_S
        surging = known and rate > self._usual * TIMES + BYTES_A_SECOND
        self._learn(t, rate)
        return surging

    def _learn(self, t: float, rate: float) -> None:
        step = min(t - self._last, 1.0) if self._last is not None and t > self._last else 0.0
        self._last = t
        self._learned += step
        follow = USUAL_S if rate > self._usual else FALL_S
        weight = step / min(max(self._learned, step, 1e-6), follow)
        self._usual += weight * (rate - self._usual)
