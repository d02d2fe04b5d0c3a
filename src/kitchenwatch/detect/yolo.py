"""What is the same for every engine: pictures into the network's input, its raw output into detections.

The raw output is that of Ultralytics' YOLO11 detection head: centre x, centre y, width and height in
pixels of the input, then one score per label (https://docs.ultralytics.com/models/yolo11/).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import Detections
from kitchenwatch.picture import Picture
from kitchenwatch.ports import Engine

Item = TypeVar("Item")

STRIDE = 32  # the network halves its input five times
GREY = 114  # the padding it was trained with (Ultralytics' letterbox)
BATCH = 8  # pictures in one run at most: bounds the memory that a crowd takes


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a picture lies inside the network's input.

    Attributes:
        scale: input pixels per picture pixel.
        left, top: padding in input pixels.
        width, height: of the picture, in its own pixels.
    """

    scale: float
    left: int
    top: int
    width: int
    height: int

    def to_picture(self, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Boxes `(N, 4)` from input pixels into picture pixels, cut at the picture's edges."""
        shift = np.array([self.left, self.top, self.left, self.top], np.float32)
        limit = np.array([self.width, self.height, self.width, self.height], np.float32)
        return np.asarray(np.clip((boxes - shift) / self.scale, 0, limit), np.float32)


def input_shape(width: int, height: int, long_side: int) -> tuple[int, int]:
    """(width, height) of the smallest input that holds the picture at that long side, in whole strides."""
    scale = long_side / max(width, height)
    return _whole_strides(width * scale), _whole_strides(height * scale)


def _whole_strides(pixels: float) -> int:
    return max(1, -(-round(pixels) // STRIDE)) * STRIDE


def letterbox(picture: Picture, width: int, height: int) -> tuple[NDArray[np.uint8], Placement]:
    """The picture, scaled to fit and centred on grey.

    Args:
        picture: of any size.
        width, height: of the canvas.

    Returns:
        The canvas `(height, width, 3)`, and where the picture lies on it.
    """
    columns, rows = picture.size
    scale = min(width / columns, height / rows)
    fitted = (min(width, max(1, round(columns * scale))), min(height, max(1, round(rows * scale))))
    left, top = (width - fitted[0]) // 2, (height - fitted[1]) // 2
    canvas = np.full((height, width, 3), GREY, np.uint8)
    canvas[top : top + fitted[1], left : left + fitted[0]] = picture.shrunk(*fitted)
    return canvas, Placement(scale, left, top, columns, rows)


def as_batch(canvases: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """Canvases `(H, W, 3)` uint8 BGR of one size as `(B, 3, H, W)` float32 RGB, 0 to 1."""
    rgb_planes = np.stack(canvases)[..., ::-1].transpose(0, 3, 1, 2)
    batch = np.ascontiguousarray(rgb_planes, np.float32)
    batch /= 255  # in place: another array of this size costs more than the division
    return batch


def decode(raw: NDArray[np.float32], placement: Placement, min_score: float, max_iou: float) -> Detections:
    """Detections of one picture.

    An anchor may speak for two labels (a head that could be `hat` or `no_hat`): both are kept, so that
    doubt stays visible to those who judge.

    Args:
        raw: `(4 + labels, anchors)`, the network's output for that picture.
        placement: as `letterbox` told it.
        min_score: what scores less is dropped.
        max_iou: of two boxes of one label that overlap more, the weaker is dropped.
    """
    label, anchor = np.nonzero(raw[4:] >= min_score)
    centre, half = raw[:2, anchor].T, raw[2:4, anchor].T / 2
    boxes = placement.to_picture(np.concatenate([centre - half, centre + half], axis=1))
    return suppress(Detections(boxes, raw[4:][label, anchor].astype(np.float32), label.astype(np.int64)), max_iou)


def suppress(found: Detections, max_iou: float) -> Detections:
    """Non-maximum suppression within each label, strongest first."""
    if not len(found):
        return found
    sides = np.concatenate([found.boxes[:, :2], found.boxes[:, 2:] - found.boxes[:, :2]], axis=1)
    keep = cv2.dnn.NMSBoxesBatched(sides.tolist(), found.scores.tolist(), found.labels.tolist(), 0.0, max_iou)
    return found[np.asarray(keep, np.int64)]


@dataclass(frozen=True, slots=True)
class Detector:
    """An engine with the processing before and after it.

    Attributes:
        min_score: what scores less is not reported.
        max_iou: see `decode`.
    """

    engine: Engine
    min_score: float = 0.05
    max_iou: float = 0.6

    def detect(self, pictures: Sequence[Picture], width: int, height: int) -> list[Detections]:
        """Detections of each picture, in its own pixels; one run of the engine.

        Args:
            pictures: of any size.
            width, height: of the network's input, multiples of `STRIDE`.
        """
        if not pictures:
            return []
        placed = [letterbox(picture, width, height) for picture in pictures]
        raw = self.engine.run(as_batch([canvas for canvas, _ in placed]))
        return [
            decode(output, placement, self.min_score, self.max_iou)
            for output, (_, placement) in zip(raw, placed, strict=True)
        ]


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in their order, at most `BATCH` at a time."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def merge(parts: Sequence[Detections]) -> Detections:
    """Detections of one picture from several looks, one after the other."""
    if not parts:
        return Detections.none()
    return Detections(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )
