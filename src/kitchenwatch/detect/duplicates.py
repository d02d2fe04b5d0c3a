"""Less for what was told already: a box that overlaps a stronger one of its label is likely the same thing again.

Fusion joins boxes that overlap by half. Of a thing a few pixels wide the looks' boxes often overlap by less, and stay
two. A score is multiplied by one less the overlap with each stronger box (Soft-NMS in its linear form, Bodla et al.,
ICCV 2017, https://arxiv.org/abs/1704.04503). People are left alone: they do stand before one another.
"""

import numpy as np

from kitchenwatch.geometry import iou
from kitchenwatch.model import LABELS, Detections, Label

APART = tuple(label for label in Label if label is not Label.PERSON)  # no two of them overlap much


def softened(found: Detections) -> Detections:
    """The same boxes, strongest first, with lower scores for what a stronger one tells already."""
    scores = found.scores.copy()
    order = np.argsort(-found.scores, kind="stable")
    for label in APART:
        own = order[found.labels[order] == LABELS.index(label)]
        shared = np.tril(iou(found.boxes[own], found.boxes[own]), -1)  # of each with those that are stronger
        scores[own] *= np.prod(1 - shared, axis=1)
    return Detections(found.boxes, scores, found.labels)[np.argsort(-scores, kind="stable")]
