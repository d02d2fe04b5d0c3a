"""Both looks combined on a single picture, as `kitchenwatch detect` and evaluation use them."""

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.crops import CROP_SIDE, look_at
from kitchenwatch.detect.looks import FRAME_SIDE
from kitchenwatch.detect.yolo import Detector, input_shape, merge, suppress
from kitchenwatch.model import Detections, Label
from kitchenwatch.picture import ArrayPicture, Picture
from kitchenwatch.ports import Engine

SMALL_SIDE = 480  # look 1 at a small picture: enlarging it to 640 lost 0.04 mean AP50 on our validation pictures
PERSON_SCORE = 0.25  # people from this score on are given look 2
SAME_BOX = 0.5  # boxes of one label that overlap more (IoU) are one thing seen in two looks


class PictureDetector:
    """Finds all labels in one picture.

    Look 1 sees the whole picture, look 2 the upper body of each person. A small picture is likely a crop in which
    a head fills much of it: it is also given look 2 as a whole, so that heads are found without a person around them.
    """

    def __init__(self, engine: Engine, min_score: float = 0.05) -> None:
        self._detector = Detector(engine, min_score)

    def detect(self, image: NDArray[np.uint8]) -> Detections:
        """Detections of both looks, in pixels of the picture, strongest first.

        Args:
            image: `(H, W, 3)` uint8 BGR.
        """
        picture = ArrayPicture(image)
        whole = self._whole(picture)
        people = whole.of(Label.PERSON)
        (upper,) = look_at(self._detector, [(picture, list(people.boxes[people.scores >= PERSON_SCORE]))])
        parts = [part.of(*BODY_PARTS) for part in upper]
        return suppress(merge([whole, *parts]), SAME_BOX)

    def _whole(self, picture: Picture) -> Detections:
        sides = (SMALL_SIDE, CROP_SIDE) if max(picture.size) <= FRAME_SIDE else (FRAME_SIDE,)
        looks = [self._detector.detect([picture], *input_shape(*picture.size, side))[0] for side in sides]
        return suppress(merge(looks), SAME_BOX)


BODY_PARTS = tuple(label for label in Label if label is not Label.PERSON)
