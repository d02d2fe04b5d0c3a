"""Whether anything has changed since nobody was there: cheap enough for every keyframe of an empty kitchen."""

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.picture import Image, Picture, fine

# Of the fine grid: enough pixels for the mean of a tile to stand above sensor noise.
TILES = (96, 54)
# A tile's mean must differ by so many of 255 levels: five times the noise that an evening picture leaves in it.
LEVELS = 10
# So many tiles: a person of 30 by 80 pixels in 1080p covers six; a digit of a ticking clock two or three.
CHANGED = 4
# Tiles that change from one empty picture to the next, and again (clocks, steam, screens), say nothing about people.
# Where so large a share of them does, it says nothing about tiles.
LEARN, RESTLESS = 0.25, 0.3
MOST_RESTLESS = 0.05
# A look may miss whoever has just come in: a changed picture is taken for empty after so many without anybody.
CONVINCED = 3


class SceneChange:
    """Holds pictures against the last one in which nobody was."""

    def __init__(self) -> None:
        self._empty: Image | None = None
        self._doubts = 0
        self._unrest = np.zeros(TILES[::-1], np.float32)

    @property
    def known(self) -> bool:
        """Whether there is an empty picture to hold others against."""
        return self._empty is not None

    def changed(self, picture: Picture) -> bool:
        """Whether this picture differs, or there is none yet to differ from."""
        return self._empty is None or self._differs(_tiles(picture), self._empty)

    def empty(self, picture: Picture) -> None:
        """Nobody was found in this one."""
        tiles = _tiles(picture)
        if self._empty is not None:
            self._doubts = self._doubts + 1 if self._differs(tiles, self._empty) else 0
            if 0 < self._doubts < CONVINCED:
                return
            self._unrest += LEARN * (_apart(tiles, self._empty) - self._unrest)
        self._empty, self._doubts = tiles, 0

    def occupied(self) -> None:
        """Somebody was found."""
        self._doubts = 0

    def _differs(self, tiles: Image, empty: Image) -> bool:
        restless = self._unrest > RESTLESS
        if restless.mean() > MOST_RESTLESS:
            restless[:] = False
        return bool(np.count_nonzero(_apart(tiles, empty) & ~restless) >= CHANGED)


def _apart(now: Image, before: Image) -> NDArray[np.bool_]:
    """Where two pictures differ, but for a light that is dimmed: that shifts all of it and hides nobody."""
    apart = now.astype(np.int16) - before
    return np.asarray(np.abs(apart - np.int16(np.median(apart))) > LEVELS)


def _tiles(picture: Picture) -> Image:
    return np.asarray(cv2.resize(fine(picture), TILES, interpolation=cv2.INTER_AREA), np.uint8)
