"""Draws curves for people to read, in English, as plotting libraries ship no Chinese letters."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.evaluate.belief import Belief
from kitchenwatch.training.evaluate.curve import Curve
from kitchenwatch.training.evaluate.report import LabelFigures

INCHES = (9.0, 6.0)
DPI = 150
# Paul Tol's "bright" scheme, which colour-blind people can tell apart.
COLOURS = (
    "#4477aa",
    "#228833",
    "#ee6677",
    "#66ccee",
    "#aa3377",
    "#ccbb44",
    "#555555",
)


def precision_recall(curves: Mapping[Label, Curve], figures: Mapping[Label, LabelFigures], path: Path) -> None:
    """One curve a label; a dot marks the shipped threshold."""
    from matplotlib.figure import Figure

    figure = Figure(INCHES, layout="constrained")
    axes = figure.add_subplot()
    for (label, curve), colour in zip(curves.items(), COLOURS, strict=True):
        told = figures[label]
        if told.ap50 is None:
            continue
        precision, recall = curve.points()
        axes.plot(recall, precision, color=colour, label=f"{label}  {told.ap50:.3f}  ({told.boxes})")
        if told.precision is not None and told.recall is not None:
            axes.plot(told.recall, told.precision, "o", color=colour)
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02), title="Precision and recall at IoU 0.5")
    axes.set(xticks=np.linspace(0, 1, 11), yticks=np.linspace(0, 1, 11))
    axes.grid(alpha=0.3)
    figure.legend(title="label  AP50  (boxes)\ndot: shipped threshold", loc="outside right upper")
    figure.savefig(path, dpi=DPI)


def reliability(beliefs: Mapping[Label, Belief], path: Path) -> None:
    """What was believed against what was so, one curve a label: by the scores, and by the calibration if any."""
    from matplotlib.figure import Figure

    figure = Figure((11.0, 5.5), layout="constrained")
    for place, title in enumerate(("scores as they are", "calibrated"), 1):
        axes = figure.add_subplot(1, 2, place)
        axes.plot([0, 1], [0, 1], color="#bbbbbb", linestyle="--")
        for label, belief in beliefs.items():
            curve = belief.raw if place == 1 else belief.calibrated
            if curve is not None:
                name = f"{label}  {curve.error:.3f}"
                axes.plot(curve.believed, curve.right, ".-", color=COLOURS[LABELS.index(label)], label=name)
        axes.set(xlabel="believed", ylabel="right", xlim=(0, 1), ylim=(0, 1), title=title, aspect="equal")
        axes.grid(alpha=0.3)
        if len(axes.lines) > 1:
            axes.legend(title="label  expected error", loc="upper left")
    figure.savefig(path, dpi=DPI)
