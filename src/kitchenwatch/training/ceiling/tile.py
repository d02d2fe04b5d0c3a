"""A picture of a dataset as small as a ceiling camera would see it, with its boxes."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.ceiling.oblique import View, any_view
from kitchenwatch.training.dataset import Picture, Truth, as_truth

HEADS = (14.0, 40.0)  # pixels: heads 8 m and 3 m from a camera of 1080 rows and 80 degrees
VISIBLE = 0.6  # of a box; what shows less of itself is drawn no longer, but unknown
# What is shorter than this cannot be recognised, by people neither: heads and faces by height, things by their length.
SEEN = {
    Label.PERSON: 16.0,
    Label.HAT: 8.0,
    Label.NO_HAT: 8.0,
    Label.MASK: 8.0,
    Label.NO_MASK: 8.0,
    Label.CIGARETTE: 3.0,
    Label.PHONE: 3.0,
}
# The height of a head (23 cm) by what else is seen of people, the surest first: a face is 19 cm high, shoulders are
# 50 cm wide, a phone is 15 cm and a cigarette 8 cm long.
WIDE, HIGH, LONG = 0, 1, 2
HEAD_BY = (
    ((Label.HAT, Label.NO_HAT), HIGH, 1.0),
    ((Label.MASK, Label.NO_MASK), HIGH, 1.2),
    ((Label.PERSON,), WIDE, 0.45),
    ((Label.PHONE,), LONG, 1.5),
    ((Label.CIGARETTE,), LONG, 2.9),
)
NOBODY = 1 / 8  # of the height of a picture without people or things: a part of a room 1.8 m high
# A part in which a head's state is unknown is unknown for both states.
EITHER = ((Label.HAT, Label.NO_HAT), (Label.MASK, Label.NO_MASK))


@dataclass(frozen=True, slots=True)
class Tile:
    """A small picture.

    Attributes:
        name: of the picture it was made of.
        image: `(H, W, 3)` uint8 BGR.
        truth: in its pixels.
    """

    name: str
    image: NDArray[np.uint8]
    truth: Truth


def tile(picture: Picture, rows: NDArray[np.float32], rng: Generator) -> Tile:
    """The picture seen obliquely, and so small that the middle one of its heads has any height in `HEADS`.

    No picture is enlarged: it would show less than a camera does at that size. Raises DatasetError if it cannot be
    read.

    Args:
        rows: `(N, 5)`, its boxes.
    """
    image = picture.image()
    height, width = image.shape[:2]
    view = any_view(width, height, rng)
    boxes, unknown, share = _moved(as_truth(rows, width, height), view)
    wanted = math.exp(rng.uniform(*np.log(HEADS)))
    scale = min(1.0, wanted / head_height(boxes, view.height))
    small = _shrunk(view.image(image), scale)
    factor = np.tile(np.array(small.shape[1::-1]) / (view.width, view.height), 2).astype(np.float32)
    return Tile(picture.name, small, _recognisable(_scaled(boxes, factor), _scaled(unknown, factor), share))


def head_height(drawn: Detections, height: int) -> float:
    """How high heads are in a picture of that height, in pixels, judged by what is drawn on it."""
    for labels, way, factor in HEAD_BY:
        if len(known := drawn.of(*labels)):
            return factor * float(np.median(_sides(known.boxes)[:, way]))
    return NOBODY * height


def _moved(truth: Truth, view: View) -> tuple[Detections, Detections, NDArray[np.float32]]:
    """Drawn and unknown, as the view shows them, and the share of each drawn box that is seen."""
    boxes, share = view.things(truth.drawn.boxes)
    parts = view.parts(truth.unknown.boxes)
    drawn = Detections(boxes, truth.drawn.scores, truth.drawn.labels)
    return drawn, Detections(parts, truth.unknown.scores, truth.unknown.labels), share


def _recognisable(drawn: Detections, unknown: Detections, share: NDArray[np.float32]) -> Truth:
    """What is too small or too much cut off becomes unknown; what is not seen at all goes."""
    sides = _sides(drawn.boxes)
    size = np.where(
        np.isin(drawn.labels, _ids(Label.CIGARETTE, Label.PHONE)), sides.max(axis=1, initial=0), sides[:, 1]
    )
    least = np.array([SEEN[label] for label in LABELS], np.float32)[drawn.labels]
    clear = (size >= least) & (share >= VISIBLE)
    lost = _either(drawn[~clear & (share > 0)])
    both = Detections(
        np.concatenate([unknown.boxes, lost.boxes]),
        np.concatenate([unknown.scores, lost.scores]),
        np.concatenate([unknown.labels, lost.labels]),
    )
    return Truth(drawn[clear], both[_sides(both.boxes).min(axis=1, initial=np.inf) > 0])


def _either(lost: Detections) -> Detections:
    """The same boxes, those of heads and faces once for each state."""
    alike = {label: pair for pair in EITHER for label in pair}
    labels = [(index, state) for index, label in enumerate(lost.labels) for state in _states(LABELS[label], alike)]
    chosen = lost[np.array([index for index, _ in labels], np.int64)]
    return Detections(chosen.boxes, chosen.scores, np.array([state for _, state in labels], np.int64))


def _states(label: Label, alike: dict[Label, tuple[Label, Label]]) -> list[int]:
    return _ids(*alike.get(label, (label,)))


def _ids(*labels: Label) -> list[int]:
    return [LABELS.index(label) for label in labels]


def _scaled(found: Detections, factor: Boxes) -> Detections:
    return Detections((found.boxes * factor).astype(np.float32), found.scores, found.labels)


def _sides(boxes: Boxes) -> NDArray[np.float32]:
    """`(N, 3)` width, height, and the longer of them."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return np.column_stack([sides, sides.max(axis=1, initial=0)]).astype(np.float32)


def _shrunk(image: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size = max(2, round(image.shape[1] * scale)), max(2, round(image.shape[0] * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
