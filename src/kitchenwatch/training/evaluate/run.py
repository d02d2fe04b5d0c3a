"""Looks at every picture of a split, once, and keeps what was found beside what was drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from kitchenwatch.detect.loading import Model
from kitchenwatch.detect.looks import PersonLook
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.errors import MissingExtra
from kitchenwatch.model import Detections
from kitchenwatch.training.corrections import Correction, corrected
from kitchenwatch.training.dataset import Picture, Truth, as_truth, unknown_everywhere
from kitchenwatch.training.examples import EVERY, Example, examples, looks_at
from kitchenwatch.training.side_by_side import side_by_side
from kitchenwatch.training.sources import Lacks
from kitchenwatch.training.states import Head, heads

# AP is read off the whole curve; a single look's 0.01, which no other confirms, is worth a sixth or eighth of that, and
# a tenth of it where there is a verifier.
MIN_SCORE = 0.0001
PACKAGES = ("faster_coco_eval", "matplotlib")

Corrections = Mapping[str, Sequence[Correction]]


@dataclass(frozen=True, slots=True)
class Examined:
    """One picture after the look at it.

    Attributes:
        picture: where it lies.
        truth: what is known about it, in pixels.
        found: what both looks found, in pixels.
        heads: every drawn head on a drawn person, with what look 2 at that person says about it.
        examples: what look 2 at drawn people says where the truth is known.
    """

    picture: Picture
    truth: Truth
    found: Detections
    heads: tuple[Head, ...] = ()
    examples: tuple[Example, ...] = ()


def examine(
    pictures: Sequence[Picture],
    model: Model,
    corrections: Corrections,
    lacking: Lacks | None = None,
    threads: int = 1,
) -> Iterator[Examined | None]:
    """One item a picture, in order; None for a picture that the corrections leave out.

    Args:
        pictures: of one split.
        model: what looks.
        corrections: of the drawn boxes, by the picture's name; empty to take the labels as delivered.
        lacking: labels that nobody looked for, by source: neither found nor missed there.
        threads: that look, each at a picture of its own.

    Raises MissingExtra before the first look if scoring would lack a package after the last, and DatasetError.
    """
    if not all(map(find_spec, PACKAGES)):
        raise MissingExtra("evaluation", "evaluate")
    detector = PictureDetector(model.engine, MIN_SCORE, model.verifier)
    people = PersonLook(model.engine, EVERY, verifier=model.verifier)

    def examined(picture: Picture) -> Examined | None:
        rows = corrected(picture.rows(), corrections.get(picture.name, ()))
        if rows is None:
            return None
        image = picture.image()
        rows = np.concatenate([rows, unknown_everywhere((lacking or {}).get(picture.source, ()))])
        truth = as_truth(rows, image.shape[1], image.shape[0])
        looks = looks_at(people, image, truth)
        judged, known = tuple(heads(looks, truth)), tuple(examples(looks, truth, 0))
        return Examined(picture, truth, detector.detect(image), judged, known)

    yield from side_by_side(examined, pictures, threads)
