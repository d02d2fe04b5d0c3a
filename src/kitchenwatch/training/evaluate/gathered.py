"""The boxes of all pictures in one struct of arrays."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import merge
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.evaluate.heads import head_heights
from kitchenwatch.training.evaluate.run import Examined


@dataclass(frozen=True, slots=True)
class Gathered:
    """Boxes of many pictures.

    Attributes:
        boxes: `(N, …)` in pixels of their pictures.
        picture: `(N,)` which picture each is of, counted from 0.
        head_px: `(N,)` height of the head it belongs to, NaN where there is none (see `heads`).
    """

    boxes: Detections
    picture: NDArray[np.int64]
    head_px: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.picture)

    def are(self, label: Label) -> NDArray[np.bool_]:
        """`(N,)` which of them carry the label."""
        return np.asarray(self.boxes.labels == LABELS.index(label))


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that was drawn and found in a split.

    Attributes:
        drawn: boxes that people drew.
        unknown: parts of pictures in which nobody can tell about a label.
        found: what the detector found.
        pictures: how many were looked at.
    """

    drawn: Gathered
    unknown: Gathered
    found: Gathered
    pictures: int


def gather(examined: Sequence[Examined]) -> Evidence:
    """The boxes of all pictures, in their order."""
    truths = [one.truth for one in examined]
    return Evidence(
        drawn=_gathered([truth.drawn for truth in truths], examined),
        unknown=_gathered([truth.unknown for truth in truths], examined),
        found=_gathered([one.found for one in examined], examined),
        pictures=len(examined),
    )


def _gathered(parts: Sequence[Detections], examined: Sequence[Examined]) -> Gathered:
    heads = [head_heights(part, one.truth.drawn) for part, one in zip(parts, examined, strict=True)]
    number = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Gathered(merge(parts), number, np.concatenate([np.zeros(0), *heads]))
