"""Which frame of a violation shows it best."""

from dataclasses import dataclass
from datetime import datetime

import cv2

from kitchenwatch.evidence.draw import jpeg, person
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import Frame
from kitchenwatch.picture import Picture

# Sharpness is measured at one size, or a small crop would look sharper than a large one.
MEASURED_PX = 256
# A frame must be clearly better to be worth encoding.
BETTER = 1.1


@dataclass(slots=True)
class Best:
    """The best frame so far, already encoded.

    Attributes:
        worth: its `worth`.
        t: media time in seconds; `at` the UTC moment.
    """

    worth: float
    t: float
    at: datetime
    jpeg: bytes

    def offer(self, frame: Frame, box: Boxes, score: float) -> None:
        """Take this frame instead, if it shows the person clearly better."""
        value = worth(frame.picture, box, score)
        if value > self.worth * BETTER:
            self.worth, self.t, self.at, self.jpeg = value, frame.t, frame.at, jpeg(frame.image)


def worth(picture: Picture, box: Boxes, score: float) -> float:
    """Score x sharpness x height in pixels of the person in the box; 0 if it lies outside, or the score is.

    Sharpness is the variance of the Laplacian (Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000).
    """
    crop = person(picture, box) if score else None
    if crop is None:
        return 0.0
    height = float(box[3] - box[1])
    grey = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    width = max(1, round(grey.shape[1] * MEASURED_PX / grey.shape[0]))
    shrink = grey.shape[0] > MEASURED_PX
    grey = cv2.resize(grey, (width, MEASURED_PX), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
    return score * float(cv2.Laplacian(grey, cv2.CV_64F).var()) * height
