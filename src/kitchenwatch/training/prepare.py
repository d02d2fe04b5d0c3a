"""From folders of pictures to the one folder that a training run reads.

Boxes are corrected and refitted, and what a source lacks is marked as unknown. Pictures with rare labels are listed
several times: the repeat factor of a label that is in a share `f` of the pictures is `sqrt(COMMON / f)`, at least 1,
and a picture is repeated by its rarest label (repeat factor sampling, Gupta et al., LVIS, CVPR 2019).
"""

import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from kitchenwatch.model import LABELS
from kitchenwatch.training import refit
from kitchenwatch.training.corrections import corrected, shipped
from kitchenwatch.training.dataset import Picture, pictures, unknown_everywhere, write_rows
from kitchenwatch.training.refit import narrowed
from kitchenwatch.training.share import share_of
from kitchenwatch.training.sources import lacks

COMMON = 0.15  # a label in fewer pictures than this share is shown more often than it occurs
MOST = 4.0  # but never more often than this: a handful of pictures would be learned by heart


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a training run reads.

    Attributes:
        data: the `data.yaml` for Ultralytics.
        pictures: how many there are.
        shown: how many are shown in one epoch.
        boxes: drawn boxes by label, over the pictures.
    """

    data: Path
    pictures: int
    shown: int
    boxes: dict[str, int]


def prepare(roots: Sequence[Path], out: Path, share: float = 1.0) -> Prepared:
    """Write the split `train` of all roots into `out`; the images are linked, not copied.

    Pictures of one name in two roots are both kept, the later one under a name of its own.

    Args:
        roots: datasets.
        out: folder, made if it is not there.
        share: of each root's scenes, 0-1 (see `share_of`).

    Raises DatasetError if a root has no pictures or its labels are broken.
    """
    (out / "images" / "train").mkdir(parents=True, exist_ok=True)
    held: dict[str, tuple[Picture, NDArray[np.float32]]] = {}
    for root in roots:
        used = share_of(pictures(root, "train"), share)
        for picture, rows in refitted(root):
            if picture.name in used:
                held[_untaken(picture.name, held)] = picture, rows
    for name, (picture, rows) in held.items():
        _link(picture.path, out / "images" / "train" / f"{name}.jpg")
        write_rows(out, "train", name, rows)
    shown = list(_repeated(held))
    (out / "train.txt").write_text("".join(f"./images/train/{name}.jpg\n" for name in shown), encoding="utf-8")
    counts = Counter(int(index) for _, rows in held.values() for index in rows[:, 0])
    boxes = {str(label): counts[index] for index, label in enumerate(LABELS)}
    return Prepared(_describe(out), len(held), len(shown), boxes)


def mended(root: Path, split: str) -> Iterator[tuple[Picture, NDArray[np.float32]]]:
    """The pictures of a split with their rows `(N, 5)`, corrected; see also `refitted`. Raises DatasetError."""
    corrections = shipped()
    lacking = {} if split == "train" else lacks(root, otherwise={})  # see `refitted`
    for picture in pictures(root, split):
        rows = corrected(picture.rows(), corrections.get(picture.name, ()))
        if rows is not None:
            yield picture, np.concatenate([rows, unknown_everywhere(lacking.get(picture.source, ()))])


def refitted(root: Path) -> Iterator[tuple[Picture, NDArray[np.float32]]]:
    """The split `train` after `mended`, with what only a rule mends: wide heads, and labels that a source lacks.

    Held-out pictures are few, and were mended one by one.
    """
    lacking = lacks(root)
    for picture, rows in mended(root, "train"):
        fitting = narrowed(rows) if picture.source in refit.SOURCES else rows
        yield picture, np.concatenate([fitting, unknown_everywhere(lacking.get(picture.source, ()))])


def _repeated(held: dict[str, tuple[Picture, NDArray[np.float32]]]) -> Iterator[str]:
    """Names, each as often as it is shown in an epoch; the fraction of a factor decides by the name's turn."""
    labels = {name: {int(index) for index in rows[:, 0] if index < len(LABELS)} for name, (_, rows) in held.items()}
    share = Counter(index for found in labels.values() for index in found)
    factor = {index: min(MOST, max(1.0, math.sqrt(COMMON * len(held) / count))) for index, count in share.items()}
    owed = 0.0
    for name, found in sorted(labels.items()):
        owed += max((factor[index] for index in found), default=1.0)
        times, owed = int(owed), owed % 1
        yield from [name] * times


def _untaken(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where another root has a picture of that name."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(free for free in chain([name], numbered) if free not in taken)


def _link(source: Path, target: Path) -> None:
    target.unlink(missing_ok=True)
    target.symlink_to(source.resolve())


def _describe(out: Path) -> Path:
    """`data.yaml` as Ultralytics reads it: what is unknown has names of its own."""
    names = [*map(str, LABELS), *(f"unknown {label}" for label in LABELS)]
    file = out / "data.yaml"
    YAML().dump({"path": str(out.resolve()), "train": "train.txt", "val": "train.txt", "names": names}, file)
    return file
