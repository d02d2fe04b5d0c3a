"""From one look at one person to sightings, or to silence where nobody could judge."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.belonging import Portrait
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import Detections, Kind, Label, Sighting
from kitchenwatch.picture import Picture

Seen: TypeAlias = tuple[Kind, float, float, Boxes | None]  # kind, violating, complying, what was seen

WORN = {Kind.NO_HAT: (Label.NO_HAT, Label.HAT), Kind.NO_MASK: (Label.NO_MASK, Label.MASK)}  # violating, complying
HELD = {Kind.SMOKING: Label.CIGARETTE, Kind.PHONE_USE: Label.PHONE}
SHARPNESS_PX = 20  # heads are compared at this size, so that blur is told relative to the head


@dataclass(frozen=True, slots=True)
class Abstain:
    """When a look stays silent.

    Attributes:
        head_px: heads lower than this are too small to judge.
        edge_px: a head or face as near to the frame's edge as this is cut off: no word on hat or mask.
        sharpness: heads less sharp than this are blurred (see `sharpness`). 0.15 keeps 99 % of the judged heads
            of 24 px and more in our validation pictures, 97 % of smaller ones, and drops 97 % of the same heads
            under a Gaussian blur of an eighth of their height.
        sure: the better of the two scores must reach this.
        doubt: the two scores must differ by more than this (docs/decisions/0013 has what 0.1 and 0.2 give).
    """

    head_px: float = 14.0
    edge_px: float = 1.0
    sharpness: float = 0.15
    sure: float = 0.25
    doubt: float = 0.2

    def is_clear(self, violating: float, complying: float) -> bool:
        """Whether the scores of a head or face say which of the two states it is in."""
        return max(violating, complying) >= self.sure and abs(violating - complying) > self.doubt


def sightings(t: float, track: int, own: Portrait | None, picture: Picture, abstain: Abstain) -> tuple[Sighting, ...]:
    """What a look says about one track, kind by kind; nothing where it cannot judge.

    Args:
        t: media time in seconds.
        track: the track's number.
        own: what was found on that person, in pixels of the frame.
        picture: the frame's.
        abstain: when to stay silent.
    """
    if own is None or not _is_visible(own.head, picture, abstain):
        return ()
    head_px = float(own.head[3] - own.head[1])
    seen = [*_worn(own, picture, abstain), *_held(own)]
    return tuple(
        Sighting(t, track, kind, violating, complying, head_px, box) for kind, violating, complying, box in seen
    )


def _worn(own: Portrait, picture: Picture, abstain: Abstain) -> Iterator[Seen]:
    """Hat and mask: a positive sight of either state, on a head or face that is wholly in the picture."""
    for (kind, (without, with_it)), part in zip(WORN.items(), (own.on_head, own.on_face), strict=True):
        violating, bare = _best(part.of(without))
        complying, covered = _best(part.of(with_it))
        box = bare if violating > complying else covered
        if abstain.is_clear(violating, complying) and box is not None and not _is_cut_off(box, picture, abstain):
            yield kind, violating, complying, box


def _held(own: Portrait) -> Iterator[Seen]:
    """Cigarette and phone: not to see one on a visible person says something too."""
    for kind, label in HELD.items():
        violating, box = _best(own.at_hand.of(label))
        yield kind, violating, 0.0, box


def _best(part: Detections) -> tuple[float, Boxes | None]:
    """Score and box of the strongest; 0 and None if there is none."""
    if not len(part):
        return 0.0, None
    first = int(np.argmax(part.scores))
    return float(part.scores[first]), part.boxes[first]


def _is_visible(head: Boxes, picture: Picture, abstain: Abstain) -> bool:
    if head[3] - head[1] < abstain.head_px:
        return False
    x1, y1, x2, y2 = (round(float(side)) for side in head)
    return sharpness(picture.crop(x1, y1, x2, y2)) >= abstain.sharpness


def _is_cut_off(box: Boxes, picture: Picture, abstain: Abstain) -> bool:
    columns, rows = picture.size
    return bool(min(box[0], box[1], columns - box[2], rows - box[3]) <= abstain.edge_px)


def sharpness(head: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian over the variance of the grey values, of the head at 20 × 20 pixels.

    The variance of the Laplacian is the usual focus measure (Pech-Pacheco et al., ICPR 2000); dividing by the
    contrast lets one threshold serve dark and bright kitchens.

    Args:
        head: `(H, W, 3)` uint8 BGR, not empty.
    """
    grey = cv2.cvtColor(head, cv2.COLOR_BGR2GRAY)
    how = cv2.INTER_AREA if min(grey.shape) > SHARPNESS_PX else cv2.INTER_LINEAR
    small = cv2.resize(grey, (SHARPNESS_PX, SHARPNESS_PX), interpolation=how).astype(np.float32)
    noise = 4.0  # grey values squared: a flat head is not sharp because of its noise
    return float(cv2.Laplacian(small, cv2.CV_32F).var() / (small.var() + noise))
