"""Everything that calibration needs of held-out pictures, gathered in one go."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.loading import Model
from kitchenwatch.detect.looks import PersonLook
from kitchenwatch.detect.picture import PictureDetector, single_look
from kitchenwatch.detect.yolo import Detector
from kitchenwatch.training.dataset import Picture, as_truth
from kitchenwatch.training.examples import EVERY, Example, examples, looks_at
from kitchenwatch.training.findings import Finding, findings
from kitchenwatch.training.groups import difference_hash, groups
from kitchenwatch.training.side_by_side import side_by_side
from kitchenwatch.training.states import Head, heads

Drawn = tuple[Picture, NDArray[np.float32]]  # a picture and its rows `(N, 5)`, mended
Scenes = Sequence[int] | NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on a held-out picture, held against what was drawn on it.

    Attributes:
        examples: what look 2 says of drawn people.
        findings: what was found on the picture by all looks at it together.
        single: what a single look at it found.
        heads: drawn ones, and what look 2 says of them.
    """

    examples: list[Example] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    single: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HeldOut(Seen):
    """The same of many pictures.

    Attributes:
        pictures: how many; `scenes` of them are no near-duplicates of others.
    """

    pictures: int = 0
    scenes: int = 0


def scenes(pictures: Iterable[Drawn]) -> NDArray[np.int64]:
    """`(N,)` the scene that each picture shows. Raises DatasetError if one cannot be read."""
    return groups([difference_hash(picture.image()) for picture, _ in pictures])


def examples_of(pictures: Sequence[Drawn], model: Model, threads: int = 1) -> Iterator[list[Example]]:
    """Look 2 at the people of every picture, each a scene of its own. Raises DatasetError if one cannot be read."""
    person = PersonLook(model.engine, EVERY, verifier=model.verifier)

    def seen(numbered: tuple[int, Drawn]) -> list[Example]:
        number, (picture, rows) = numbered
        image = picture.image()
        truth = as_truth(rows, image.shape[1], image.shape[0])
        return list(examples(looks_at(person, image, truth), truth, number))

    return side_by_side(seen, list(enumerate(pictures)), threads)


def look_at_all(pictures: Sequence[Drawn], scene: Scenes, model: Model, threads: int = 1) -> Iterator[Seen]:
    """Both looks at every picture, in order. Raises DatasetError if one cannot be read.

    Args:
        pictures: in any order.
        scene: of each picture, in the same order (see `scenes`).
        model: what looks.
        threads: that look, each at a picture of its own.
    """
    whole = PictureDetector(model.engine, verifier=model.verifier)
    person = PersonLook(model.engine, EVERY, verifier=model.verifier)
    detector = Detector(model.engine)

    def seen(drawn: Drawn, group: int) -> Seen:
        picture, rows = drawn
        image = picture.image()
        truth = as_truth(rows, image.shape[1], image.shape[0])
        looks = looks_at(person, image, truth)
        return Seen(
            list(examples(looks, truth, group)),
            list(findings(whole.detect(image), truth, group)),
            list(findings(single_look(detector, image), truth, group)),
            list(heads(looks, truth)),
        )

    pairs = [(drawn, int(group)) for drawn, group in zip(pictures, scene, strict=True)]
    return side_by_side(lambda pair: seen(*pair), pairs, threads)


def gather(parts: Iterable[Seen], scene: Scenes) -> HeldOut:
    """What was seen on all pictures, of which these are the scenes."""
    found = HeldOut(pictures=len(scene), scenes=len(set(scene)))
    for part in parts:
        found.examples.extend(part.examples)
        found.findings.extend(part.findings)
        found.single.extend(part.single)
        found.heads.extend(part.heads)
    return found
