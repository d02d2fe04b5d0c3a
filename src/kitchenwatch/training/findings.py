"""Detections whose truth is known: both looks at a picture, held against the boxes that were drawn there."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.dataset import Truth
from kitchenwatch.training.examples import is_unknown

LOWEST = 0.05  # the score from which a detection is shown to anybody
SAME = 0.5  # of a detection and a drawn box (IoU), as in AP50


@dataclass(frozen=True, slots=True)
class Finding:
    """A detection, and whether it is right.

    Attributes:
        score: of the detector, 0 to 1.
        box: `(4,)` in pixels of the picture.
        right: a box of that label was drawn there, and no stronger detection has taken it.
        group: pictures of one group show the same scene (see `groups`).
    """

    label: Label
    score: float
    box: Boxes
    right: bool
    group: int


def findings(found: Detections, truth: Truth, group: int) -> Iterator[Finding]:
    """The detections of one picture, from `LOWEST` on, whose truth is known."""
    shown = found[found.scores >= LOWEST]
    for label in LABELS:
        detected, drawn = shown.of(label), truth.drawn.of(label)
        free = np.ones(len(drawn), bool)
        for index in np.argsort(-detected.scores, kind="stable"):
            box, score = detected.boxes[index], float(detected.scores[index])
            overlap = np.where(free, iou(drawn.boxes, box[None])[:, 0], 0)
            right = bool(overlap.max(initial=0) >= SAME)
            if right:
                free[overlap.argmax()] = False
            elif is_unknown(box, truth.unknown, label):
                continue
            yield Finding(label, score, box, right, group)
