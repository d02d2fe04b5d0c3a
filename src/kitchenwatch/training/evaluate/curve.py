"""From matched detections to precision, recall and average precision, for any choice of pictures.

The evaluator gives one figure for all pictures; intervals and single sources need it for many choices of them, which
this does from the matches alone. On all pictures it gives the evaluator's own AP50.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import Label
from kitchenwatch.training.evaluate.gathered import Evidence
from kitchenwatch.training.evaluate.scores import IGNORED

RECALLS = np.linspace(0, 1, 101)  # at which COCO reads the precision off
RESAMPLES = 200  # enough for the ends of a 95 % interval to stand still within 0.005
SEED = 20250101

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """The detections of one label, strongest first, without those that count neither for nor against.

    Attributes:
        scores: `(N,)`.
        right: `(N,)` whether each matches a drawn box at IoU 0.5.
        picture: `(N,)` which picture each is of.
        drawn: `(pictures,)` boxes drawn on each picture.
    """

    scores: NDArray[np.float32]
    right: NDArray[np.bool_]
    picture: NDArray[np.int64]
    drawn: NDArray[np.int64]

    def average_precision(self, weights: Floats | None = None) -> float | None:
        """AP50 where each picture counts `weights` `(pictures,)` times; None if nothing is drawn on them."""
        weights = np.ones(len(self.drawn)) if weights is None else weights
        total = float(weights @ self.drawn)
        if not total:
            return None
        precision, recall = self._points(weights, total)
        best_beyond = np.maximum.accumulate(precision[::-1])[::-1]
        return float(np.append(best_beyond, 0)[np.searchsorted(recall, RECALLS)].mean())

    def points(self) -> tuple[Floats, Floats]:
        """`(N,)` precision and recall of the first 1, 2 … N detections."""
        return self._points(np.ones(len(self.drawn)), max(float(self.drawn.sum()), 1.0))

    def at(self, threshold: float) -> tuple[float | None, float | None]:
        """Precision and recall of what scores at least so much; None where nothing was found, or nothing drawn."""
        shown = self.scores >= threshold
        right, drawn = float((shown & self.right).sum()), int(self.drawn.sum())
        return (right / float(shown.sum()) if shown.any() else None), (right / drawn if drawn else None)

    def interval(self) -> tuple[float, float] | None:
        """95 % of AP50 when pictures are drawn again with replacement (percentile bootstrap, Efron 1979)."""
        count = len(self.drawn)
        choices = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), RESAMPLES)
        found = [value for value in map(self.average_precision, choices.astype(np.float64)) if value is not None]
        low, high = np.percentile(found, [2.5, 97.5]) if found else (0.0, 0.0)
        return (float(low), float(high)) if found else None

    def _points(self, weights: Floats, total: float) -> tuple[Floats, Floats]:
        weight = weights[self.picture]
        right, seen = np.cumsum(weight * self.right), np.cumsum(weight)
        return right / np.maximum(seen, 1e-9), right / total


def curve_of(evidence: Evidence, match: NDArray[np.int64], label: Label) -> Curve:
    """The curve of a label.

    Args:
        match: as the evaluator gives it (`Scores.match`).
    """
    chosen = np.flatnonzero(evidence.found.are(label) & (match != IGNORED))
    chosen = chosen[np.argsort(-evidence.found.boxes.scores[chosen], kind="stable")]
    return Curve(
        scores=evidence.found.boxes.scores[chosen],
        right=match[chosen] >= 0,
        picture=evidence.found.picture[chosen],
        drawn=np.bincount(evidence.drawn.picture[evidence.drawn.are(label)], minlength=evidence.pictures),
    )
