"""Looks at a picture obliquely from above, as a camera under the ceiling does.

What stands upright is shortened, and its foot, which is farther away than its head, is narrower. Away from the middle
of the camera's view it also leans.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, area, clip_box

SHORTEST = 0.78  # cosine of 39°: people in the nearer half of a camera's view, hung at 2.8 m and looking 6 m far
NARROWEST = 0.85  # foot against head, at the same place
LEAN = 0.08  # of the height, to either side: people at the edge of a wide-angle view
RIM = np.linspace(0, 2 * np.pi, 24, endpoint=False)


@dataclass(frozen=True, slots=True)
class View:
    """From a picture to what is seen of it obliquely.

    Attributes:
        matrix: `(3, 3)` homography, pixels to pixels.
        width, height: of what is seen, in pixels.
    """

    matrix: NDArray[np.float64]
    width: int
    height: int

    def image(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """`(height, width, 3)` of `(H, W, 3)` uint8 BGR."""
        seen = cv2.warpPerspective(
            image, self.matrix, (self.width, self.height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        return np.asarray(seen, np.uint8)

    def things(self, boxes: Boxes) -> tuple[Boxes, Boxes]:
        """Where things are, `(N, 4)`, cut at the edges; and the share of each that is still seen, `(N,)`.

        Heads, people and phones are round rather than square: the hull of the ellipse in a box stays about as tight as
        the box was, that of its four corners grows with every turn.
        """
        middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) / 2
        circle = np.stack([np.cos(RIM), np.sin(RIM)], axis=1)
        return self._hulls(middle[:, None] + half[:, None] * circle)

    def parts(self, boxes: Boxes) -> Boxes:
        """Where parts of the picture are, `(N, 4)`, cut at the edges: all of each, so the hull of its corners."""
        return self._hulls(boxes[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2))[0]

    def _hulls(self, outlines: NDArray[np.floating]) -> tuple[Boxes, Boxes]:
        if not len(outlines):
            return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
        flat = outlines.reshape(1, -1, 2).astype(np.float64)
        moved = cv2.perspectiveTransform(flat, self.matrix).reshape(outlines.shape)
        whole = np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1).astype(np.float32)
        seen = clip_box(whole, self.width, self.height)
        return seen, (area(seen) / np.maximum(area(whole), 1e-6)).astype(np.float32)


def any_view(width: int, height: int, rng: Generator) -> View:
    """A random view of a picture of that size: the largest upright rectangle inside what the picture becomes."""
    tall = rng.uniform(SHORTEST, 1.0) * height
    taper = rng.uniform(0, 1 - NARROWEST) * width / 2
    lean = rng.uniform(-LEAN, LEAN) * height
    corners = np.array([[0, 0], [width, 0], [width - taper + lean, tall], [taper + lean, tall]], np.float32)
    left = max(0.0, float(corners[3, 0]))
    right = min(float(width), float(corners[2, 0]))
    corners[:, 0] -= left
    square = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, corners).astype(np.float64)
    return View(matrix, max(1, round(right - left)), max(1, round(tall)))
