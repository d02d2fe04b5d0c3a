r"""Makes a look that the model does not know, and thirty verdicts on it: what `kitchenwatch train --add` is tried with.

    .venv/bin/python scripts/verdict_trial.py PICTURES /tmp/trial
    kitchenwatch train --add /tmp/trial/verdicts --out /tmp/trial/run \
        --hold /tmp/trial/look --hold PICTURES --hold CEILING

Caps of brown leopard print are painted onto bare heads of training pictures of cooks. Half of the scenes are the look's
held-out part (`look`, split val). In the other half the model's sure false alarms of bare hair are dismissed, thirty of
them, and as many true alarms confirmed; all go through what `dataset export` does (`verdicts`). Painted, not
photographed; the model has seen these heads bare in training, which makes the look harder.
"""

import argparse
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.detect.yolo import merge
from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, CaseStatus, Detections, Kind, Label, VerdictReason
from kitchenwatch.training.dataset import Picture, Truth, as_rows, as_truth, write_picture
from kitchenwatch.training.groups import difference_hash, groups
from kitchenwatch.training.prepare import mended
from kitchenwatch.training.verdicts import Reviewed, export

SOURCES = ("idenprof_chef", "idenprof_staff", "web_kitchen", "web_foodfactory")
VERDICTS = 30
SITES = 10  # that the verdicts come from
HELD_OUT = 60  # pictures of the look
SMALLEST_PX = 36  # of a head's height: below, nobody could tell a cap
SURE = 0.5  # of a false alarm that would have become a case
SAME = 0.4  # overlap of a sight with the painted head
BARE, COVERED = LABELS.index(Label.NO_HAT), LABELS.index(Label.HAT)
Image = NDArray[np.uint8]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, help="dataset whose split train is painted on")
    parser.add_argument("out", type=Path)
    parser.add_argument("--sources", nargs="+", default=SOURCES, help="whose pictures to take")
    parser.add_argument("--confirmed", type=int, default=VERDICTS, help="cases of bare hair beside them")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    taught, held_out = _halves(list(_bare(asked.pictures, asked.sources)), rng)
    painted = 0
    for picture, truth in held_out[:HELD_OUT]:
        image, shown = wearing(picture.image(), truth, rng)
        write_picture(asked.out / "look", "val", picture.name, image, as_rows(shown, image.shape[1], image.shape[0]))
        painted += int(np.count_nonzero(shown.drawn.labels == COVERED))
    detector = PictureDetector(load_model(None).engine, 0.05)
    half = len(taught) // 2
    made = export(
        [
            *islice(_dismissed(taught[:half], detector, rng), VERDICTS),
            *islice(_confirmed(taught[half:], detector), asked.confirmed),
        ],
        detector,
        asked.out / "verdicts",
    )
    print(f"look: {min(HELD_OUT, len(held_out))} pictures, {painted} covered heads; verdicts: {made.taught}")  # noqa: T201


def wearing(image: Image, truth: Truth, rng: np.random.Generator) -> tuple[Image, Truth]:
    """The picture with a cap on every bare head that is large enough; smaller ones become unknown."""
    painted, drawn, small = image.copy(), truth.drawn, truth.drawn.labels == BARE
    labels = drawn.labels.copy()
    for index in np.flatnonzero(small):
        _, top, _, bottom = drawn.boxes[index]
        if bottom - top >= SMALLEST_PX:
            cap(painted, drawn.boxes[index], rng)
            labels[index], small[index] = COVERED, False
    known = Detections(drawn.boxes, drawn.scores, labels)[~small]
    return painted, Truth(known, merge([truth.unknown, drawn[small]]))


