"""Draws what calibration measured for people to read, in English, as plotting libraries ship no Chinese letters."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kitchenwatch.detect.sightings import WORN, Abstain
from kitchenwatch.errors import MissingExtra
from kitchenwatch.training.reliability import Curve, Reliability
from kitchenwatch.training.states import ACCURACY_BAR, DOUBTS, UNJUDGED_BAR, Count, Head, trade_off

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 110
# Paul Tol's "bright" scheme, which colour-blind people can tell apart.
COLOURS = ("#4477aa", "#228833", "#ee6677", "#aa3377", "#ccbb44")


def draw_reliability(parts: Collection[Reliability], path: Path) -> None:
    """A row for each label or kind: the raw score on the left, the cross-validated belief on the right, as PNG.

    Args:
        parts: at least one.
    """
    figure = _figure(8.0, 3.2 * len(parts))
    rows = figure.subplots(len(parts), 2, squeeze=False)
    for (left, right), part in zip(rows, parts, strict=True):
        of = f"{part.name}: {part.positive} true of {int(part.raw.count.sum())}"
        _curve(left, part.raw, f"{of}\nraw score, ECE {part.raw.error:.3f}")
        told = f"calibrated (cross-validated), ECE {part.calibrated.error:.3f}\n(by chance alone {part.noise:.3f})"
        _curve(right, part.calibrated, told)
    figure.savefig(path, dpi=DPI)


def draw_trade_off(heads: Sequence[Head], path: Path) -> None:
    """Accuracy against the share left unjudged, on heads of 16 to 40 px, a panel for each kind, as PNG."""
    figure = _figure(11.0, 5.0)
    for axes, (kind, labels) in zip(figure.subplots(1, 2), WORN.items(), strict=True):
        settings = trade_off(heads, labels)
        for doubt, colour in zip(DOUBTS, COLOURS, strict=True):
            _line(axes, [one for one in settings if one[0].doubt == doubt], f"doubt {doubt}", colour)
        _bar(axes)
        axes.set(title=f"{kind}: {settings[0][1].heads} heads of 16 to 40 px", xlabel="left unjudged", ylabel="right")
        axes.set(xlim=(0, 1), ylim=(0.8, 1.005))
        axes.legend(title="numbers: sure\ncircle: as shipped", loc="lower right", fontsize=8)
    figure.savefig(path, dpi=DPI)


def _figure(width: float, height: float) -> "Figure":
    try:
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise MissingExtra("drawing charts", "evaluate") from missing
    return Figure((width, height), layout="constrained")


def _curve(axes: "Axes", curve: Curve, title: str) -> None:
    axes.plot([0, 1], [0, 1], color="#999999", linewidth=1)
    axes.plot(curve.believed, curve.right, "o-", color=COLOURS[0], markersize=4)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=f"believed ({_sizes(curve)} in a bin)", ylabel="true")
    axes.set_title(title, fontsize=9)
    axes.grid(alpha=0.3)


def _sizes(curve: Curve) -> str:
    low, high = int(curve.count.min()), int(curve.count.max())
    return f"{low}" if low == high else f"{low} to {high}"


def _line(axes: "Axes", settings: list[tuple[Abstain, Count]], name: str, colour: str) -> None:
    judged = [(setting, count) for setting, count in settings if count.judged]
    points: Any = [(count.unjudged, count.accuracy) for _, count in judged]
    axes.plot(*zip(*points, strict=True), ".-", color=colour, label=name)
    for (setting, _), point in zip(judged, points, strict=True):
        if setting.sure in (0.1, 0.25, 0.5, 0.8):
            axes.annotate(f"{setting.sure}", point, fontsize=7, color=colour)
        if setting == Abstain():
            axes.plot(*point, "o", markersize=12, fillstyle="none", color="black")


def _bar(axes: "Axes") -> None:
    """What is asked for: upper left of these lines."""
    axes.axhline(ACCURACY_BAR, color="#999999", linestyle="--", linewidth=1)
    axes.axvline(UNJUDGED_BAR, color="#999999", linestyle="--", linewidth=1)
    axes.grid(alpha=0.3)
