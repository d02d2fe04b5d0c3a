"""Boxes as float arrays `(…, 4)` of x1, y1, x2, y2 in pixels; polygons in fractions of the picture."""

from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

Boxes: TypeAlias = NDArray[np.float32]


def area(boxes: Boxes) -> Boxes:
    """Areas in square pixels, shape `(…)`."""
    return cast(
        Boxes, np.clip(boxes[..., 2] - boxes[..., 0], 0, None) * np.clip(boxes[..., 3] - boxes[..., 1], 0, None)
    )


def intersection(a: Boxes, b: Boxes) -> Boxes:
    """Pairwise overlap areas of `(N, 4)` and `(M, 4)`, shape `(N, M)`."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return cast(Boxes, np.prod(np.clip(high - low, 0, None), axis=-1))


def iou(a: Boxes, b: Boxes) -> Boxes:
    """Pairwise intersection over union of `(N, 4)` and `(M, 4)`, shape `(N, M)`."""
    shared = intersection(a, b)
    total = area(a)[:, None] + area(b)[None, :] - shared
    return cast(Boxes, shared / np.maximum(total, 1e-9))


def centre(boxes: Boxes) -> Boxes:
    """Centres, shape `(…, 2)`."""
    return cast(Boxes, (boxes[..., :2] + boxes[..., 2:]) / 2)


def clip_box(box: Boxes, width: int, height: int) -> Boxes:
    """The part of one box that lies inside the picture."""
    limit = np.array([width, height, width, height], np.float32)
    return cast(Boxes, np.clip(box, 0, limit))


def inside(point: tuple[float, float], polygon: tuple[tuple[float, float], ...]) -> bool:
    """Whether a point lies in a polygon (even-odd rule), both in the same units."""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
    return odd
