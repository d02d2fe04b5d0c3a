"""Whether a detection believed with 80 % is right eight times in ten, by its score and by the shipped calibration.

Unlike `training.reliability`, nothing is fitted here: the file beside the model is taken as it is. On the very pictures
that it was fitted on its figure is too kind; the report tells which those were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import LABELS, Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.evaluate.gathered import Evidence
from kitchenwatch.training.evaluate.scores import IGNORED
from kitchenwatch.training.reliability import Curve, curve

FROM = 0.05  # fainter detections are kept for AP only; the product never sees them


@dataclass(frozen=True, slots=True)
class Belief:
    """Of one label.

    Attributes:
        right: how many detections match a drawn box.
        raw: of the scores.
        calibrated: of the calibration; None without one.
    """

    right: int
    raw: Curve
    calibrated: Curve | None

    def as_json(self) -> dict[str, Any]:
        """Counts and expected calibration errors."""
        return {
            "detections": int(self.raw.count.sum()),
            "right": self.right,
            "ece_raw": self.raw.error,
            "ece": None if self.calibrated is None else self.calibrated.error,
        }


def beliefs(evidence: Evidence, match: NDArray[np.int64], calibration: Calibration | None) -> Mapping[Label, Belief]:
    """By label, where anything was found.

    Args:
        match: of the detections, as the evaluator gives it (`Scores.match`).
    """
    counted = (match != IGNORED) & (evidence.found.boxes.scores >= FROM)
    parts = {label: np.flatnonzero(counted & evidence.found.are(label)) for label in LABELS}
    return {label: _belief(evidence, match, label, part, calibration) for label, part in parts.items() if len(part)}


def _belief(
    evidence: Evidence,
    match: NDArray[np.int64],
    label: Label,
    part: NDArray[np.intp],
    calibration: Calibration | None,
) -> Belief:
    found, right = evidence.found.boxes[part], match[part] >= 0
    calibrated = None
    if calibration is not None:
        pairs = zip(found.scores.tolist(), found.boxes, strict=True)
        calibrated = curve(np.array([calibration.chance(label, score, box) for score, box in pairs]), right)
    return Belief(int(right.sum()), curve(found.scores.astype(np.float64), right), calibrated)
