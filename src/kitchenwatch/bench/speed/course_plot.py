"""Draws the course of a run over time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from kitchenwatch.bench.speed.course import Course, Span
from kitchenwatch.bench.speed.figures import Run
from kitchenwatch.bench.speed.plots import DPI, MB

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Paul Tol's "bright" scheme, which colour-blind people can tell apart.
BLUE, RED, GREEN = "#4477aa", "#ee6677", "#228833"
ROOM = 1.1  # above the highest point
# A camera may be looked at as rarely as every 10 s: looks are counted over a minute, or a third of a shorter run.
WINDOW_S = 60.0


def draw_course(run: Run, path: Path) -> None:
    """Memory, delay, price and looks over time, one below the other, as PNG."""
    from matplotlib.figure import Figure

    figure = Figure((11.0, 10.0), layout="constrained")
    rows = figure.subplots(4, 1, sharex=True)
    for axes, draw in zip(rows, (_memory, _delay, _price, _looks), strict=True):
        draw(axes, run.course.spans)
        axes.set_ylim(0, ROOM * axes.dataLim.ymax)
        axes.grid(alpha=0.3)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    rows[0].set(title=f"{run.cameras} cameras", xlim=(0, run.course.spans[-1].until / 60))
    rows[-1].set(xlabel="minutes")
    figure.savefig(path, dpi=DPI)


def _memory(axes: "Axes", spans: Sequence[Span]) -> None:
    _line(axes, spans, lambda span: span.memory and span.memory / MB, GREEN, "of the process")
    axes.set(ylabel="memory, MB")


def _delay(axes: "Axes", spans: Sequence[Span]) -> None:
    _line(axes, spans, lambda span: span.behind and span.behind[1], RED, "of 95 % of frames")
    _line(axes, spans, lambda span: span.behind and span.behind[0], BLUE, "median")
    axes.set(ylabel="delay, s")


def _price(axes: "Axes", spans: Sequence[Span]) -> None:
    _line(axes, spans, lambda span: span.price, RED, "of a look (0.1 to 0.95)")
    _line(axes, spans, lambda span: span.cores, BLUE, "cores used")
    axes.set(ylabel="price; cores")


def _looks(axes: "Axes", spans: Sequence[Span]) -> None:
    rates = windows(spans)
    for name, colour, of in (("half of the cameras", BLUE, median), ("the camera\nlooked at least", RED, min)):
        points = [(until / 60, of(looks)) for until, looks in rates]
        axes.plot(*zip(*points, strict=True), ".-", color=colour, label=f"at {name}")
    axes.set(ylabel="looks a minute")


def windows(spans: Sequence[Span]) -> list[tuple[float, list[float]]]:
    """Looks a minute at each camera over the last `WINDOW_S` or so, with the second up to which they are counted."""
    size = max(1, min(len(spans) // 3, round(WINDOW_S / spans[0].seconds)))
    parts = (spans[end - size : end] for end in range(size, len(spans) + 1))
    return [(part[-1].until, Course(tuple(part), ()).looks_a_minute) for part in parts]


def _line(axes: "Axes", spans: Sequence[Span], of: Callable[[Span], float | None], colour: str, name: str) -> None:
    known = [(span.until / 60, value) for span in spans if (value := of(span)) is not None]
    if known:
        axes.plot(*zip(*known, strict=True), ".-", color=colour, label=name)
