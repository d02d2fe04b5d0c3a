"""Whether a camera's picture can be judged at all: black, covered, frozen, blurred or moved."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import CameraState, Frame, HealthChange
from kitchenwatch.picture import fine
from kitchenwatch.sampling import EARLY_S
from kitchenwatch.sources.latch import GAP_S, Latch
from kitchenwatch.sources.scene import Plane, Usual, edges, fit, sharpness

BLIND = (CameraState.BLACK, CameraState.COVERED, CameraState.FROZEN, CameraState.BLURRED)
# Clocks that cameras draw into the picture stand at its upper or lower edge and tick on over a frozen one.
CAPTION = 0.12


@dataclass(frozen=True, slots=True)
class HealthSettings:
    """From when on a picture is bad. All `_s` in seconds of media time, levels in grey levels 0–255.

    Attributes:
        every_s: how often a picture is looked at; nothing here lasts less.
        begin_s: how long black or covered must last; longer than somebody passes close to the lens.
        end_s: how long a picture must be good again.
        dark_level, bright_share: black is when at most this share of pixels is brighter than this.
        edge_level, edge_share: covered is when at most this share of the coarse picture has edges of this
            strength. Rooms on real films show 57 to 77 %, and 14 % at a seventh of the light.
        frozen_s: how long exactly nothing may change. A still room is not frozen: sensor noise, or the next
            keyframe, changes some pixel within seconds. But an encoder repeats a still picture exactly
            between keyframes, which may be 12 s apart; a minute spans several of them.
        blurred_s, blurred_ratio, sharp_ratio: how long sharpness must lie below this share of the camera's
            own usual one, and the share above which it is good again.
        moved_s, moved_fit: how long at most this share of the background's tiles may fit; people hide
            some tiles, never most of them for so long.
        relearn_s: after so long a moved camera's new view becomes the usual one.
        learn_s, forget_s: how long the usual view is learned before anything is held against it, and how
            slowly it follows daylight and moved furniture.
    """

    every_s: float = 0.5
    begin_s: float = 10.0
    end_s: float = 3.0
    dark_level: int = 32
    bright_share: float = 0.02
    edge_level: float = 6.0
    edge_share: float = 0.02
    frozen_s: float = 60.0
    blurred_s: float = 20.0
    blurred_ratio: float = 0.2
    sharp_ratio: float = 0.4
    moved_s: float = 20.0
    moved_fit: float = 0.3
    relearn_s: float = 1800.0
    learn_s: float = 60.0
    forget_s: float = 600.0


class PictureWatch:
    """Watches one camera's pictures. Implements `ports.PictureHealth`.

    A camera that is blurred or moved from the start cannot be told from a good one: both are held
    against what the camera showed before.
    """

    def __init__(self, settings: HealthSettings | None = None) -> None:
        self._settings = s = settings or HealthSettings()
        self._usual = Usual(s.learn_s, s.forget_s)
        self._latches = {
            CameraState.BLACK: Latch(s.begin_s, s.end_s),
            CameraState.COVERED: Latch(s.begin_s, s.end_s),
            CameraState.FROZEN: Latch(s.frozen_s, 0.0),
            CameraState.BLURRED: Latch(s.blurred_s, s.end_s),
            CameraState.MOVED: Latch(s.moved_s, s.end_s),
        }
        self._last: tuple[float, NDArray[np.uint8]] | None = None

    @property
    def blind(self) -> bool:
        """Whether nothing can be judged now (black, covered, frozen, blurred)."""
        return any(self._latches[state].on for state in BLIND)

    def observe(self, frame: Frame) -> list[HealthChange]:
        """States that began or ended with this frame; `at` is the moment of the first sign."""
        if self._last and 0 <= frame.t - self._last[0] < self._settings.every_s - EARLY_S:
            return []
        picture = fine(frame.picture)
        signs = self._signs(frame, picture)
        self._last = (frame.t, picture)
        changes = [self._change(frame, state, sign) for state, sign in signs.items()]
        return [change for change in changes if change]

    def _signs(self, frame: Frame, picture: NDArray[np.uint8]) -> dict[CameraState, bool]:
        black = self._is_black(picture)
        now = edges(picture)
        covered = not black and self._is_covered(now)
        signs = {
            CameraState.BLACK: black,
            CameraState.COVERED: covered,
            CameraState.FROZEN: not black and not covered and self._is_frozen(picture),
        }
        if not any(signs.values()):
            signs |= self._against_usual(frame, picture, now)
        return signs

    def _is_black(self, picture: NDArray[np.uint8]) -> bool:
        bright = np.count_nonzero(picture > self._settings.dark_level)
        return bool(bright <= self._settings.bright_share * picture.size)

    def _is_covered(self, now: Plane) -> bool:
        strong = np.count_nonzero(now > self._settings.edge_level)
        return bool(strong <= self._settings.edge_share * now.size)

    def _is_frozen(self, picture: NDArray[np.uint8]) -> bool:
        margin = int(picture.shape[0] * CAPTION)
        middle = slice(margin, picture.shape[0] - margin)
        return self._last is not None and np.array_equal(picture[middle], self._last[1][middle])

    def _against_usual(self, frame: Frame, picture: NDArray[np.uint8], now: Plane) -> dict[CameraState, bool]:
        sharp = sharpness(picture)
        seconds = min(frame.t - self._last[0], GAP_S) if self._last else 0.0
        if not self._usual.known:
            self._usual.learn(seconds, now, sharp)
            return {}
        ratio = sharp / np.exp(self._usual.log_sharpness)
        fitting = fit(now, self._usual.edges)
        limits = self._settings
        blurred = bool(ratio < (limits.sharp_ratio if self._latches[CameraState.BLURRED].on else limits.blurred_ratio))
        moved = not blurred and fitting <= limits.moved_fit
        # A doubtful picture teaches nothing, or slow damage would become the usual.
        if ratio > limits.sharp_ratio and fitting > limits.moved_fit:
            self._usual.learn(seconds, now, sharp)
        return {CameraState.BLURRED: blurred, CameraState.MOVED: moved and not self._settled(frame)}

    def _settled(self, frame: Frame) -> bool:
        """Whether a moved camera has stood so long that its view becomes the usual one; learns it anew then."""
        latch = self._latches[CameraState.MOVED]
        if not latch.on or frame.t - latch.since < self._settings.relearn_s:
            return False
        self._usual.forget()
        return True

    def _change(self, frame: Frame, state: CameraState, sign: bool) -> HealthChange | None:
        latch = self._latches[state]
        at = latch.step(frame, sign)
        return HealthChange(frame.camera, state, latch.on, at) if at else None
