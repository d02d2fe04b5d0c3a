"""Composes frames of a ceiling camera out of the pictures of a dataset, always the same ones for a seed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from ruamel.yaml import YAML

from kitchenwatch import __version__
from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections
from kitchenwatch.training.ceiling.camera import arrived
from kitchenwatch.training.ceiling.room import lit, room
from kitchenwatch.training.ceiling.shelves import Shelves
from kitchenwatch.training.ceiling.tile import Tile, tile
from kitchenwatch.training.dataset import Picture, Truth, as_rows, write_picture
from kitchenwatch.training.prepare import mended, refitted

WIDTH, HEIGHT = 1920, 1080
PICTURES = (4, 12)  # on a frame, where they fit: as many people as work in a kitchen, and a crowd now and then
SOURCE = "ceiling"
LIST = "composed.json"

Drawn = tuple[Picture, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame that was written.

    Attributes:
        name: of its files.
        pictures: where which pictures are on it: x1, y1, x2, y2 in pixels.
        done: share of the work that is done, 0-1.
    """

    name: str
    pictures: list[tuple[str, list[int]]]
    done: float


@dataclass(slots=True)
class _Filling:
    """A frame that is being filled."""

    wanted: int
    shelves: Shelves = field(default_factory=lambda: Shelves(WIDTH, HEIGHT))
    tiles: list[Tile] = field(default_factory=list)

    def take(self, one: Tile, rng: Generator) -> bool:
        """Put a picture on it, or tell that the frame is full."""
        height, width = one.image.shape[:2]
        if len(self.tiles) >= self.wanted or not self.shelves.put((width, height), rng):
            return False
        self.tiles.append(one)
        return True


def compose(root: Path, split: str, out: Path, seed: int, frames: int | None = None) -> Iterator[Frame]:
    """Write the ceiling-camera version of a split; nothing is written before the first frame is asked for.

    Boxes are mended first. Every picture is used once, or, with `frames`, as often as the others give or take one.
    `out` gets `images/`, `labels/`, a `data.yaml`, and a `composed.json` which says which pictures are where.

    Raises DatasetError if the pictures are not in order, or if `out` holds some already.
    """
    if any((out / "images").glob("*/*.jpg")):
        raise DatasetError(f"{out}: there are pictures already -> name a new folder")
    drawn = list(refitted(root) if split == "train" else mended(root, split))
    listed: dict[str, list[tuple[str, list[int]]]] = {}
    for number, (tiles, share) in enumerate(islice(_filled(drawn, seed, endless=frames is not None), frames)):
        name = f"{SOURCE}_{split}{number:05d}"
        listed[name] = _write(out, split, name, tiles, np.random.default_rng([seed, 1, number]))
        yield Frame(name, listed[name], share if frames is None else (number + 1) / frames)
    _describe(out, split, seed, listed)


def _filled(drawn: Sequence[Drawn], seed: int, endless: bool) -> Iterator[tuple[_Filling, float]]:
    """Full frames, and the share of the pictures that was used."""
    rng = np.random.default_rng([seed, 0])
    filling = _Filling(int(rng.integers(PICTURES[0], PICTURES[1] + 1)))
    for used, (picture, rows) in enumerate(_shuffled(drawn, rng, endless)):
        one = tile(picture, rows, rng)
        if not filling.take(one, rng):
            yield filling, used / len(drawn)
            filling = _Filling(int(rng.integers(PICTURES[0], PICTURES[1] + 1)))
            filling.take(one, rng)
    yield filling, 1.0


def _shuffled(drawn: Sequence[Drawn], rng: Generator, endless: bool) -> Iterator[Drawn]:
    while True:
        yield from (drawn[index] for index in rng.permutation(len(drawn)))
        if not endless:
            return


def _write(out: Path, split: str, name: str, filling: _Filling, rng: Generator) -> list[tuple[str, list[int]]]:
    corners, counters = filling.shelves.corners(rng)
    image = room(WIDTH, HEIGHT, counters, rng)
    places = []
    for one, (x, y) in zip(filling.tiles, corners, strict=True):
        height, width = one.image.shape[:2]
        image[y : y + height, x : x + width] = one.image
        places.append((one.name, [x, y, x + width, y + height]))
    offsets = [np.array([x, y, x, y], np.float32) for x, y in corners]
    truth = Truth(
        _joined([one.truth.drawn for one in filling.tiles], offsets),
        _joined([one.truth.unknown for one in filling.tiles], offsets),
    )
    write_picture(out, split, name, arrived(lit(image, rng), rng), as_rows(truth, WIDTH, HEIGHT))
    return places


def _joined(parts: Sequence[Detections], offsets: Sequence[Boxes]) -> Detections:
    return Detections(
        np.concatenate([part.boxes + offset for part, offset in zip(parts, offsets, strict=True)]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def _describe(out: Path, split: str, seed: int, listed: dict[str, list[tuple[str, list[int]]]]) -> None:
    about = {"kitchenwatch": __version__, "split": split, "seed": seed, "frames": listed}
    (out / LIST).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    names = dict(enumerate(map(str, LABELS)))
    YAML().dump({"train": "images/train", "val": "images/val", "names": names}, out / "data.yaml")
