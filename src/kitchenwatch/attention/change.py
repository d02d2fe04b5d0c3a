"""Whether anything has changed since nobody was there: cheap enough for every keyframe of an empty kitchen."""

import cv2
import numpy as np

from kitchenwatch.picture import Image, Picture

# Enough pixels for the mean of a tile to stand above sensor noise, few enough to cost a tenth of a millisecond.
PICKED_WIDTH = 480
TILES = (96, 54)
# A tile's mean must differ by so many of 255 levels: five times the noise that an evening picture leaves in it.
LEVELS = 10
# So many tiles: a person of 30 by 80 pixels in 1080p covers six; the digits of a ticking clock two or three.
CHANGED = 4


class SceneChange:
    """Holds pictures against the last one in which nobody was."""

    def __init__(self) -> None:
        self._empty: Image | None = None

    @property
    def known(self) -> bool:
        """Whether there is an empty picture to hold others against."""
        return self._empty is not None

    def changed(self, picture: Picture) -> bool:
        """Whether this picture differs, or there is none yet to differ from."""
        if self._empty is None:
            return True
        apart = _tiles(picture).astype(np.int16) - self._empty
        # A light that is dimmed shifts the whole picture and hides nobody.
        apart -= np.int16(np.median(apart))
        return bool(np.count_nonzero(np.abs(apart) > LEVELS) >= CHANGED)

    def empty(self, picture: Picture) -> None:
        """Nobody was found in this one."""
        self._empty = _tiles(picture)


def _tiles(picture: Picture) -> Image:
    picked = picture.brightness(max(1, picture.size[0] // PICKED_WIDTH))
    return np.asarray(cv2.resize(picked, TILES, interpolation=cv2.INTER_AREA), np.uint8)
