"""Fits what a model's scores are worth, and writes it beside the model.

    python scripts/fit_calibration.py DATASET [MODEL.onnx]

DATASET holds `images/val/*.jpg` and `labels/val/*.txt` in YOLO format, with the seven labels of kitchenwatch; the
model must not have been trained on these pictures. Each labelled person is given look 2, as a camera's people
are; a sighting counts for or against by the boxes that a person drew there. The file's format is told in
`kitchenwatch.rules.calibration`.

The worth of a score is a logistic regression (Platt 1999) with both classes given equal weight in all, so that
it is a likelihood ratio and knows nothing of how often violations happen; a ridge keeps weights small where
there are few examples.
"""

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.belonging import LENGTH, REACH
from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.looks import PersonLook
from kitchenwatch.geometry import centre, iou
from kitchenwatch.model import LABELS, Detections, Frame, Kind, Label, Look, Sighting, Track
from kitchenwatch.rules.calibration import HEAD_PX, UNSEEN_BELOW, logit

AGAINST = {Kind.NO_HAT: (Label.NO_HAT, Label.HAT), Kind.NO_MASK: (Label.NO_MASK, Label.MASK)}
HELD = {Kind.SMOKING: Label.CIGARETTE, Kind.PHONE_USE: Label.PHONE}
SAME = 0.4  # a sighting is about the drawn box that it overlaps at least so much (IoU)
RIDGE = 2.0  # strength of the pull towards small weights, in examples
# One label in fifty is wrong by the data's own card, so no single look is worth more than ln(0.98 / 0.02).
LIMIT = 3.9
# A thing in the hand that passes for a cigarette at a low score was seen in 31 of 370 looks at people in six real films
# without a smoker, against 43 of 1,460 in the validation pictures: their ratio is taken off what a sight is worth.
CONFOUNDERS = math.log((31 / 370) / (43 / 1460))
# Between two puffs the hand is down, which still pictures of smokers do not show.
UNSEEN_FLOOR = -0.5
# With fewer seen violations than this there is nothing to fit.
FEW = 20
# Set by hand, for a kind with too few: a score of 0.13 is worth nothing, 0.5 is worth 1.5 nats, none is worth 2.
BY_HAND = {"bias": 1.5, "violating": 0.8, "head": 0.0, "unseen": -0.05, "limit": 2.0}


@dataclass(frozen=True, slots=True)
class Example:
    """A sighting and whether it truly was a violation."""

    sighting: Sighting
    violating: bool


def pictures(dataset: Path) -> Iterator[tuple[NDArray[np.uint8], Detections]]:
    """Validation pictures with their drawn boxes, in pixels."""
    for path in sorted((dataset / "images" / "val").glob("*.jpg")):
        image = np.asarray(cv2.imread(str(path)), np.uint8)
        text = (dataset / "labels" / "val" / f"{path.stem}.txt").read_text()
        rows = np.array([line.split() for line in text.splitlines()], np.float32).reshape(-1, 5)
        size = np.array([image.shape[1], image.shape[0]], np.float32)
        middle, half = rows[:, 1:3] * size, rows[:, 3:5] * size / 2
        boxes = np.concatenate([middle - half, middle + half], axis=1)
        yield image, Detections(boxes, np.ones(len(rows), np.float32), rows[:, 0].astype(np.int64))


def examples(dataset: Path, look: PersonLook) -> list[Example]:
    """Every sighting of every labelled person whose truth is known."""
    found: list[Example] = []
    for image, truth in pictures(dataset):
        tracks = [Track(n, box, 1.0, 0.0, 0.0) for n, box in enumerate(truth.of(Label.PERSON).boxes, 1)]
        if tracks:
            frame = Frame("val", "val", 0.0, datetime.min.replace(tzinfo=UTC), image)
            for seen in look.look(frame, tracks):
                found += judged(seen, truth)
    return found


def judged(look: Look, truth: Detections) -> Iterator[Example]:
    """The sightings of one look, held against what was drawn."""
    for sighting in look.sightings:
        answer = worn(sighting, truth) if sighting.kind in AGAINST else held(sighting, look, truth)
        if answer is not None:
            yield Example(sighting, answer)


def worn(sighting: Sighting, truth: Detections) -> bool | None:
    """Whether the drawn head or face at the sighting's box is bare; None if nobody drew one there."""
    bare, covered = AGAINST[sighting.kind]
    drawn = truth.of(bare, covered)
    if not len(drawn) or sighting.box is None:
        return None
    overlap = iou(drawn.boxes, sighting.box[None])[:, 0]
    if overlap.max() < SAME:
        return None
    return bool(LABELS[int(drawn.labels[overlap.argmax()])] is bare)


