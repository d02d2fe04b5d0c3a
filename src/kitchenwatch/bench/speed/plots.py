"""Draws what cameras cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kitchenwatch.bench.speed.figures import OTHER, STAGES, Run
from kitchenwatch.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DPI = 110
MB = 1e6
# Paul Tol's "muted" scheme, which colour-blind people can tell apart; grey for the rest.
COLOURS = (
    "#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#661100",
    "#bbbbbb",
)  # fmt: skip


def require() -> None:
    """Raises MissingExtra if nothing can be drawn."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as missing:
        raise MissingExtra("drawing charts", "evaluate") from missing


def draw_cost(runs: Sequence[Run], path: Path) -> None:
    """Cores used and memory against cameras, and what a camera takes by stage, as PNG."""
    from matplotlib.figure import Figure

    figure = Figure((15.0, 4.5), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    _cores(left, runs)
    _memory(middle, runs)
    _stages(right, runs)
    figure.savefig(path, dpi=DPI)


def _cores(axes: "Axes", runs: Sequence[Run]) -> None:
    for kept_up, marker, name in ((True, "o", "in real time"), (False, "x", "not in real time")):
        chosen = [run for run in runs if run.real_time is kept_up]
        if chosen:
            axes.plot(
                [run.cameras for run in chosen],
                [run.cpu / run.wall for run in chosen],
                marker,
                color="#332288",
                label=name,
            )
    most, first = max(run.cameras for run in runs), runs[0]
    axes.plot([0, most], [0, most * first.per_second], "--", color="#999999", label="in proportion to the first run")
    axes.set(xlabel="cameras", ylabel="cores", title="CPU time used", xlim=(0, None), ylim=(0, None))
    axes.set_xticks([run.cameras for run in runs])
    axes.grid(alpha=0.3)
    axes.legend()


def _memory(axes: "Axes", runs: Sequence[Run]) -> None:
    known = sorted((run.cameras, run.grown / MB) for run in runs if run.grown is not None)
    if known:
        axes.plot(*zip(*known, strict=True), "o", color="#117733", label="for all cameras")
    if len(dict(known)) > 1:
        (few, least), (many, most) = ends = known[0], known[-1]
        each = f"{(most - least) / (many - few):.0f} MB for each further camera"
        axes.plot(*zip(*ends, strict=True), "--", color="#999999", label=each)
    axes.set(xlabel="cameras", ylabel="MB", title="memory of the process", xlim=(0, None), ylim=(0, None))
    axes.set_xticks([run.cameras for run in runs])
    axes.grid(alpha=0.3)
    axes.legend()


def _stages(axes: "Axes", runs: Sequence[Run]) -> None:
    names = [str(run.cameras) for run in runs]
    below = [0.0] * len(runs)
    for stage, colour in zip((*STAGES, OTHER), COLOURS, strict=True):
        heights = [1000 * run.stages[stage] / run.seconds for run in runs]
        axes.bar(names, heights, bottom=below, color=colour, label=stage)
        below = [each + height for each, height in zip(below, heights, strict=True)]
    axes.set(xlabel="cameras", ylabel="CPU-milliseconds", title="a second of each camera")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, reverse=True)
