"""Which boxes of a look are this person's: one head, what is on it, and what is at hand, mouth or ear.

There is no pose model here: the head is the yardstick. The figures come from the boxes of our training
pictures (1,482 cigarettes and 174 phones with a head nearby): nine in ten of the cigarettes lie within
2.1 head heights of the head's centre and 99 % are shorter than 0.62 heads; of the phones, 95 % lie within
2.0 heads and 95 % are shorter than one. A hand below the waist or a thing on a table lies farther away.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import merge
from kitchenwatch.geometry import Boxes, centre, iou
from kitchenwatch.model import LABELS, Detections, Label

REACH = {Label.CIGARETTE: 2.5, Label.PHONE: 2.0}  # from the head's centre, in head heights
LENGTH = {Label.CIGARETTE: 0.8, Label.PHONE: 1.3}  # longer side at most, in head heights
SAME_HEAD = 0.45  # `hat` and `no_hat` boxes overlapping more (IoU) speak of one head
UPPER_PART = 0.6  # of the person's box; a close-up shows little more than head and shoulders
MARGIN = 0.15  # of the person's box, by which a head may stick out


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a look found on one person.

    Attributes:
        head: `(4,)` the head's box, or the face's where no head was found.
        on_head: `hat` and `no_hat` boxes of that head.
        on_face: `mask` and `no_mask` boxes inside it.
        at_hand: `cigarette` and `phone` boxes within reach.
    """

    head: Boxes
    on_head: Detections
    on_face: Detections
    at_hand: Detections

    @property
    def all(self) -> Detections:
        """Everything on that person."""
        return merge([self.on_head, self.on_face, self.at_hand])


def portrait(found: Detections, person: Boxes, neighbours: Boxes) -> Portrait | None:
    """The part of a look that is this person's, or None if neither head nor face is theirs.

    Args:
        found: everything in the crop, in pixels of the frame.
        person: `(4,)` whose crop it is.
        neighbours: `(M, 4)` the other people on the frame.
    """
    heads, faces = found.of(Label.HAT, Label.NO_HAT), found.of(Label.MASK, Label.NO_MASK)
    anchor = _own_head(heads, person, neighbours)
    if anchor is None:
        anchor = _own_head(faces, person, neighbours)
    if anchor is None:
        return None
    others = heads.boxes[iou(heads.boxes, anchor[None])[:, 0] < SAME_HEAD]
    return Portrait(
        head=anchor,
        on_head=heads[iou(heads.boxes, anchor[None])[:, 0] >= SAME_HEAD],
        on_face=faces[_holds(anchor, centre(faces.boxes), 0.1)],
        at_hand=found[_within_reach(found, anchor, others)],
    )


def _own_head(heads: Detections, person: Boxes, neighbours: Boxes) -> Boxes | None:
    """The head that sits best on this person and no better on a neighbour."""
    if not len(heads):
        return None
    misfit = _misfit(heads.boxes, person)
    for neighbour in neighbours:
        misfit = np.where(_misfit(heads.boxes, neighbour) < misfit, np.inf, misfit)
    best = int(np.argmax(heads.scores - misfit))
    return heads.boxes[best] if np.isfinite(misfit[best]) else None


def _misfit(heads: Boxes, person: Boxes) -> NDArray[np.float64]:
    """How badly each head sits on that body: 0 in the middle of the upper edge, infinite outside its upper part."""
    width, height = np.maximum(person[2:] - person[:2], 1)
    aside = np.abs(centre(heads)[:, 0] - (person[0] + person[2]) / 2) / width
    below = np.abs(heads[:, 1] - person[1]) / np.maximum(heads[:, 3] - heads[:, 1], 1)
    upper = np.array([person[0], person[1], person[2], person[1] + UPPER_PART * height], np.float32)
    return np.where(_holds(upper, centre(heads), MARGIN), aside + below / 4, np.inf)


def _holds(box: Boxes, points: NDArray[np.float32], margin: float) -> NDArray[np.bool_]:
    """Which points `(N, 2)` lie in the box, grown by that fraction of its sides."""
    slack = margin * (box[2:] - box[:2])
    return np.asarray(np.all((points >= box[:2] - slack) & (points <= box[2:] + slack), axis=1))


def _within_reach(found: Detections, head: Boxes, others: Boxes) -> NDArray[np.bool_]:
    """Mask of the cigarettes and phones near this head, of believable size, and nearer to no other head."""
    height = max(float(head[3] - head[1]), 1.0)
    distance = _head_heights(found.boxes, head)
    length = (found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1, initial=0) / height
    near = np.zeros(len(found), bool)
    for label, reach in REACH.items():
        near |= (found.labels == LABELS.index(label)) & (distance <= reach) & (length <= LENGTH[label])
    for other in others:
        near &= distance <= _head_heights(found.boxes, other)
    return near


def _head_heights(boxes: Boxes, head: Boxes) -> NDArray[np.float64]:
    """Distance of each box's centre from the head's, in heights of that head."""
    apart = np.linalg.norm(centre(boxes) - centre(head), axis=1)
    return np.asarray(apart / max(float(head[3] - head[1]), 1.0), np.float64)