def cap(image: Image, head: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Paint one onto the upper part of a head's box: brown with dark rosettes, in the light that falls on the hair."""
    rows, columns = image.shape[:2]
    x1, y1, x2, y2 = (float(side) for side in head)
    width, height = x2 - x1, y2 - y1
    brow = y1 + height * rng.uniform(0.36, 0.44)
    over = np.zeros((rows, columns), np.float32)
    middle = (round((x1 + x2) / 2), round(brow))
    axes = (round(width * 0.52), round((brow - y1) * 1.04))
    cv2.ellipse(over, middle, axes, 0, 180, 360, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(over, middle, (axes[0], max(1, round(height * 0.06))), 0, 0, 180, 1.0, -1, cv2.LINE_AA)
    over = np.asarray(cv2.GaussianBlur(over, (0, 0), max(0.6, height / 90)), np.float32)[..., None]
    cloth = np.full(image.shape, (rng.uniform(30, 55), rng.uniform(55, 85), rng.uniform(90, 130)), np.float32)
    step, dot = height * rng.uniform(0.09, 0.13), max(1, round(height * 0.03))
    for row, y in enumerate(np.arange(y1 - step, brow + step, step)):
        for x in np.arange(x1 - step + (row % 2) * step / 2, x2 + step, step):
            at = round(float(x + rng.normal(0, step / 5))), round(float(y + rng.normal(0, step / 5)))
            cv2.circle(cloth, at, dot, (12, 20, 34), max(1, dot // 2), cv2.LINE_AA)
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.float32)
    grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), height / 30), np.float32)
    within = over[..., 0] > 0.5
    light = grey / max(20.0, float(grey[within].mean()) if within.any() else 1.0)
    across = (np.arange(columns) - middle[0]) / max(1, axes[0])
    shade = np.clip(0.6 + 0.4 * light, 0.55, 1.25) * np.clip(1.05 - 0.35 * across**2, 0.5, 1.1)[None]
    image[:] = np.clip(image * (1 - over) + cloth * shade[..., None] * over, 0, 255).astype(np.uint8)


def _bare(root: Path, sources: list[str]) -> Iterator[tuple[Picture, Truth]]:
    """Pictures of those sources on which somebody's hair is bare and large enough."""
    for picture, rows in mended(root, "train"):
        if picture.source in sources and BARE in rows[:, 0]:
            image = picture.image()
            truth = as_truth(rows, image.shape[1], image.shape[0])
            heads = truth.drawn.boxes[truth.drawn.labels == BARE]
            if np.any(heads[:, 3] - heads[:, 1] >= SMALLEST_PX):
                yield picture, truth


def _halves(
    found: list[tuple[Picture, Truth]], rng: np.random.Generator
) -> tuple[list[tuple[Picture, Truth]], list[tuple[Picture, Truth]]]:
    """To teach with, and held out, in random order; pictures of one scene stay together."""
    scene = groups([difference_hash(picture.image()) for picture, _ in found])
    first = rng.random(scene.max() + 1) < 0.5
    order = rng.permutation(len(found))
    return [found[i] for i in order if first[scene[i]]], [found[i] for i in order if not first[scene[i]]]


def _dismissed(
    found: list[tuple[Picture, Truth]], detector: PictureDetector, rng: np.random.Generator
) -> Iterator[Reviewed]:
    """False alarms: caps that the model took for bare hair."""
    for picture, truth in found:
        image, shown = wearing(picture.image(), truth, rng)
        covered = shown.drawn.boxes[shown.drawn.labels == COVERED]
        if case := _reviewed(picture, image, covered, True, detector):
            yield case


def _confirmed(found: list[tuple[Picture, Truth]], detector: PictureDetector) -> Iterator[Reviewed]:
    """Violations: hair that is bare."""
    for picture, truth in found:
        bare = truth.drawn.boxes[truth.drawn.labels == BARE]
        if case := _reviewed(picture, picture.image(), bare, False, detector):
            yield case


def _reviewed(picture: Picture, image: Image, heads: Boxes, wrong: bool, detector: PictureDetector) -> Reviewed | None:
    """The case of the first of these heads that the model surely takes for bare, as a reviewer decides it."""
    found = detector.detect(image)
    bare, people = found.of(Label.NO_HAT), found.of(Label.PERSON)
    sure = bare[bare.scores >= SURE]
    for head in heads:
        whose = _whose(head, people.boxes)
        if whose is not None and len(sure) and iou(sure.boxes, head[None]).max() >= SAME:
            case = uuid5(NAMESPACE_URL, picture.name)
            status = CaseStatus.DISMISSED if wrong else CaseStatus.CONFIRMED
            reason = VerdictReason.FALSE_ALARM if wrong else VerdictReason.VIOLATION
            return Reviewed(case, f"kitchen-{case.int % SITES}", Kind.NO_HAT, status, reason, whose, image)
    return None


def _whose(head: Boxes, people: Boxes) -> Boxes | None:
    """The smallest person's box around the head's middle."""
    x, y = (head[0] + head[2]) / 2, (head[1] + head[3]) / 2
    around = [box for box in people if box[0] <= x <= box[2] and box[1] <= y <= box[3]]
    return min(around, key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), default=None)


if __name__ == "__main__":
    main()
