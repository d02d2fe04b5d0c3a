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
from kitchenwatch.training.states import Head, heads

Drawn = tuple[Picture, NDArray[np.float32]]  # a picture and its rows `(N, 5)`, mended


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What was seen on held-out pictures, held against what was drawn on them.

    Attributes:
        pictures: how many; `scenes` of them are no near-duplicates of others.
        examples: what look 2 says of drawn people.
        findings: what was found on the pictures by all looks at them together.
        single: what a single look at each picture found.
        heads: drawn ones, and what look 2 says of them.
    """

    pictures: int
    scenes: int
    examples: list[Example] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    single: list[Finding] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)


def scenes(pictures: Iterable[Drawn]) -> NDArray[np.int64]:
    """`(N,)` the scene that each picture shows. Raises DatasetError if one cannot be read."""
    return groups([difference_hash(picture.image()) for picture, _ in pictures])


def examples_of(pictures: Iterable[Drawn], model: Model) -> Iterator[list[Example]]:
    """Look 2 at the people of every picture, each a scene of its own. Raises DatasetError if one cannot be read."""
    person = PersonLook(model.engine, EVERY, verifier=model.verifier)
    for number, (picture, rows) in enumerate(pictures):
        image = picture.image()
        truth = as_truth(rows, image.shape[1], image.shape[0])
        yield list(examples(looks_at(person, image, truth), truth, number))


def gather(pictures: Iterable[Drawn], scene: Sequence[int] | NDArray[np.int64], model: Model) -> HeldOut:
    """Both looks at every picture. Raises DatasetError if one cannot be read.

    Args:
        pictures: in any order.
        scene: of each picture, in the same order (see `scenes`).
        model: what looks.
    """
    whole = PictureDetector(model.engine, verifier=model.verifier)
    person = PersonLook(model.engine, EVERY, verifier=model.verifier)
    detector = Detector(model.engine)
    found = HeldOut(len(scene), len(set(scene)))
    for (picture, rows), group in zip(pictures, scene, strict=True):
        image = picture.image()
        truth = as_truth(rows, image.shape[1], image.shape[0])
        looks = looks_at(person, image, truth)
        found.examples.extend(examples(looks, truth, int(group)))
        found.findings.extend(findings(whole.detect(image), truth, int(group)))
        found.single.extend(findings(single_look(detector, image), truth, int(group)))
        found.heads.extend(heads(looks, truth))
    return found
