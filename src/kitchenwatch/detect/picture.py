"""A single picture, looked at as carefully as one can; `kitchenwatch detect` and evaluation see with it.

A camera gives the next picture a moment later, and its looks add up over time. A single picture has no next one: it is
looked at in several sizes, and in a mirror, instead.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.crops import CROP_SIDE, look_at, upper_body
from kitchenwatch.detect.duplicates import softened
from kitchenwatch.detect.fusion import View, fuse
from kitchenwatch.detect.looks import FRAME_SIDE
from kitchenwatch.detect.verifier import Verifier
from kitchenwatch.detect.yolo import Detector, input_shape
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.ports import Engine

# Long sides of look 1. A small picture is likely a crop in which a head fills much of it: enlarging it further, or a
# frame less, loses what is large or small in it.
SMALL_SIDES = (320, 480, 640)
FRAME_SIDES = (640, 960, 1280)
PERSON_SCORE = 0.25  # people from this score on are given look 2
LEAST = 0.01  # of a single look: what one sees faintly, others may confirm
WORTH_A_LOOK = 0.01  # of all looks together: below it a verifier is not asked
UNASKED = 0.1  # of the score is left to what it was not asked about, so that it stays below what it was
BODY_PARTS = tuple(label for label in Label if label is not Label.PERSON)


class PictureDetector:
    """Finds all labels in one picture.

    Look 1 sees the whole picture, look 2 the upper body of each person; both see it as it is and mirrored, look 1 in
    several sizes. `fuse` makes one answer of it, a verifier, where there is one, has its say on each thing in it, and
    what was told already is worth less (`softened`).
    """

    def __init__(self, engine: Engine, min_score: float = 0.05, verifier: Verifier | None = None) -> None:
        """`min_score`: what scores less is not reported."""
        self._detector = Detector(engine, LEAST)
        self._min_score = min_score
        self._verifier = verifier

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        """Detections in pixels of the picture, strongest first.

        Args:
            image: `(H, W, 3)` uint8 BGR.
        """
        height, width = image.shape[:2]
        wholes = [view for turned in (False, True) for view in self._wholes(image, turned)]
        people = fuse(wholes, width, height).of(Label.PERSON)
        near = people.boxes[people.scores >= PERSON_SCORE]
        bodies = [view for turned in (False, True) for view in self._bodies(image, near, turned)]
        found = fuse([*wholes, *bodies], width, height)
        if self._verifier:
            found = self._verified(image, found)
        told = softened(found)
        return told[told.scores >= self._min_score]

    def candidates(self, image: NDArray[np.uint8]) -> Detections:
        """What the whole picture in its sizes shows, however faintly: a third of the work of `detect`, unverified."""
        found = fuse(list(self._wholes(image, turned=False)), image.shape[1], image.shape[0])
        return found[found.scores >= WORTH_A_LOOK]

    def _verified(self, image: NDArray[np.uint8], found: Detections) -> Detections:
        """With what the verifier says of each thing and of its mirror image, in the mean."""
        assert self._verifier
        faint = (found.scores < WORTH_A_LOOK) & (found.labels != LABELS.index(Label.PERSON))
        scores = np.where(faint, UNASKED * found.scores, found.scores)
        asked = found[~faint]
        straight = self._verifier.verified(ArrayPicture(image), asked)
        turned = Detections(_turned(asked.boxes, image.shape[1]), asked.scores, asked.labels)
        other = self._verifier.verified(ArrayPicture(mirrored(image)), turned)
        scores[~faint] = np.sqrt(straight.scores * other.scores)
        return Detections(found.boxes, scores, found.labels)

    def _wholes(self, image: NDArray[np.uint8], turned: bool) -> Iterator[View]:
        height, width = image.shape[:2]
        picture = ArrayPicture(mirrored(image) if turned else image)
        long_side = max(picture.size)
        for side in SMALL_SIDES if long_side <= FRAME_SIDE else FRAME_SIDES:
            (found,) = self._detector.detect([picture], *input_shape(*picture.size, side))
            yield View(_back(found, width, turned), np.array([0, 0, width, height], np.float32), side / long_side)

    def _bodies(self, image: NDArray[np.uint8], people: Boxes, turned: bool) -> Iterator[View]:
        height, width = image.shape[:2]
        picture = ArrayPicture(mirrored(image) if turned else image)
        boxes = _turned(people, width) if turned else people
        (seen,) = look_at(self._detector, [(picture, list(boxes))])
        for person, found in zip(people, seen, strict=True):
            region = upper_body(person, width, height)
            scale = CROP_SIDE / max(float(max(region[2:] - region[:2])), 1.0)
            yield View(_back(found, width, turned), region, scale, BODY_PARTS)


def single_look(detector: Detector, image: NDArray[np.uint8]) -> Detections:
    """What one look at the whole of a picture sees: no other confirms it, as in a camera. In pixels of the picture."""
    picture = ArrayPicture(image)
    side = SMALL_SIDES[1] if max(picture.size) <= FRAME_SIDE else FRAME_SIDE
    (found,) = detector.detect([picture], *input_shape(*picture.size, side))
    return found


def mirrored(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Left and right exchanged; `(H, W, 3)`."""
    return np.ascontiguousarray(image[:, ::-1])


def _back(found: Detections, width: int, turned: bool) -> Detections:
    return Detections(_turned(found.boxes, width), found.scores, found.labels) if turned else found


def _turned(boxes: Boxes, width: int) -> Boxes:
    """Boxes `(N, 4)` on the mirrored picture of that width."""
    return np.asarray(
        np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1), np.float32
    )
