"""Average precision as COCO defines it, by the evaluator of the package `faster-coco-eval`.

Three things differ from COCO's habits:

- A part of a picture in which nobody can tell about a label is what COCO calls a crowd: a detection that lies in it by
  at least the IoU asked for, and is no drawn box, counts neither for nor against.
- COCO looks at the 100 strongest boxes of a label in a picture; a camera frame may hold more people, so here it is
  `MAX_DETECTIONS`.
- Size is that of the head, not of the box: `area` holds the squared height of the head that a box belongs to. As
  with COCO's areas, drawn boxes of other sizes are neither wanted nor held against the detector, and a detection that
  matches nothing is a mistake in the size of the drawn head that it is at, or of itself if it claims to be a head or
  face. What belongs to no head has a size of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.evaluate.gathered import Evidence, Gathered
from kitchenwatch.training.evaluate.heads import NO_HEAD, SIZES
from kitchenwatch.training.states import BANDS

MAX_DETECTIONS = 1000  # of one label in one picture
FALSE, IGNORED = -1, -2  # in place of the drawn box that a detection matches

ALL = (0.0, 1e10)  # COCO's own range of areas
LARGEST = 1e8  # a head of 10,000 px; larger areas stand for no head
NOBODY = 1e9
FIRST = 1  # number of an annotation: to the evaluator, 0 is none


@dataclass(frozen=True, slots=True)
class Scores:
    """What the evaluator says.

    Attributes:
        ap50: average precision at IoU 0.5 by label; None where nothing was drawn.
        ap50_95: mean average precision at IoU 0.5, 0.55 … 0.95.
        ap50_by_size: at IoU 0.5, by label and size of head.
        match: `(N,)` for each detection the number of the drawn box that it matches at IoU 0.5, or FALSE or IGNORED.
    """

    ap50: dict[Label, float | None]
    ap50_95: dict[Label, float | None]
    ap50_by_size: dict[Label, dict[str, float | None]]
    match: NDArray[np.int64]


def score(evidence: Evidence) -> Scores:
    """Everything that COCO's evaluator can say. `run.examine` saw to it that it is installed."""
    precision = _evaluated(evidence, [ALL, *map(_areas, SIZES)], None).eval["precision"]
    by_label = {label: precision[:, :, index, :, -1] for index, label in enumerate(LABELS)}
    return Scores(
        ap50={label: _mean(part[0, :, 0]) for label, part in by_label.items()},
        ap50_95={label: _mean(part[:, :, 0]) for label, part in by_label.items()},
        ap50_by_size={
            label: {size: _mean(part[0, :, place]) for place, size in enumerate(SIZES, 1)}
            for label, part in by_label.items()
        },
        match=_matches(evidence),
    )


def _matches(evidence: Evidence) -> NDArray[np.int64]:
    """As `Scores.match`; the evaluator mixes the matches of all IoUs and sizes, so it is asked for one of each."""
    match = np.full(len(evidence.found), FALSE)
    for pair in _evaluated(evidence, [ALL], [0.5]).eval["matched"]:
        found, drawn = (int(number) - FIRST for number in pair.split("_"))
        match[found] = drawn if drawn < len(evidence.drawn) else IGNORED
    return match


def _evaluated(evidence: Evidence, areas: list[tuple[float, float]], ious: list[float] | None) -> Any:
    from faster_coco_eval import COCO, COCOeval_faster

    head = {
        "images": [{"id": number} for number in range(evidence.pictures)],
        "categories": [{"id": number, "name": str(label)} for number, label in enumerate(LABELS)],
    }
    drawn = [*_annotations(evidence.drawn), *_annotations(evidence.unknown, FIRST + len(evidence.drawn), crowd=1)]
    truth, found = COCO(head | {"annotations": drawn}), COCO(head | {"annotations": [*_annotations(evidence.found)]})
    evaluator = COCOeval_faster(truth, found, "bbox")
    evaluator.params.maxDets = [MAX_DETECTIONS]
    evaluator.params.areaRng, evaluator.params.areaRngLbl = areas, [str(area) for area in areas]
    if ious:
        evaluator.params.iouThrs = np.array(ious)
    evaluator.evaluate()
    evaluator.accumulate()
    return evaluator


def _annotations(boxes: Gathered, first: int = FIRST, crowd: int = 0) -> Iterable[dict[str, Any]]:
    """In COCO's format, numbered from `first`."""
    part = boxes.boxes
    sides = np.concatenate([part.boxes[:, :2], part.boxes[:, 2:] - part.boxes[:, :2]], axis=1).astype(np.float64)
    areas = np.nan_to_num(boxes.head_px**2, nan=NOBODY)
    rows = zip(boxes.picture, part.labels, sides.tolist(), areas, part.scores, strict=True)
    for number, (picture, label, side, area, confidence) in enumerate(rows, first):
        yield {
            "id": number,
            "image_id": int(picture),
            "category_id": int(label),
            "bbox": side,
            "area": float(area),
            "score": float(confidence),
            "iscrowd": crowd,
        }


def _areas(size: str) -> tuple[float, float]:
    """COCO's ranges hold both their ends; ours hold the first only."""
    if size == NO_HEAD:
        return LARGEST, ALL[1]
    low, high = BANDS[size]
    return low**2, float(np.nextafter(min(high**2, LARGEST), 0))


def _mean(part: NDArray[np.float64]) -> float | None:
    """COCO writes -1 where there is nothing to find."""
    return float(part.mean()) if (part > -1).all() else None