def held(sighting: Sighting, look: Look, truth: Detections) -> bool | None:
    """Whether a cigarette or phone was drawn within reach of the head that the look saw."""
    heads = look.detections.of(Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK)
    label = HELD[sighting.kind]
    things = truth.of(label).boxes
    if not len(heads) or not len(things):
        return False
    apart = np.linalg.norm(centre(things) - centre(heads.boxes[:1]), axis=1) / sighting.head_px
    length = (things[:, 2:] - things[:, :2]).max(axis=1) / sighting.head_px
    near, far = apart <= REACH[label], apart > 1.5 * REACH[label]
    if np.any(near & (length <= LENGTH[label])):
        return True
    return False if np.all(far) else None


def logistic(
    columns: NDArray[np.float64], violating: NDArray[np.bool_], signs: tuple[int, ...] = ()
) -> NDArray[np.float64]:
    """Weights of a logistic regression by Newton's method: bias first, then one a column.

    Args:
        columns: `(N, K)`.
        violating: `(N,)`; both classes weigh the same in all.
        signs: columns whose weight must not be negative; it is set to zero if it would be.
    """
    design = np.column_stack([np.ones(len(columns)), columns])
    share = np.where(violating, 0.5 / violating.sum(), 0.5 / (~violating).sum()) * len(violating)
    ridge = np.diag([1e-6] + [RIDGE] * columns.shape[1])
    weights = np.zeros(design.shape[1])
    for _ in range(50):
        belief = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (share * (belief - violating)) + ridge @ weights
        curve = (design.T * (share * belief * (1 - belief))) @ design + ridge
        weights -= np.linalg.solve(curve, slope)
    for column in signs:
        if weights[column + 1] < 0:
            rest = np.delete(np.arange(columns.shape[1]), column)
            weights = np.insert(logistic(columns[:, rest], violating), column + 1, 0.0)
    return weights


def head_term(sighting: Sighting) -> float:
    """The head's height as the calibration takes it."""
    return math.log(sighting.head_px / HEAD_PX)


def fit_worn(part: list[Example]) -> dict[str, float]:
    """The worth of hat or mask scores."""
    seen = [example.sighting for example in part]
    columns = np.array([[logit(one.violating), -logit(one.complying), head_term(one)] for one in seen])
    weights = logistic(columns, np.array([example.violating for example in part]), signs=(0, 1))
    return named(("bias", "violating", "complying", "head"), weights) | {"limit": LIMIT}


def fit_held(part: list[Example]) -> dict[str, float]:
    """The worth of cigarette or phone scores, and of seeing none."""
    truth = np.array([example.violating for example in part])
    seen = np.array([example.sighting.violating >= UNSEEN_BELOW for example in part])
    if (seen & truth).sum() < FEW:
        return BY_HAND
    of_true, of_false = rate(seen[truth]), rate(seen[~truth])
    columns = np.array([[logit(example.sighting.violating), head_term(example.sighting)] for example in part])[seen]
    weights = logistic(columns, truth[seen], signs=(0,))
    weights[0] += math.log(of_true / of_false) - CONFOUNDERS
    unseen = max(UNSEEN_FLOOR, min(0.0, math.log((1 - of_true) / (1 - of_false))))
    return named(("bias", "violating", "head"), weights) | {"unseen": round(unseen, 3), "limit": LIMIT}


def rate(seen: NDArray[np.bool_]) -> float:
    """Share of true values, with one of each added (Laplace) so that none is never or always."""
    return float((seen.sum() + 1) / (len(seen) + 2))


def named(names: tuple[str, ...], weights: NDArray[np.float64]) -> dict[str, float]:
    """Weights by name, to three decimals."""
    return dict(zip(names, (round(float(weight), 3) for weight in weights), strict=True))


def counted(kind: Kind, part: list[Example]) -> str:
    """How many examples a kind had, in words."""
    violating = [example.sighting for example in part if example.violating]
    if kind in AGAINST:
        return f"{kind} {len(part)} of which {len(violating)} violating"
    seen = sum(one.violating >= UNSEEN_BELOW for one in violating)
    by_hand = ", too few: set by hand" if seen < FEW else ""
    return f"{kind} {len(part)} of which {len(violating)} violating, {seen} of them seen{by_hand}"


def main(dataset: Path, model_path: Path | None) -> None:
    """Fit all kinds and write the file beside the model."""
    model = load_model(model_path, "onnxruntime")
    found = examples(dataset, PersonLook(model.engine))
    parts = {kind: [example for example in found if example.sighting.kind is kind] for kind in Kind}
    kinds = {str(kind): (fit_worn if kind in AGAINST else fit_held)(part) for kind, part in parts.items()}
    fitted_on = f"looks at {dataset.name}/val: " + ", ".join(counted(kind, part) for kind, part in parts.items())
    body = {"model_sha256": model.sha256, "fitted_on": fitted_on, "kinds": kinds}
    model.calibration.write_text(json.dumps(body, indent=2) + "\n")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("dataset", type=Path)
    arguments.add_argument("model", type=Path, nargs="?")
    asked = arguments.parse_args()
    main(asked.dataset, asked.model)
