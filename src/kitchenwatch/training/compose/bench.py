"""Finds somebody who can take a thing, puts it there, and keeps only what can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.compose.people import Person, people
from kitchenwatch.training.compose.pose import Poses
from kitchenwatch.training.compose.scenes import Place, scene
from kitchenwatch.training.compose.settle import Settled, light_near, settle
from kitchenwatch.training.compose.stock import Kind
from kitchenwatch.training.dataset import Picture, as_truth

HEADS = (40, 230)  # pixels: what is drawn on smaller heads cannot be told, on larger ones it looks drawn
HIDDEN = 0.45  # of a face or head at most: more, and its own label could not be told any more
KITCHENS = ("idenprof_chef", "web_kitchen", "web_foodfactory")
KITCHEN_WEIGHT = 3.0
LEAST = {Label.CIGARETTE: 9, Label.PHONE: 12, None: 10}  # pixels of its longer side
PIXELS = 14  # that it covers
CONTRAST = 25  # grey levels
ATTEMPTS = 60  # people tried for one thing before the dataset is called unfit
NOBODY = np.zeros((0, 17, 3), np.float32)

Rows = NDArray[np.float32]  # (N, 5) as `Picture.rows` gives them


@dataclass(frozen=True, slots=True)
class Base:
    """A picture to compose on."""

    picture: Picture
    rows: Rows


class Bench:
    """Composes one picture at a time.

    Args:
        held: pictures to choose from, corrected; see `prepare.refitted` and `prepare.mended`.
        poses: finds hands.
        seed: of all chance.
    """

    def __init__(self, held: Sequence[tuple[Picture, Rows]], poses: Poses, seed: int) -> None:
        self._poses, self._seed = poses, seed
        self._bases = {label: _bases(held, label) for label in (Label.PHONE, Label.CIGARETTE, None)}
        self._weights = {label: _weights(bases) for label, bases in self._bases.items()}

    def one(self, number: int, kind: Kind) -> tuple[Base, Place, Settled]:
        """The picture of that number: chance depends on seed and number alone.

        Raises DatasetError if no picture shows people without phones and cigarettes, or nobody takes the thing.
        """
        rng = default_rng([self._seed, number])
        bases = self._bases[kind.label]
        if not bases:
            raise DatasetError("no picture of people without phones and cigarettes -> name another dataset")
        for _ in range(ATTEMPTS):
            base = bases[int(rng.choice(len(bases), p=self._weights[kind.label]))]
            place: Place = rng.choice(list(kind.places), p=list(kind.places.values()))
            settled = self._try(base, kind, place, rng)
            if settled:
                return base, place, settled
        raise DatasetError(f"no picture takes a {kind.name} -> give pictures with larger heads")

    def _try(self, base: Base, kind: Kind, place: Place, rng: Generator) -> Settled | None:
        image = base.picture.image()
        drawn = as_truth(base.rows, image.shape[1], image.shape[0]).drawn
        person = self._somebody(image, drawn, place, rng)
        if person is None:
            return None
        thing, light = kind.make(rng), light_near(image, person.head, rng)
        lit = replace(thing, texture=light.on(thing.texture)) if thing.texture else thing
        made = scene(person, lit, place, rng)
        settled = settle(image, made.sprite, person.head, made.at, rng)
        heads = drawn.of(Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK).boxes
        return settled if _shows(settled, kind, person) and _spares(settled, heads) else None

    def _somebody(self, image: NDArray[np.uint8], drawn: Detections, place: Place, rng: Generator) -> Person | None:
        """Poses are looked for only where somebody's boxes fit: that takes most of the time."""
        if not any(_fits(one, place) for one in people(image, drawn, NOBODY)):
            return None
        fit = [one for one in people(image, drawn, self._poses(image)) if _fits(one, place)]
        return fit[int(rng.integers(len(fit)))]


def _bases(held: Sequence[tuple[Picture, Rows]], label: Label | None) -> list[Base]:
    """Pictures of people, without phones and cigarettes; for a negative it must be known that there are none."""
    told = [LABELS.index(one) for one in (Label.PHONE, Label.CIGARETTE)]
    unknown = [len(LABELS) + LABELS.index(one) for one in (Label.PHONE, Label.CIGARETTE) if label in (None, one)]
    heads = [LABELS.index(one) for one in (Label.HAT, Label.NO_HAT)]
    return [
        Base(picture, rows)
        for picture, rows in held
        if not np.isin(rows[:, 0], told + unknown).any() and np.isin(rows[:, 0], heads).any()
    ]


def _weights(bases: Sequence[Base]) -> NDArray[np.float64]:
    """How likely each is chosen."""
    weights = np.array([KITCHEN_WEIGHT if base.picture.source in KITCHENS else 1.0 for base in bases])
    return np.asarray(weights / weights.sum())


def _fits(person: Person, place: Place) -> bool:
    return HEADS[0] <= person.height <= HEADS[1] and not (place == "mouth" and person.masked)


def _shows(settled: Settled, kind: Kind, person: Person) -> bool:
    """Whether enough of it is in the picture to be told by."""
    if kind.name == "bare_hand":
        return float(settled.covered.sum()) > 0.15 * person.height**2
    length = float((settled.box[2:] - settled.box[:2]).max())
    if kind.label and (settled.contrast < CONTRAST or settled.pixels < PIXELS):
        return False
    return settled.seen > (0.5 if kind.label == Label.CIGARETTE else 0.35) and length >= LEAST[kind.label]


def _spares(settled: Settled, heads: Boxes) -> bool:
    """Whether every head and face still shows what it showed."""
    for box in heads:
        x1, y1, x2, y2 = np.maximum(box, 0).astype(int)
        if settled.covered[y1:y2, x1:x2].mean() > HIDDEN:
            return False
    return True
