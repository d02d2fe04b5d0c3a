"""Writes composed pictures in the dataset's format, and a list of what is where on them.

A composed picture keeps the boxes of the picture that it was made from and adds the thing's, if the thing has a label.
Nobody's cigarette or phone is hidden in it: only pictures without either are used.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.compose.cuttings import cuttings
from kitchenwatch.training.compose.people import Person, people
from kitchenwatch.training.compose.pose import Poses
from kitchenwatch.training.compose.scenes import Place, scene
from kitchenwatch.training.compose.settle import Settled, light_near, settle
from kitchenwatch.training.compose.stock import CIGARETTE, NEVER_TRAINED_ON, PHONE, TAKEN_FOR_ONE, Kind, cut_out
from kitchenwatch.training.dataset import Picture, as_truth, write_picture
from kitchenwatch.training.prepare import mended

LIST = "composed.json"
HEADS = (40, 230)  # pixels: what is drawn on smaller heads cannot be told, on larger ones it looks drawn
HIDDEN = 0.45  # of a face or head at most: more, and its own label could not be told any more
KITCHENS = ("idenprof_chef", "web_kitchen", "web_foodfactory")
KITCHEN_WEIGHT = 3.0
ATTEMPTS = 30  # people tried for one thing before the dataset is called unfit
CUT_OUT = 0.3  # share of phones and cigarettes that are cut out of training pictures instead of drawn

Rows = NDArray[np.float32]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many pictures of each sort."""

    phones: int = 1200
    cigarettes: int = 800
    negatives: int = 1200


@dataclass(frozen=True, slots=True)
class Base:
    """A picture to compose on."""

    picture: Picture
    rows: Rows


def compose(
    root: Path, out: Path, seed: int, wanted: Wanted, pose: Path | None = None, progress: Progress | None = None
) -> int:
    """Training pictures with phones, cigarettes, and what is taken for one.

    Args:
        root: dataset whose split `train` is composed on and cut from.
        out: folder for the dataset that is written.
        seed: the same seed writes the same pictures.
        pose: weights of a pose model (extra `train`), by which hands are found.

    Returns:
        How many pictures were written.

    Raises DatasetError if there are too few people to put things on; MissingExtra and ModelError as `Poses` does.
    """
    held = list(mended(root, "train"))
    plan = [*_made(held, PHONE, wanted.phones), *_made(held, CIGARETTE, wanted.cigarettes)]
    plan += [TAKEN_FOR_ONE[turn % len(TAKEN_FOR_ONE)] for turn in range(wanted.negatives)]
    return _write(_Bench(held, Poses(pose), seed), plan, out, "train", "composed", progress)


