"""State accuracy with abstention: of the heads that were drawn, how many are judged, and how many of those rightly."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from kitchenwatch.detect.belonging import Portrait, portrait
from kitchenwatch.detect.sightings import WORN, Abstain
from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, Detections, Kind, Label, Look, Sighting
from kitchenwatch.training.dataset import Truth
from kitchenwatch.training.examples import SAME, is_clear, is_unknown

# Head heights in pixels: at least, and less than.
BANDS = {"<16": (0.0, 16.0), "16-24": (16.0, 24.0), "24-40": (24.0, 40.0), ">40": (40.0, np.inf)}
BAR = ("16-24", "24-40")  # what a ceiling camera shows
ACCURACY_BAR, UNJUDGED_BAR = 0.95, 0.25
# Of the head's height, where a face was drawn without its head: the median of 1,537 faces in our validation pictures.
FACE = 0.67
SURES = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)  # thresholds to try
DOUBTS = (0.0, 0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Head:
    """A head or face whose state was drawn, on a person who was drawn.

    Attributes:
        label: what was drawn: `hat`, `no_hat`, `mask` or `no_mask`.
        height_px: of the head.
        sighting: what look 2 says about it before it abstains in doubt; None if it says nothing at all.
    """

    label: Label
    height_px: float
    sighting: Sighting | None

    def answer(self, abstain: Abstain) -> bool | None:
        """Whether it is judged rightly; None if it is left unjudged."""
        if self.sighting is None or not is_clear(self.sighting, abstain):
            return None
        bare, _ = WORN[self.sighting.kind]
        return (self.sighting.violating > self.sighting.complying) == (self.label is bare)


@dataclass(frozen=True, slots=True)
class Count:
    """So many heads, so many of them judged, so many of those rightly."""

    heads: int = 0
    judged: int = 0
    right: int = 0

    def __add__(self, other: Self) -> "Count":
        return Count(self.heads + other.heads, self.judged + other.judged, self.right + other.right)

    @property
    def accuracy(self) -> float:
        """Of the judged; not a number if none is."""
        return self.right / self.judged if self.judged else float("nan")

    @property
    def unjudged(self) -> float:
        """Share of all; not a number if there is none."""
        return 1 - self.judged / self.heads if self.heads else float("nan")

    def as_json(self) -> dict[str, Any]:
        """Counts and shares, rounded; null where there is nothing to divide by."""
        shares = {"accuracy": self.accuracy, "unjudged": self.unjudged}
        rounded = {name: None if np.isnan(value) else round(value, 4) for name, value in shares.items()}
        return {"heads": self.heads, "judged": self.judged, "right": self.right, **rounded}


@dataclass(frozen=True, slots=True)
class StateTable:
    """Counts by what was drawn and by the head's height (`BANDS`)."""

    cells: dict[tuple[Label, str], Count]

    def count(self, labels: Iterable[Label], bands: Iterable[str] = BAR) -> Count:
        """Of all these labels and heights together."""
        wanted = list(bands)
        return sum((self.cells[label, band] for label in labels for band in wanted), Count())

    def as_json(self) -> dict[str, Any]:
        """By kind, then by height, then over what was drawn: for both states of the kind and for each."""
        rows = {**{band: (band,) for band in BANDS}, "16-40": BAR, "all": tuple(BANDS)}
        return {
            kind.value: {name: self._row(labels, bands) for name, bands in rows.items()}
            for kind, labels in WORN.items()
        }

    def _row(self, labels: tuple[Label, Label], bands: tuple[str, ...]) -> dict[str, Any]:
        each = {label.value: self.count([label], bands).as_json() for label in labels}
        return self.count(labels, bands).as_json() | each


def heads(looks: Sequence[Look], truth: Truth) -> Iterator[Head]:
    """The drawn heads of one picture.

    Args:
        looks: at every drawn person, made with `examples.EVERY`, so that doubt is not yet silenced.
    """
    counted: set[bytes] = set()
    for own in _portraits(truth.drawn):
        for kind, part in ((Kind.NO_HAT, own.on_head), (Kind.NO_MASK, own.on_face)):
            seen = [one for look in looks for one in look.sightings if one.kind is kind and one.box is not None]
            for box, index in zip(part.boxes, part.labels, strict=True):
                if box.tobytes() not in counted and not is_unknown(box, truth.unknown, *WORN[kind]):
                    yield Head(LABELS[index], _height(own, box), _nearest(box, seen))
                counted.add(box.tobytes())


def measure(found: Iterable[Head], abstain: Abstain | None = None) -> StateTable:
    """Count them under these thresholds, those that ship by default."""
    cells = {(label, band): Count() for labels in WORN.values() for label in labels for band in BANDS}
    for head in found:
        answer = head.answer(abstain or Abstain())
        cells[head.label, _band(head.height_px)] += Count(1, answer is not None, bool(answer))
    return StateTable(cells)


def trade_off(
    found: Sequence[Head], labels: Sequence[Label], bands: Iterable[str] = BAR
) -> list[tuple[Abstain, Count]]:
    """What other thresholds would do to heads of these labels and heights, from little doubt to much."""
    limits = [(BANDS[band][0], BANDS[band][1]) for band in bands]
    part = [
        head for head in found if head.label in labels and any(low <= head.height_px < high for low, high in limits)
    ]
    settings = [Abstain(sure=sure, doubt=doubt) for doubt in DOUBTS for sure in SURES]
    return [(setting, _count(part, setting)) for setting in settings]


def _count(part: Iterable[Head], abstain: Abstain) -> Count:
    answers = [head.answer(abstain) for head in part]
    return Count(len(answers), sum(answer is not None for answer in answers), sum(bool(answer) for answer in answers))


def _band(height_px: float) -> str:
    return next(band for band, (low, high) in BANDS.items() if low <= height_px < high)


def _portraits(drawn: Detections) -> Iterator[Portrait]:
    """The one head of each drawn person. Further heads in a person's box are of people whom nobody drew."""
    people, worn = drawn.of(Label.PERSON).boxes, drawn.of(*(label for labels in WORN.values() for label in labels))
    for index, person in enumerate(people):
        own = portrait(worn, person, np.delete(people, index, axis=0))
        if own is not None:
            yield own


def _height(own: Portrait, box: Boxes) -> float:
    """Of the head, or of the head around a face that was drawn alone."""
    if len(own.on_head):
        return float(own.head[3] - own.head[1])
    return float(box[3] - box[1]) / FACE


def _nearest(box: Boxes, seen: Sequence[Sighting]) -> Sighting | None:
    """The sighting that overlaps this head best, if any is about it."""
    if not seen:
        return None
    overlap = iou(np.stack([one.box for one in seen if one.box is not None]), box[None])[:, 0]
    return seen[int(overlap.argmax())] if overlap.max() >= SAME else None
