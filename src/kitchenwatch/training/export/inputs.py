"""What the network is given in service, made from a dataset as the shipped looks make it."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.crops import CROP_SIDE, cut, upper_body
from kitchenwatch.detect.looks import FRAME_SIDE
from kitchenwatch.detect.picture import SMALL_SIDES
from kitchenwatch.detect.yolo import as_batch, input_shape, letterbox
from kitchenwatch.errors import DatasetError
from kitchenwatch.model import Label
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.training.dataset import Picture, pictures

SEED = 0
CROPS_TO_FRAMES = 3  # of four inputs: a frame has several people on it


def inputs(dataset: Path, split: str, count: int) -> list[NDArray[np.float32]]:
    """Inputs `(1, 3, H, W)`: three crops of people (look 2) to one whole picture (look 1), always the same.

    Args:
        dataset: a folder in YOLO format.
        split: of it.
        count: of inputs, fewer where the split holds fewer.

    Raises DatasetError if there are no pictures, or none with people.
    """
    shuffled = pictures(dataset, split)
    random.Random(SEED).shuffle(shuffled)
    frames = min(count, len(shuffled)) // (CROPS_TO_FRAMES + 1)
    crops = list(_up_to(count - frames, _crops(shuffled[frames:])))
    if not crops:
        raise DatasetError(f"{dataset}: no people drawn in {split} -> name a dataset with boxes of person")
    return [_frame(picture) for picture in shuffled[:frames]] + crops


def _up_to(count: int, found: Iterator[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    return (one for one, _ in zip(found, range(count), strict=False))


def _frame(picture: Picture) -> NDArray[np.float32]:
    image = picture.image()
    rows, columns = image.shape[:2]
    side = SMALL_SIDES[1] if max(rows, columns) <= FRAME_SIDE else FRAME_SIDE
    return as_batch([letterbox(ArrayPicture(image), *input_shape(columns, rows, side))[0]])


def _crops(shuffled: list[Picture]) -> Iterator[NDArray[np.float32]]:
    """One person of each picture, so that no crowd outweighs the rest."""
    for picture in shuffled:
        image = picture.image()
        rows, columns = image.shape[:2]
        people = picture.truth(columns, rows).drawn.of(Label.PERSON)
        if len(people):
            crop = cut(image, upper_body(people.boxes[0], columns, rows))
            yield as_batch([letterbox(ArrayPicture(crop), CROP_SIDE, CROP_SIDE)[0]])
