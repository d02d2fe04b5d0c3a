"""What a frame shows, in whatever form it came, turned into colours only where somebody looks."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


class Picture(Protocol):
    """One picture; all arrays are uint8, colours are BGR."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def brightness(self, step: int) -> Image:
        """Brightness of every `step`-th pixel of every `step`-th row, 0 to 255; no colours are made for it."""
        ...

    def bgr(self) -> Image:
        """All of it, `(H, W, 3)`; made once, however often it is asked for."""
        ...

    def shrunk(self, width: int, height: int) -> Image:
        """All of it at that size, `(height, width, 3)`, each pixel the mean of those it stands for."""
        ...

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        """Only that region, `(y2 - y1, x2 - x1, 3)`; it must lie within the picture."""
        ...


class ArrayPicture:
    """A picture that is an array `(H, W, 3)` already. Implements `Picture`."""

    def __init__(self, image: Image) -> None:
        self._image = image

    @property
    def size(self) -> tuple[int, int]:
        return self._image.shape[1], self._image.shape[0]

    def brightness(self, step: int) -> Image:
        picked = np.ascontiguousarray(self._image[::step, ::step])
        return np.asarray(cv2.cvtColor(picked, cv2.COLOR_BGR2GRAY), np.uint8)

    def bgr(self) -> Image:
        return self._image

    def shrunk(self, width: int, height: int) -> Image:
        how = cv2.INTER_AREA if width < self._image.shape[1] else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(self._image, (width, height), interpolation=how), np.uint8)

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        return self._image[y1:y2, x1:x2]
