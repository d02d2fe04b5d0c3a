"""Writes composed pictures in the dataset's format, and a list of what is where on them.

A composed picture keeps the boxes of the picture that it was made from and adds the thing's, if the thing has a label.
Nobody's cigarette or phone is hidden in it: only pictures without either are used.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.random import default_rng

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.compose.bench import Base, Bench, Rows
from kitchenwatch.training.compose.cuttings import cuttings
from kitchenwatch.training.compose.pose import Poses
from kitchenwatch.training.compose.scenes import Place
from kitchenwatch.training.compose.settle import Settled
from kitchenwatch.training.compose.stock import CIGARETTE, NEVER_TRAINED_ON, PHONE, TAKEN_FOR_ONE, Kind, cut_out
from kitchenwatch.training.dataset import Picture, write_picture
from kitchenwatch.training.prepare import mended, refitted

LIST = "composed.json"
CUTTINGS = 120  # at most of a label: finding an outline takes up to half a second
CUT_OUT = 0.3  # share of phones and cigarettes that are cut out of training pictures instead of drawn

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many pictures of each sort."""

    phones: int = 1200
    cigarettes: int = 800
    negatives: int = 1200


@dataclass(frozen=True, slots=True)
class Target:
    """Where pictures go, and the seed that makes them."""

    out: Path
    split: str
    prefix: str
    seed: int


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
    held = list(refitted(root))
    shuffled = [held[index] for index in default_rng(seed).permutation(len(held))]
    plan = [*_made(shuffled, PHONE, wanted.phones), *_made(shuffled, CIGARETTE, wanted.cigarettes)]
    plan += [TAKEN_FOR_ONE[turn % len(TAKEN_FOR_ONE)] for turn in range(wanted.negatives)]
    plan = [plan[index] for index in default_rng(seed).permutation(len(plan))]  # a run cut short has some of each
    return _write(Bench(held, Poses(pose), seed), plan, Target(out, "train", "composed", seed), progress)


def compose_hard(
    root: Path, out: Path, seed: int, count: int, pose: Path | None = None, progress: Progress | None = None
) -> int:
    """Held-out pictures (split `val`, on split `val`) with nothing but what is taken for a phone or cigarette.

    Half of the things are of kinds that no training picture shows. Arguments and errors as for `compose`.
    """
    halves = NEVER_TRAINED_ON, TAKEN_FOR_ONE[1:]
    plan = [halves[turn % 2][turn // 2 % len(halves[turn % 2])] for turn in range(count)]
    held = list(mended(root, "val"))
    return _write(Bench(held, Poses(pose), seed), plan, Target(out, "val", "hard", seed), progress)


def _made(held: Sequence[tuple[Picture, Rows]], kind: Kind, count: int) -> Iterator[Kind]:
    """Drawn ones, and cut-out ones where there are any."""
    assert kind.label is not None  # only kinds with a label are cut out
    found = list(islice(cuttings(held, kind.label), min(CUTTINGS, count)))
    cut = round(CUT_OUT * count) if found else 0
    yield from [cut_out(kind, found)] * cut
    yield from [kind] * (count - cut)


def _write(bench: Bench, plan: Sequence[Kind], target: Target, progress: Progress | None) -> int:
    told = []
    for number, kind in enumerate(plan):
        base, place, settled = bench.one(number, kind)
        name = f"{target.prefix}_{kind.name}_{number:05d}"
        write_picture(target.out, target.split, name, settled.image, _rows(base.rows, settled, kind.label))
        told.append(_told(name, base, kind, place, settled))
        if progress:
            progress(number + 1, len(plan))
    text = json.dumps({"seed": target.seed, "pictures": told}, indent=1)
    (target.out / LIST).write_text(text + "\n", encoding="utf-8")
    return len(told)


def _rows(rows: Rows, settled: Settled, label: Label | None) -> Rows:
    if label is None:
        return rows
    height, width = settled.image.shape[:2]
    size = np.array([width, height], np.float32)
    low, high = settled.box[:2] / size, settled.box[2:] / size
    return np.concatenate([rows, [[LABELS.index(label), *(low + high) / 2, *(high - low)]]]).astype(np.float32)


def _told(name: str, base: Base, kind: Kind, place: Place, settled: Settled) -> dict[str, object]:
    box = [round(float(value), 1) for value in settled.box]
    return {"picture": name, "on": base.picture.name, "what": kind.name, "where": place, "box": box}
