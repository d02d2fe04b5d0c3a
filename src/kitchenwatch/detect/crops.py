"""Looks at people's upper bodies, cut out of the frame at its own resolution."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import Detector, batches
from kitchenwatch.geometry import Boxes, clip_box
from kitchenwatch.model import Detections
from kitchenwatch.picture import ArrayPicture, Picture

# Sides of the square, from the person's box. Tighter crops enlarge heads beyond what the network was trained on
# and cut tall hats off: on our validation pictures hats lost 0.06 AP50 at 1.1 widths against 1.8.
WIDTHS = 1.6
HEIGHTS = 0.8
ABOVE = 0.2  # of the square lies above the person's box: raised hands, tall hats
EDGE_PX = 2.0
CROP_SIDE = 320  # of the network's input: what the model was trained at


def look_at(detector: Detector, scenes: Sequence[tuple[Picture, Sequence[Boxes]]]) -> list[list[Detections]]:
    """What is found in the crop of each person, picture by picture, in pixels of that picture.

    Args:
        scenes: pictures, each with people's boxes `(4,)` in its pixels.
    """
    crops = [(picture, upper_body(person, *picture.size)) for picture, people in scenes for person in people]
    found: list[Detections] = []
    for batch in batches(crops):
        found += detector.detect([_region(*crop) for crop in batch], CROP_SIDE, CROP_SIDE)
    lifted = iter([lift(part, box, *picture.size) for part, (picture, box) in zip(found, crops, strict=True)])
    return [[next(lifted) for _ in people] for _, people in scenes]


def _region(picture: Picture, box: Boxes) -> Picture:
    return ArrayPicture(picture.crop(*(int(side) for side in box)))


def upper_body(person: Boxes, width: int, height: int) -> Boxes:
    """The square around head, shoulders and hands, as `(4,)` whole pixels, cut at the frame's edges.

    Args:
        person: `(4,)` in pixels of the frame.
        width, height: of the frame.
    """
    side = max(WIDTHS * float(person[2] - person[0]), HEIGHTS * float(person[3] - person[1]), 2.0)
    left = float(person[0] + person[2]) / 2 - side / 2
    top = float(person[1]) - ABOVE * side
    return np.round(clip_box(np.array([left, top, left + side, top + side], np.float32), width, height))


def cut(image: NDArray[np.uint8], box: Boxes) -> NDArray[np.uint8]:
    """The picture inside a box of whole pixels."""
    x1, y1, x2, y2 = (int(side) for side in box)
    return image[y1:y2, x1:x2]


def lift(found: Detections, crop: Boxes, width: int, height: int) -> Detections:
    """Detections of a crop in pixels of the frame, without those that the crop's own edge cuts off.

    Args:
        found: in pixels of the crop.
        crop: `(4,)` where the crop lies on the frame.
        width, height: of the frame.
    """
    boxes = (found.boxes + np.tile(crop[:2], 2)).astype(np.float32)
    frame = np.array([0, 0, width, height], np.float32)
    inner = np.abs(crop - frame) > EDGE_PX  # sides of the crop that are not the frame's
    whole = ~np.any((np.abs(boxes - crop) < EDGE_PX) & inner, axis=1)
    return Detections(boxes, found.scores, found.labels)[whole]
