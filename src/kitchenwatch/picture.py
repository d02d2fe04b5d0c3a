"""What a frame shows, in whatever form it came, turned into colours only where somebody looks."""

from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

FINE_WIDTH = 480


class Picture(Protocol):
    """One picture; all arrays are uint8, colours are BGR."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        ...

    def brightness(self, step: int) -> Image:
        """Brightness of every `step`-th pixel of every `step`-th row, 0 to 255; not to be written to. No colours are
        made for it."""
        ...

    def bgr(self) -> Image:
        """All of it, `(H, W, 3)`; made once, however often it is asked for."""
        ...

    def shrunk(self, width: int, height: int) -> Image:
        """All of it at that size, `(height, width, 3)`; see `scaled`."""
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
        return scaled(self._image, width, height)

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        return self._image[y1:y2, x1:x2]


def scaled(image: Image, width: int, height: int) -> Image:
    """The image, or one plane of it, at that size.

    Halved while it is more than twice as large, each pixel the mean of four, the rest bilinear: on kitchen films within
    half a grey level of the mean over all that a pixel stands for (`INTER_AREA`), at a fifth to a third of its cost.
    """
    while image.shape[1] >= 2 * width and image.shape[0] >= 2 * height:
        rows, columns = image.shape[0] // 2, image.shape[1] // 2
        # Exactly twice: OpenCV is slow otherwise. An odd row or column at the edge goes.
        image = np.asarray(
            cv2.resize(image[: 2 * rows, : 2 * columns], (columns, rows), interpolation=cv2.INTER_AREA), np.uint8
        )
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def fine(picture: Picture) -> Image:
    """Every k-th pixel's brightness, about 480 wide.

    Picking instead of averaging keeps sensor noise and pixel-sharp edges, and costs a tenth of a resize.
    """
    return picture.brightness(max(1, picture.size[0] // FINE_WIDTH))
