"""What an evaluation says, as one value that prints as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import LABELS, Kind, Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training import false_sights, states
from kitchenwatch.training.evaluate.belief import Belief, beliefs
from kitchenwatch.training.evaluate.curve import Curve, curve_of
from kitchenwatch.training.evaluate.gathered import Evidence, Gathered, gather
from kitchenwatch.training.evaluate.heads import SIZES, in_size
from kitchenwatch.training.evaluate.run import Examined
from kitchenwatch.training.evaluate.scores import Scores, score

FEW = 10  # drawn boxes: with fewer, a source's figure says nothing
DIGITS = 4


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """One label on all pictures; None where there is nothing to divide by.

    Attributes:
        boxes: drawn.
        ap50, ap50_95: COCO's average precision.
        interval: 95 % bootstrap interval of `ap50` by picture.
        threshold: the shipped score, at which `precision` and `recall` are told.
    """

    boxes: int
    ap50: float | None
    interval: tuple[float, float] | None
    ap50_95: float | None
    threshold: float | None
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """One label at one size of head: boxes drawn, AP50, and recall at the shipped threshold."""

    boxes: int
    ap50: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures.

    Attributes:
        about: what was evaluated on what.
        labels: by label.
        sizes: by label and size of head in px.
        sources: AP50 by source of the pictures and label, where at least `FEW` boxes are drawn.
        states: accuracy of hat and mask with abstention, by kind and size of head (see `training.states`).
        false_sights: of smoking and phone use, by kind (see `training.false_sights`); empty without a calibration.
        reliability: expected calibration error by label; empty where nothing was found.
    """

    about: Mapping[str, Any]
    labels: Mapping[Label, LabelFigures]
    sizes: Mapping[Label, Mapping[str, SizeFigures]]
    sources: Mapping[str, Mapping[Label, float]]
    states: Mapping[str, Any]
    false_sights: Mapping[Kind, Mapping[str, Any]]
    reliability: Mapping[Label, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """Plain values, figures to four digits."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The report with what it was made of, for plots and sheets.

    Attributes:
        evidence: all boxes.
        match: of the detections, see `scores.Scores`.
        curves: by label.
        beliefs: by label, where anything was found.
    """

    report: Report
    evidence: Evidence
    match: NDArray[np.int64]
    curves: Mapping[Label, Curve]
    beliefs: Mapping[Label, Belief]


def measure(
    examined: Sequence[Examined],
    thresholds: Mapping[Label, float | None],
    about: Mapping[str, Any],
    calibration: Calibration | None = None,
) -> Evaluation:
    """All figures of a split.

    Args:
        examined: every picture of the split.
        thresholds: the shipped scores by label.
        about: goes into the report as it is.
        calibration: of the model, if it has one.
    """
    evidence = gather(examined)
    scores = score(evidence)
    curves = {label: curve_of(evidence, scores.match, label) for label in LABELS}
    believed = beliefs(evidence, scores.match, calibration)
    report = Report(
        about=about,
        labels={label: _label(scores, label, curves[label], thresholds[label]) for label in LABELS},
        sizes={label: _sizes(evidence, scores, label, thresholds[label]) for label in LABELS},
        sources=_sources(examined, curves),
        states=states.measure(head for one in examined for head in one.heads).as_json(),
        false_sights=_false_sights(examined, calibration),
        reliability={label: belief.as_json() for label, belief in believed.items()},
    )
    return Evaluation(report, evidence, scores.match, curves, believed)


def _false_sights(examined: Sequence[Examined], calibration: Calibration | None) -> dict[Kind, dict[str, Any]]:
    if calibration is None:
        return {}
    known = (example for one in examined for example in one.examples)
    return {kind: found.as_json() for kind, found in false_sights.measure(known, calibration).items()}


def caught(drawn: int, found: Gathered, match: NDArray[np.int64]) -> NDArray[np.float32]:
    """`(drawn,)` the score of the detection that matches each drawn box, 0 where none does."""
    best = np.zeros(drawn, np.float32)
    best[match[match >= 0]] = found.boxes.scores[match >= 0]
    return best


def _label(scores: Scores, label: Label, curve: Curve, threshold: float | None) -> LabelFigures:
    precision, recall = (None, None) if threshold is None else curve.at(threshold)
    return LabelFigures(
        boxes=int(curve.drawn.sum()),
        ap50=scores.ap50[label],
        interval=curve.interval(),
        ap50_95=scores.ap50_95[label],
        threshold=threshold,
        precision=precision,
        recall=recall,
    )


def _sizes(evidence: Evidence, scores: Scores, label: Label, threshold: float | None) -> dict[str, SizeFigures]:
    best = caught(len(evidence.drawn), evidence.found, scores.match)
    figures: dict[str, SizeFigures] = {}
    for size in SIZES:
        these = evidence.drawn.are(label) & in_size(evidence.drawn.head_px, size)
        recall = None if threshold is None or not these.any() else float((best[these] >= threshold).mean())
        figures[size] = SizeFigures(int(these.sum()), scores.ap50_by_size[label][size], recall)
    return figures


def _sources(examined: Sequence[Examined], curves: Mapping[Label, Curve]) -> dict[str, dict[Label, float]]:
    source = np.array([one.picture.source for one in examined])
    figures: dict[str, dict[Label, float]] = {}
    for name in np.unique(source).tolist():
        of_it = (source == name).astype(np.float64)
        enough = [label for label, curve in curves.items() if of_it @ curve.drawn >= FEW]
        figures[name] = {label: curves[label].average_precision(of_it) or 0.0 for label in enough}
    return figures


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value
