"""Whether two engines see the same boxes in the same pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import Placement, decode
from kitchenwatch.geometry import iou
from kitchenwatch.model import Detections
from kitchenwatch.ports import Engine

SEEN = 0.25  # boxes of this score must have a counterpart: it is what a look needs to speak (`Abstain.sure`)
COUNTERPART = 0.05  # which may score as little as this: at the edge of a threshold nobody is right or wrong
MAX_IOU = 0.6  # of the suppression before, as `Detector` has it
SAME_BOX = 0.5  # boxes of one label that overlap as much (IoU) are counterparts


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far an engine is from another.

    Attributes:
        boxes: of either engine, of score `SEEN` and more.
        unmatched: those without a counterpart in the other engine.
        score_mean, score_max: difference of the scores of counterparts.
        shift_px: greatest shift of any of their sides, in pixels of the network's input.
    """

    boxes: int
    unmatched: int
    score_mean: float
    score_max: float
    shift_px: float

    @property
    def unmatched_share(self) -> float:
        return self.unmatched / self.boxes if self.boxes else 0.0


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an engine may be from the reference; see `Agreement`."""

    unmatched_share: float
    score_mean: float
    score_max: float
    shift_px: float

    def exceeded(self, found: Agreement) -> list[str]:
        """What is beyond it, in words; empty if all is within."""
        limits = {
            "share unmatched": (found.unmatched_share, self.unmatched_share),
            "mean score difference": (found.score_mean, self.score_mean),
            "greatest score difference": (found.score_max, self.score_max),
            "greatest shift in px": (found.shift_px, self.shift_px),
        }
        return [f"{what} {is_:.4f} > {limit:g}" for what, (is_, limit) in limits.items() if is_ > limit]


def seen(engine: Engine, given: Iterable[NDArray[np.float32]]) -> list[Detections]:
    """What an engine sees in inputs `(1, 3, H, W)` of the network, in their pixels."""
    return [_boxes(engine, one) for one in given]


def agreement(reference: Sequence[Detections], other: Sequence[Detections]) -> Agreement:
    """Hold what an engine saw against what the reference saw in the same inputs."""
    pairs = [*zip(reference, other, strict=True), *zip(other, reference, strict=True)]
    differences = [_differences(one[one.scores >= SEEN], two) for one, two in pairs]
    scores = _joined([score for score, _ in differences])
    shifts = _joined([shift for _, shift in differences])
    matched = ~np.isnan(scores)
    return Agreement(
        boxes=len(scores),
        unmatched=int((~matched).sum()),
        score_mean=float(scores[matched].mean()) if matched.any() else 0.0,
        score_max=float(scores[matched].max(initial=0.0)),
        shift_px=float(shifts[matched].max(initial=0.0)),
    )


def _joined(parts: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.concatenate([*parts, np.zeros(0, np.float32)])


def _boxes(engine: Engine, given: NDArray[np.float32]) -> Detections:
    height, width = given.shape[2:]
    return decode(engine.run(given)[0], Placement(1.0, 0, 0, width, height), COUNTERPART, MAX_IOU)


def _differences(one: Detections, two: Detections) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Difference of score and greatest shift of a side for each box of `one`, not a number without counterpart."""
    score, shift = np.full((2, len(one)), np.nan, np.float32)
    if not len(one) or not len(two):
        return score, shift
    overlap = iou(one.boxes, two.boxes) * (one.labels[:, None] == two.labels)
    best = overlap.argmax(axis=1)
    same = overlap.max(axis=1) >= SAME_BOX
    score[same] = np.abs(one.scores - two.scores[best])[same]
    shift[same] = np.abs(one.boxes - two.boxes[best]).max(axis=1)[same]
    return score, shift
