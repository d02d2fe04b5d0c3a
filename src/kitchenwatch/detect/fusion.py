"""One answer from several looks at one picture: weighted boxes fusion.

Boxes of one label that overlap are one thing: its box is their mean, weighed by their scores, and its score is the mean
over all looks that could have seen it, those that did not counting as zero. What one look imagines, others rarely do.
Solovyev, Wang and Gabruseva, Weighted boxes fusion, Image and Vision Computing 107 (2021), https://arxiv.org/abs/1910.13302.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, iou
from kitchenwatch.model import LABELS, Detections, Label

SAME_THING = 0.5  # boxes that overlap the mean so far more than this (IoU)
SMALLEST_PX = 12.0  # a look that shows a thing smaller than this could not have seen it
CUT_PX = 2.0  # what comes so near a region's edge is cut off by it, as `crops.lift` has it


@dataclass(frozen=True, slots=True)
class View:
    """One look at a part of a picture.

    Attributes:
        found: in pixels of the picture.
        region: `(4,)` the part, in pixels of the picture.
        scale: pixels of the network's input per pixel of the picture.
        labels: that the look looked for.
    """

    found: Detections
    region: Boxes
    scale: float
    labels: tuple[Label, ...] = LABELS


def fuse(views: Sequence[View], width: int, height: int) -> Detections:
    """What the views of a picture of that size say together, in its pixels, strongest first."""
    fused = [_fused([view for view in views if label in view.labels], label, width, height) for label in LABELS]
    boxes, scores = (np.concatenate(part).astype(np.float32) for part in zip(*fused, strict=True))
    labels = np.repeat(np.arange(len(LABELS)), [len(found) for _, found in fused])
    return Detections(boxes, scores, labels).strongest_first()


def _fused(views: Sequence[View], label: Label, width: int, height: int) -> tuple[Boxes, NDArray[np.float32]]:
    """Boxes `(N, 4)` and scores `(N,)` of one label."""
    parts = [view.found.of(label) for view in views]
    if not sum(map(len, parts)):
        return np.zeros((0, 4), np.float32), np.zeros(0, np.float32)
    boxes, scores = (np.concatenate([getattr(part, name) for part in parts]) for name in ("boxes", "scores"))
    view = np.repeat(np.arange(len(views)), [len(part) for part in parts])
    thing, mean = _things(boxes, scores)
    best = np.zeros((len(mean), len(views)), np.float32)
    np.maximum.at(best, (thing, view), scores)
    asked = _could_see(views, mean, width, height) | (best > 0)
    return mean, best.sum(axis=1) / asked.sum(axis=1)


def _things(boxes: Boxes, scores: NDArray[np.float32]) -> tuple[NDArray[np.int64], Boxes]:
    """Of each box the number of its thing, and the mean box `(things, 4)` of each."""
    thing = np.zeros(len(boxes), np.int64)
    total, weight = np.zeros((len(boxes), 4), np.float32), np.zeros((len(boxes), 1), np.float32)
    count = 0
    for index in np.argsort(-scores, kind="stable"):
        overlap = iou(total[:count] / weight[:count], boxes[index][None])[:, 0]
        thing[index] = overlap.argmax() if overlap.max(initial=0) > SAME_THING else count
        count = max(count, int(thing[index]) + 1)
        total[thing[index]] += scores[index] * boxes[index]
        weight[thing[index]] += scores[index]
    return thing, total[:count] / weight[:count]


def _could_see(views: Sequence[View], boxes: Boxes, width: int, height: int) -> NDArray[np.bool_]:
    """`(boxes, views)`: whether the box lies whole in what was looked at, and was not too small there."""
    regions = np.stack([view.region for view in views])
    frame = np.array([0, 0, width, height], np.float32)
    spare = np.where(np.abs(regions - frame) < CUT_PX, -np.inf, CUT_PX)  # the frame's own edge cuts nothing off
    low = boxes[:, None, :2] >= regions[None, :, :2] + spare[None, :, :2]
    high = boxes[:, None, 2:] <= regions[None, :, 2:] - spare[None, :, 2:]
    shown = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)[:, None] * np.array([view.scale for view in views])
    return np.asarray(low.all(axis=2) & high.all(axis=2) & (shown >= SMALLEST_PX), np.bool_)