def compose_hard(
    root: Path, out: Path, seed: int, count: int, pose: Path | None = None, progress: Progress | None = None
) -> int:
    """Held-out pictures (split `val`, on split `val`) with nothing but what is taken for a phone or cigarette.

    Half of the things are of kinds that no training picture shows. Arguments and errors as for `compose`.
    """
    seen, unseen = list(TAKEN_FOR_ONE[1:]), list(NEVER_TRAINED_ON)
    plan = [(seen if turn % 2 else unseen)[turn // 2 % len(seen if turn % 2 else unseen)] for turn in range(count)]
    held = list(mended(root, "val"))
    return _write(_Bench(held, Poses(pose), seed), plan, out, "val", "hard", progress)


class _Bench:
    """Where things are put on people, one picture at a time."""

    def __init__(self, held: Sequence[tuple[Picture, Rows]], poses: Poses, seed: int) -> None:
        self._poses, self._seed = poses, seed
        self._bases = {label: _bases(held, label) for label in (Label.PHONE, Label.CIGARETTE, None)}

    def one(self, number: int, kind: Kind) -> tuple[Base, Place, Settled]:
        """The picture of that number: chance depends on seed and number alone."""
        rng = default_rng([self._seed, number])
        bases = self._bases[kind.label]
        weight = np.array([KITCHEN_WEIGHT if base.picture.source in KITCHENS else 1.0 for base in bases])
        for _ in range(ATTEMPTS):
            base = bases[int(rng.choice(len(bases), p=weight / weight.sum()))]
            place: Place = rng.choice(list(kind.places), p=list(kind.places.values()))
            settled = self._try(base, kind, place, rng)
            if settled:
                return base, place, settled
        raise DatasetError(f"no picture takes a {kind.name} -> give pictures with larger heads")

    def _try(self, base: Base, kind: Kind, place: Place, rng: Generator) -> Settled | None:
        image = base.picture.image()
        drawn = as_truth(base.rows, image.shape[1], image.shape[0]).drawn
        fit = [one for one in people(image, drawn, self._poses(image)) if _fits(one, place)]
        if not fit:
            return None
        person = fit[int(rng.integers(len(fit)))]
        thing, light = kind.make(rng), light_near(image, person.head, rng)
        lit = replace(thing, texture=light.on(thing.texture)) if thing.texture else thing
        made = scene(person, lit, place, rng)
        settled = settle(image, made.sprite, person.head, made.at, rng)
        heads = drawn.of(Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK).boxes
        return settled if _shows(settled, kind, person) and _spares(settled, heads) else None


def _made(held: Sequence[tuple[Picture, Rows]], kind: Kind, count: int) -> Iterator[Kind]:
    """Drawn ones, and cut-out ones where there are any."""
    assert kind.label is not None  # only kinds with a label are cut out
    found = list(cuttings(held, kind.label)) if count else []
    cut = round(CUT_OUT * count) if found else 0
    yield from [cut_out(kind, found)] * cut
    yield from [kind] * (count - cut)


def _bases(held: Sequence[tuple[Picture, Rows]], label: Label | None) -> list[Base]:
    """Pictures of people, without phones and cigarettes; for a negative it must be known that there are none."""
    told = [LABELS.index(one) for one in (Label.PHONE, Label.CIGARETTE)]
    unknown = [len(LABELS) + LABELS.index(one) for one in (Label.PHONE, Label.CIGARETTE) if label in (None, one)]
    heads = [LABELS.index(one) for one in (Label.HAT, Label.NO_HAT)]
    chosen = [
        Base(picture, rows)
        for picture, rows in held
        if not np.isin(rows[:, 0], told + unknown).any() and np.isin(rows[:, 0], heads).any()
    ]
    if not chosen:
        raise DatasetError("no picture of people without phones and cigarettes -> name another dataset")
    return chosen


def _fits(person: Person, place: Place) -> bool:
    return HEADS[0] <= person.height <= HEADS[1] and not (place == "mouth" and person.masked)


def _shows(settled: Settled, kind: Kind, person: Person) -> bool:
    """Whether enough of it is in the picture to be told by."""
    if kind.name == "bare_hand":
        return float(settled.covered.sum()) > 0.15 * person.height**2
    length = float((settled.box[2:] - settled.box[:2]).max())
    return settled.seen > 0.35 and length >= (8 if kind.label == Label.CIGARETTE else 12)


def _spares(settled: Settled, heads: Boxes) -> bool:
    """Whether every head and face still shows what it showed."""
    for box in heads:
        x1, y1, x2, y2 = np.maximum(box, 0).astype(int)
        if settled.covered[y1:y2, x1:x2].mean() > HIDDEN:
            return False
    return True


def _write(
    bench: _Bench, plan: Sequence[Kind], out: Path, split: str, prefix: str, progress: Progress | None
) -> int:
    told = []
    for number, kind in enumerate(plan):
        base, place, settled = bench.one(number, kind)
        name = f"{prefix}_{kind.name}_{number:05d}"
        write_picture(out, split, name, settled.image, _rows(base.rows, settled, kind.label))
        told.append({"picture": name, "on": base.picture.name, "what": kind.name, "where": place, "box": _told(settled)})
        if progress:
            progress(number + 1, len(plan))
    text = json.dumps({"seed": bench._seed, "pictures": told}, indent=1)
    (out / LIST).write_text(text + "\n", encoding="utf-8")
    return len(told)


def _rows(rows: Rows, settled: Settled, label: Label | None) -> Rows:
    if label is None:
        return rows
    height, width = settled.image.shape[:2]
    size = np.array([width, height], np.float32)
    low, high = settled.box[:2] / size, settled.box[2:] / size
    return np.concatenate([rows, [[LABELS.index(label), *(low + high) / 2, *(high - low)]]]).astype(np.float32)


def _told(settled: Settled) -> list[float]:
    return [round(float(value), 1) for value in settled.box]
