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
    ranked = found.strongest_first()
    scores = ranked.scores.copy()
    for label in APART:
        own = ranked.of(label).boxes
        shared = np.tril(iou(own, own), -1)  # of each with those that are stronger
        scores[ranked.labels == LABELS.index(label)] *= np.prod(1 - shared, axis=1)
    return Detections(ranked.boxes, scores, ranked.labels).strongest_first()
