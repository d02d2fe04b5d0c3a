"""How large the head is that a box belongs to.

Accuracy depends on how many pixels a head has, whatever the label: a mask of 20 px and a cigarette of 8 px on one
face are one and the same difficulty.
"""

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.belonging import UPPER_PART
from kitchenwatch.geometry import Boxes, centre
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.states import BANDS, FACE

HEADS = (Label.HAT, Label.NO_HAT)
FACES = (Label.MASK, Label.NO_MASK)
THINGS = (Label.CIGARETTE, Label.PHONE)

NO_HEAD = "none"
SIZES = (*BANDS, NO_HEAD)
"""Heights of heads in px; the last is of boxes that belong to no drawn head."""

SAME_HEAD = 0.6  # between the centres of a face and its head, in heights of the head
NEAR = 3.0  # of a cigarette or phone, in head heights: what lies farther away is nobody's


def head_heights(boxes: Detections, drawn: Detections) -> NDArray[np.float64]:
    """`(N,)` the height in pixels of the head that each box is or belongs to, NaN where there is none.

    A `hat` or `no_hat` is the head. A face, a cigarette or a phone has the nearest drawn head; a face with no head
    around it is `FACE` of one. A person has the drawn head in the upper part of the box.

    Args:
        boxes: drawn or found, in pixels.
        drawn: all that was drawn on that picture.
    """
    heads = _heads(drawn)
    own = np.asarray(boxes.boxes[:, 3] - boxes.boxes[:, 1], np.float64)
    middle = centre(boxes.boxes)
    is_face = _are(boxes, FACES)
    heights = np.where(_are(boxes, HEADS), own, np.where(is_face, own / FACE, np.nan))
    heights = np.where(is_face, _nearest(middle, heads, SAME_HEAD, heights), heights)
    heights = np.where(_are(boxes, THINGS), _nearest(middle, heads, NEAR, heights), heights)
    return np.where(_are(boxes, (Label.PERSON,)), _head_of_person(boxes.boxes, heads), heights)


def in_size(head_px: NDArray[np.float64], size: str) -> NDArray[np.bool_]:
    """`(N,)` which of these heights are of a size (one of `SIZES`)."""
    if size == NO_HEAD:
        return np.isnan(head_px)
    low, high = BANDS[size]
    return np.asarray((head_px >= low) & (head_px < high))


def _heads(drawn: Detections) -> Boxes:
    """`(M, 4)` drawn heads, and those of drawn faces without one."""
    heads, faces = drawn.of(*HEADS).boxes, drawn.of(*FACES).boxes
    lonely = np.isnan(_nearest(centre(faces), heads, SAME_HEAD, np.full(len(faces), np.nan)))
    grown = faces[lonely].copy()
    grown[:, 1] -= (1 / FACE - 1) * (grown[:, 3] - grown[:, 1])
    return np.concatenate([heads, grown])


def _are(boxes: Detections, labels: tuple[Label, ...]) -> NDArray[np.bool_]:
    return np.isin(boxes.labels, [LABELS.index(label) for label in labels])


def _nearest(
    points: NDArray[np.float32], heads: Boxes, reach: float, otherwise: NDArray[np.float64]
) -> NDArray[np.float64]:
    """`(N,)` height of the head nearest to each point in head heights, or the value given where none is in reach."""
    if not len(heads):
        return otherwise
    tall = np.maximum(heads[:, 3] - heads[:, 1], 1.0)
    apart = np.linalg.norm(points[:, None] - centre(heads)[None], axis=2) / tall
    return np.where(apart.min(axis=1) <= reach, tall[apart.argmin(axis=1)], otherwise)


def _head_of_person(people: Boxes, heads: Boxes) -> NDArray[np.float64]:
    """`(N,)` height of the head nearest to the middle of each upper edge, among those centred in the upper part."""
    if not len(heads):
        return np.full(len(people), np.nan)
    points = centre(heads)[None]
    lower = people[:, None, 1] + UPPER_PART * (people[:, None, 3] - people[:, None, 1])
    inside = (points[..., 0] > people[:, None, 0]) & (points[..., 0] < people[:, None, 2])
    inside &= (points[..., 1] > people[:, None, 1]) & (points[..., 1] < lower)
    top = np.stack([(people[:, 0] + people[:, 2]) / 2, people[:, 1]], axis=1)
    apart = np.where(inside, np.linalg.norm(points - top[:, None], axis=2), np.inf)
    tall = heads[apart.argmin(axis=1), 3] - heads[apart.argmin(axis=1), 1]
    return np.where(np.isfinite(apart.min(axis=1)), tall, np.nan).astype(np.float64)
