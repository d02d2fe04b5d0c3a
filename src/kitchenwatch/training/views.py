"""Cuts training pictures as the two looks will see them: windows of a shrunk frame, and upper bodies.

A network that is trained on whole pictures alone meets neither in training: look 1 sees a frame of many small people,
look 2 a square around one of them, enlarged.
"""

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from ruamel.yaml import YAML

from kitchenwatch.detect.crops import CROP_SIDE, cut, upper_body
from kitchenwatch.detect.looks import FRAME_SIDE
from kitchenwatch.detect.yolo import merge
from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes, area, clip_box
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.dataset import Picture, Truth, as_rows, as_truth, unknown_everywhere, write_picture
from kitchenwatch.training.prepare import refitted

VISIBLE = 0.6  # of a box; what a cut leaves less of is unknown there
PEOPLE = 4  # at most that are cut out of one frame
RARE = (Label.CIGARETTE, Label.PHONE)
SOME = 0.3  # share of the pictures without a rare thing of which an upper body is cut
JITTER = 0.08  # of a person's box: trackers predict where people are, and look 1 is not exact
NOT_PEOPLE = tuple(label for label in LABELS if label is not Label.PERSON)


def cut_views(root: Path, out: Path, seed: int) -> Iterator[float]:
    """Write views of the split `train` of a dataset; yields the share of the work that is done, 0-1.

    Of a frame: two windows of look 1, in which only people are labelled, and some upper bodies. Of a small picture: the
    upper body of one person, always if a cigarette or phone is there.

    Raises DatasetError if the pictures are not in order, or if `out` holds some already.
    """
    if any((out / "images").glob("*/*.jpg")):
        raise DatasetError(f"{out}: there are pictures already -> name a new folder")
    drawn = list(refitted(root))
    for number, (picture, rows) in enumerate(drawn):
        rng = np.random.default_rng([seed, number])
        for part, (image, truth) in enumerate(_views(picture, rows, rng)):
            height, width = image.shape[:2]
            write_picture(out, "train", f"{picture.name}_{part}", image, as_rows(truth, width, height))
        yield (number + 1) / len(drawn)
    YAML().dump({"train": "images/train", "names": dict(enumerate(map(str, LABELS))), "unknown": {}}, out / "data.yaml")


def _views(picture: Picture, rows: NDArray[np.float32], rng: Generator) -> Iterator[tuple[NDArray[np.uint8], Truth]]:
    image = picture.image()
    height, width = image.shape[:2]
    truth = as_truth(rows, width, height)
    if max(width, height) > FRAME_SIDE:
        yield from _windows(image, rows)
        yield from _upper_bodies(image, truth, PEOPLE, rng)
    elif len(truth.drawn.of(*RARE)) or rng.random() < SOME:
        yield from _upper_bodies(image, truth, 1, rng)


def _windows(image: NDArray[np.uint8], rows: NDArray[np.float32]) -> Iterator[tuple[NDArray[np.uint8], Truth]]:
    """Both ends of the frame as look 1 sees it, each a little longer than half."""
    scale = FRAME_SIDE / max(image.shape[:2])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    small = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    people = np.concatenate([rows[rows[:, 0] == LABELS.index(Label.PERSON)], unknown_everywhere(NOT_PEOPLE)])
    truth = as_truth(people, *size)
    long = round(0.6 * max(size))
    for start in (0, max(size) - long):
        wide = size[0] >= size[1]
        box = (start, 0, start + long, size[1]) if wide else (0, start, size[0], start + long)
        window = np.array(box, np.float32)
        yield cut(small, window), _within(truth, window)


def _upper_bodies(
    image: NDArray[np.uint8], truth: Truth, most: int, rng: Generator
) -> Iterator[tuple[NDArray[np.uint8], Truth]]:
    height, width = image.shape[:2]
    people = truth.drawn.of(Label.PERSON).boxes
    for person in people[rng.permutation(len(people))[:most]]:
        sides = np.tile(person[2:] - person[:2], 2)
        square = upper_body(person + rng.normal(0, JITTER, 4).astype(np.float32) * sides, width, height)
        if area(square[None])[0] >= CROP_SIDE:
            yield cut(image, square), _within(truth, square)


def _within(truth: Truth, square: Boxes) -> Truth:
    """What is known inside a cut, in its pixels; of what it leaves too little, the label is unknown there."""
    drawn, share = _clipped(truth.drawn, square)
    unknown, _ = _clipped(truth.unknown, square)
    return Truth(drawn[share >= VISIBLE], merge([unknown, drawn[share < VISIBLE]]))


def _clipped(found: Detections, square: Boxes) -> tuple[Detections, NDArray[np.float32]]:
    """In pixels of the cut, and the share of each that lies inside; what lies outside is left out of both."""
    width, height = square[2:] - square[:2]
    moved = found.boxes - np.tile(square[:2], 2)
    inside = clip_box(moved, int(width), int(height))
    share = area(inside) / np.maximum(area(moved), 1e-6)
    kept = share > 0
    return Detections(inside.astype(np.float32), found.scores, found.labels)[kept], share[kept].astype(np.float32)
