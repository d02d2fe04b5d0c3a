"""A second network looks at each thing that was found, alone and from near, and its score becomes what both say.

The detector finds nearly all there is (97 % of hats, 93 % of cigarettes at scores from 0.01 on); what it lacks is order
among them. A classifier that sees one candidate at a time, always at the same size, makes other mistakes than a
detector: decoupled classification refinement (Cheng et al., Revisiting RCNN, ECCV 2018,
https://arxiv.org/abs/1803.06799). Score and belief are multiplied there; here it is their geometric mean, so that
scores keep their scale.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.yolo import GREY, as_batch
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.odds import logit
from kitchenwatch.picture import Picture, scaled
from kitchenwatch.ports import Engine

VERIFIED = (Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK, Label.CIGARETTE, Label.PHONE)  # the network's outputs
RIVALS = (
    (Label.HAT, Label.NO_HAT),
    (Label.MASK, Label.NO_MASK),
    (Label.CIGARETTE, Label.PHONE),
)  # what is one of them is not the other
RIVAL = {label: rival for pair in RIVALS for label, rival in (pair, pair[::-1])}
SIDE = 160  # of its input
# Side of the square around a thing, in its longer sides: a head says itself what it wears, a cigarette needs the hand.
CONTEXT = {label: 3.2 if label in (Label.CIGARETTE, Label.PHONE) else 2.0 for label in VERIFIED}
DIMMED = 0.5  # brightness of what is around the box: so the network knows which thing is meant
AT_ONCE = 16  # in one run of the engine


@dataclass(frozen=True, slots=True)
class Verifier:
    """What the second network thinks of boxes.

    Attributes:
        engine: `(B, 3, SIDE, SIDE)` in, `(B, 6)` out: the belief in each of `VERIFIED`, 0 to 1.
    """

    engine: Engine

    def verified(self, picture: Picture, found: Detections) -> Detections:
        """The same boxes in the same order, with the scores of both networks; people are left as they are."""
        scores = found.scores.copy()
        asked = [index for index, label in enumerate(found.labels) if LABELS[label] in CONTEXT]
        for start in range(0, len(asked), AT_ONCE):
            part = asked[start : start + AT_ONCE]
            labels = [LABELS[found.labels[index]] for index in part]
            beliefs = self.beliefs(picture, found.boxes[part], labels)
            scores[part] = np.sqrt(found.scores[part] * beliefs)
        return Detections(found.boxes, scores, found.labels)

    def contradicts(
        self,
        picture: Picture,
        boxes: Boxes,
        labels: Sequence[Label],
        scores: NDArray[np.float32],
        rivals: NDArray[np.float32],
    ) -> NDArray[np.bool_]:
        """`(N,)` whether both networks together rather see the label's rival: a hat, where bare hair is said to be.

        Their log odds are added, as if they erred independently.

        Args:
            picture: of any size.
            boxes: `(N, 4)` in its pixels.
            labels: what each is said to show.
            scores, rivals: `(N,)` the detector's, of these labels and of their rivals.
        """
        beliefs = self._beliefs(picture, boxes, labels)
        own, rival = (_chosen(beliefs, part) for part in (labels, [RIVAL[label] for label in labels]))
        words = zip(scores, rivals, own, rival, strict=True)
        return np.array([logit(a) - logit(b) + logit(c) - logit(d) < 0 for a, b, c, d in words], np.bool_)

    def beliefs(self, picture: Picture, boxes: Boxes, labels: Sequence[Label]) -> NDArray[np.float32]:
        """`(N,)` how sure the network is that each box `(N, 4)`, in pixels of the picture, shows that label."""
        return _chosen(self._beliefs(picture, boxes, labels), labels)

    def _beliefs(self, picture: Picture, boxes: Boxes, labels: Sequence[Label]) -> NDArray[np.float32]:
        """`(N, 6)`: in each of `VERIFIED`."""
        seen = [close_up(picture, box, CONTEXT[label]) for box, label in zip(boxes, labels, strict=True)]
        return self.engine.run(as_batch(seen))


def _chosen(beliefs: NDArray[np.float32], labels: Sequence[Label]) -> NDArray[np.float32]:
    return np.asarray(beliefs[np.arange(len(labels)), [VERIFIED.index(label) for label in labels]], np.float32)


def close_up(picture: Picture, box: Boxes, context: float) -> NDArray[np.uint8]:
    """`(SIDE, SIDE, 3)`: the square around a box, its surroundings dimmed; grey where the picture ends.

    Args:
        picture: of any size.
        box: `(4,)` in its pixels.
        context: the square's side, in the longer sides of the box.
    """
    width, height = picture.size
    side = max(context * float((box[2:] - box[:2]).max()), 8.0)
    corner = (box[:2] + box[2:]) / 2 - side / 2
    scale = SIDE / side
    low = np.clip(np.floor(corner), 0, (width - 1, height - 1)).astype(int)
    high = np.maximum(np.clip(np.ceil(corner + side), 1, (width, height)).astype(int), low + 1)
    canvas = np.full((SIDE, SIDE, 3), GREY, np.uint8)
    _place(canvas, picture.crop(*low, *high), np.round((low - corner) * scale).astype(int), scale)
    inner = np.clip(np.round((box.reshape(2, 2) - corner) * scale).astype(int), 0, SIDE)
    (left, top), (right, bottom) = inner
    dimmed = np.asarray(cv2.convertScaleAbs(canvas, alpha=DIMMED), np.uint8)
    dimmed[top:bottom, left:right] = canvas[top:bottom, left:right]
    return dimmed


def _place(canvas: NDArray[np.uint8], part: NDArray[np.uint8], at: NDArray[np.int64], scale: float) -> None:
    """Draw a part of the picture, scaled, with its upper left corner at (x, y) of the canvas, cut at its edges."""
    rows, columns = (max(1, round(length * scale)) for length in part.shape[:2])
    fitted = scaled(part, columns, rows)
    left, top = (max(0, int(offset)) for offset in at)
    spare = left - int(at[0]), top - int(at[1])
    room = fitted[spare[1] : spare[1] + SIDE - top, spare[0] : spare[0] + SIDE - left]
    canvas[top : top + room.shape[0], left : left + room.shape[1]] = room
