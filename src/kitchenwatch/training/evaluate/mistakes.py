"""Picks the mistakes that say most: what was found with confidence where it is not, and what should not be missed."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, area, iou
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.evaluate.gathered import Gathered
from kitchenwatch.training.evaluate.report import Evaluation, caught
from kitchenwatch.training.evaluate.scores import FALSE

WORST = 12  # of each label and kind
SAME = 0.5  # boxes overlapping so much (IoU) are of one thing, as in AP50
TOUCHING = 0.1  # (IoU) near enough to be worth telling


@dataclass(frozen=True, slots=True)
class Mistake:
    """One of them.

    Attributes:
        picture: number of the picture, as in `Gathered`.
        box: `(4,)` in its pixels: what was found, or what was missed.
        said: what happened, in a few words.
    """

    picture: int
    box: Boxes
    said: str


def false_alarms(evaluation: Evaluation, label: Label) -> list[Mistake]:
    """Detections of that label where no such box was drawn, the most confident first, one a picture."""
    found, drawn = evaluation.evidence.found, evaluation.evidence.drawn
    wrong = np.flatnonzero(found.are(label) & (evaluation.match == FALSE))
    worst = _one_a_picture(wrong[np.argsort(-found.boxes.scores[wrong], kind="stable")], found)
    return [
        Mistake(
            picture=int(found.picture[one]),
            box=found.boxes.boxes[one],
            said=f"{found.boxes.scores[one]:.2f}, {_there(found.boxes.boxes[one], label, _of(drawn, one, found))}",
        )
        for one in worst
    ]


def missed(evaluation: Evaluation, label: Label) -> list[Mistake]:
    """Drawn boxes of that label found below its shipped threshold or not at all: the weakest first, then the largest.

    Where there is no threshold, those not found at all.
    """
    found, drawn = evaluation.evidence.found, evaluation.evidence.drawn
    best = caught(len(drawn), found, evaluation.match)
    threshold = evaluation.report.labels[label].threshold
    lost = np.flatnonzero(drawn.are(label) & (best < (threshold or np.finfo(np.float32).tiny)))
    worst = _one_a_picture(lost[np.lexsort((-area(drawn.boxes.boxes[lost]), best[lost]))], drawn)
    return [
        Mistake(
            picture=int(drawn.picture[one]),
            box=drawn.boxes.boxes[one],
            said=_instead(float(best[one]), drawn.boxes.boxes[one], label, _of(found, one, drawn)),
        )
        for one in worst
    ]


def _one_a_picture(order: NDArray[np.intp], boxes: Gathered) -> NDArray[np.intp]:
    """The first `WORST` of an order that are of different pictures: one crowd would fill the sheet."""
    first = np.unique(boxes.picture[order], return_index=True)[1]
    return order[np.sort(first)][:WORST]


def _of(boxes: Gathered, one: np.intp, other: Gathered) -> Detections:
    """The boxes on the picture of one of the others."""
    return boxes.boxes[boxes.picture == other.picture[one]]


def _there(box: Boxes, label: Label, drawn: Detections) -> str:
    """What was drawn where a detection lies."""
    at = _best(box, label, drawn)
    if at is None:
        return "nothing drawn"
    other, overlap = LABELS[drawn.labels[at]], float(iou(drawn.boxes[at][None], box[None])[0, 0])
    if other is label:
        return "found twice" if overlap >= SAME else f"box off (IoU {overlap:.2f})"
    return f"drawn as {other}"


def _instead(best: float, box: Boxes, label: Label, found: Detections) -> str:
    """What was found where a drawn box lies."""
    if best:
        return f"only {best:.2f}"
    at = _best(box, label, found)
    if at is None:
        return "nothing found"
    other, confidence = LABELS[found.labels[at]], found.scores[at]
    return f"box off, {confidence:.2f}" if other is label else f"found as {other} {confidence:.2f}"


def _best(box: Boxes, label: Label, others: Detections) -> int | None:
    """Which other box to name: the strongest of another label in the same place, else one of this label that touches.

    A person is compared with people only, and what is on a person never with the person.
    """
    overlap = iou(others.boxes, box[None])[:, 0]
    own = others.labels == LABELS.index(label)
    fit = np.where(own, overlap >= TOUCHING, overlap >= SAME)
    fit &= own if label is Label.PERSON else others.labels != LABELS.index(Label.PERSON)
    if not fit.any():
        return None
    return int(np.argmax(np.where(fit, overlap + others.scores, -1.0)))
