"""Draws a score for people: the DET curve, and what was seen and told along a film."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kitchenwatch.bench.events.outcome import Fate, Outcome
from kitchenwatch.bench.events.rates import seconds_needed
from kitchenwatch.bench.events.score import ALL, TARGETS, Film, Score
from kitchenwatch.bench.events.spans import Span
from kitchenwatch.bench.events.sweep import Det
from kitchenwatch.errors import MissingExtra
from kitchenwatch.model import Kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 110
# Paul Tol's "bright" scheme, which colour-blind people can tell apart.
COLOURS = {"no_hat": "#4477aa", "no_mask": "#228833", "smoking": "#ee6677", "phone_use": "#aa3377", ALL: "#222222"}
FATES = {
    Fate.HIT: "#228833",
    Fate.MISSED: "#ee6677",
    Fate.FALSE: "#ee6677",
    Fate.DUPLICATE: "#ccbb44",
    Fate.SET_ASIDE: "#bbbbbb",
}
BAR = 0.8
ZERO = 0.02  # where no false alarm at all is drawn, on an axis that has no zero


def require() -> None:
    """Raises MissingExtra if nothing can be drawn."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as missing:
        raise MissingExtra("drawing charts", "evaluate") from missing


def draw_det(score: Score, path: Path) -> None:
    """Share missed against false alarms a camera-day, a curve for each kind, as PNG."""
    figure = _figure(9.0, 6.0)
    axes = figure.add_subplot()
    for name, line in score.lines.items():
        if line.det:
            _curve(axes, line.det, f"{name}  ({line.counts.violations})", COLOURS[name])
    shown = max((line.false_alarms.hours for line in score.lines.values()), default=0.0)
    if shown:
        least = seconds_needed(1.0) / 3600 / shown
        axes.axvspan(ZERO / 2, least, color="#eeeeee", label=f"too low a rate to be shown by {shown:.3g} h")
    for target in TARGETS:
        axes.axvline(target, color="#999999", linestyle="--", linewidth=1)
    axes.set(xscale="log", ylim=(-0.02, 1.02), xlabel="false alarms a camera-day (left edge: none)", ylabel="missed")
    axes.set(title="Detection error trade-off; dot: as set")
    axes.set_xlim(left=ZERO / 2)
    axes.grid(alpha=0.3)
    axes.legend(title="kind  (violations)")
    figure.savefig(path, dpi=DPI)


def _curve(axes: "Axes", det: Det, name: str, colour: str) -> None:
    rates = [max(rate, ZERO) for rate in det.per_day.tolist()]
    axes.step(rates, det.missed, where="post", color=colour, label=name)
    axes.plot(rates[-1], det.missed[-1], "o", color=colour)


def draw_timeline(film: Film, outcomes: Mapping[Kind, Outcome], path: Path) -> None:
    """What people saw above what the system told, by kind, as PNG."""
    rows = [kind for kind in outcomes if film.truth.of(kind) or film.of(kind) or film.truth.unjudged(kind)]
    figure = _figure(11.0, 1.2 + 1.1 * max(1, len(rows)))
    axes = figure.add_subplot()
    names = list[str]()
    for kind in rows:
        names += _rows(axes, film, kind, outcomes[kind], len(names))
    axes.set(xlim=(0, film.truth.seconds), xlabel="seconds", title=film.name)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(max(len(names), 1) - 0.5, -0.5)
    axes.grid(axis="x", alpha=0.3)
    _legend(figure)
    figure.savefig(path, dpi=DPI)


def _rows(axes: "Axes", film: Film, kind: Kind, outcome: Outcome, first: int) -> list[str]:
    """Two rows of bars; their names."""
    for part in film.truth.unjudged(kind):
        axes.barh([first, first + 1], part.length, 1.0, part.begin, color="#f2f2f2", hatch="//", edgecolor="#cccccc")
    truths, alarms = film.truth.of(kind), film.of(kind)
    for place, (truth, fate) in enumerate(zip(truths, outcome.truths, strict=True)):
        _bar(axes, first, place, len(truths), truth.span, fate)
    for place, (alarm, fate) in enumerate(zip(alarms, outcome.alarms, strict=True)):
        _bar(axes, first + 1, place, len(alarms), alarm.span, fate)
        axes.plot(alarm.at, _centre(first + 1, place, len(alarms)), "|", color="black", markersize=9, markeredgewidth=2)
    return [f"{kind} seen", f"{kind} told"]


def _bar(axes: "Axes", row: int, place: int, among: int, span: Span, fate: Fate) -> None:
    axes.barh(
        _centre(row, place, among), span.length, BAR / among, span.begin, color=FATES[fate], edgecolor="white", zorder=2
    )


def _centre(row: int, place: int, among: int) -> float:
    """Bars of one row lie in lanes, so that those of the same time do not hide each other."""
    return row + BAR * ((place + 0.5) / among - 0.5)


def _legend(figure: "Figure") -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    colours = {
        "hit": Fate.HIT,
        "missed, or false": Fate.FALSE,
        "duplicate": Fate.DUPLICATE,
        "set aside": Fate.SET_ASIDE,
    }
    patches: list[Patch | Line2D] = [Patch(color=FATES[fate], label=name) for name, fate in colours.items()]
    told = Line2D([], [], color="black", marker="|", linestyle="", markersize=9, markeredgewidth=2, label="alarm")
    figure.legend(handles=[*patches, told], loc="outside lower center", ncols=5, frameon=False)


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.figure import Figure

    return Figure((width, height), layout="constrained")
