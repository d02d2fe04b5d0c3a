"""Boxes that a verifier is to judge: what people drew, and what the detector takes for such a thing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.detect.verifier import CONTEXT, RIVALS, VERIFIED
from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.dataset import Picture, Truth, as_truth
from kitchenwatch.training.examples import is_unknown
from kitchenwatch.training.side_by_side import side_by_side

# Overlap (IoU) with a drawn box at which a candidate is surely wrong, and surely right. Between them belief rises: a
# detection counts as right from 0.5 on.
WRONG, RIGHT = 0.35, 0.65
SMALLEST_PX = 3.0  # shorter side of a box that shows anything
COMPOSED = "composed.json"  # `dataset compose` leaves it in its folder


@dataclass(frozen=True, slots=True)
class Scenery:
    """A picture, what was drawn on it, and whether things were pasted into it."""

    picture: Picture
    truth: Truth
    composed: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """A box to judge.

    Attributes:
        scenery: number of its picture.
        box: `(4,)` in pixels.
        label: that it may carry.
        right: whether it does, rather than not.
    """

    scenery: int
    box: Boxes
    label: Label
    right: bool


def scenery(root: Path, drawn: Iterable[tuple[Picture, NDArray[np.float32]]]) -> list[Scenery]:
    """The pictures of a dataset with what is known of them. Raises DatasetError if one cannot be read."""
    composed = (root / COMPOSED).is_file()
    known = []
    for picture, rows in drawn:
        height, width = picture.image().shape[:2]
        known.append(Scenery(picture, as_truth(rows, width, height), composed))
    return known


def mine(all_scenery: Sequence[Scenery], detector: PictureDetector, threads: int = 1) -> Iterator[list[Candidate]]:
    """The candidates of each picture, in order; what nobody can tell is left out."""

    def mined(number: int) -> list[Candidate]:
        one = all_scenery[number]
        found = detector.candidates(one.picture.image())
        return [
            Candidate(number, box, label, worth >= 0.5)
            for part in (one.truth.drawn, found)
            for box, label in zip(part.boxes, (LABELS[index] for index in part.labels), strict=True)
            if label in CONTEXT and (box[2:] - box[:2]).min() >= SMALLEST_PX
            if (worth := truth_of(box, label, one.truth)) is not None
        ]

    return side_by_side(mined, range(len(all_scenery)), threads)


def truth_of(box: Boxes, label: Label, truth: Truth) -> float | None:
    """How true it is that the box shows that label, 0 to 1; None if nobody can tell."""
    overlap = float(iou(truth.drawn.of(label).boxes, box[None]).max(initial=0))
    worth = min(max((overlap - WRONG) / (RIGHT - WRONG), 0.0), 1.0)
    return None if worth == 0 and is_unknown(box, truth.unknown, label) else worth


def lesson(box: Boxes, label: Label, truth: Truth) -> NDArray[np.float32]:
    """`(2, 6)`: how true each of `VERIFIED` is of that box, and 1 where that is to be learned, else 0."""
    told = np.zeros((2, len(VERIFIED)), np.float32)
    for rival in next(pair for pair in RIVALS if label in pair):
        worth = truth_of(box, rival, truth)
        if worth is not None:
            told[:, VERIFIED.index(rival)] = worth, 1
    return told
