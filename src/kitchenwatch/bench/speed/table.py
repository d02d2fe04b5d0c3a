"""What was measured as tables that a person reads on a screen of 80 columns."""

from collections.abc import Iterator, Sequence
from statistics import median

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from kitchenwatch.bench.speed.course import Thirds
from kitchenwatch.bench.speed.figures import OTHER, OURS, PLAIN, STAGES, STOCK, FilmCost, Measured, Run
from kitchenwatch.model import Attentiveness

UNKNOWN = "–"
NAME = 24  # letters of a film's name
SHORT = 8  # where it heads a column
MB = 1e6


def tables(measured: Measured) -> Iterator[RenderableType]:
    """Films straight from their files; cameras; what each stage takes in both."""
    yield _films(measured)
    if measured.runs:
        yield _cameras(measured)
        yield _strain(measured.runs)
        yield _course(measured.runs)
    yield _stages(measured)


def notes(measured: Measured) -> Iterator[str]:
    """What the figures do not tell, in words."""
    yield from measured.missing
    late = [str(run.cameras) for run in measured.runs if not run.real_time]
    if measured.bytes_per_camera is not None:
        yield f"each further camera takes {measured.bytes_per_camera / MB:.0f} MB"
    for run in measured.runs:
        yield from _alarms(run)
    if late:
        yield f"not in real time: {', '.join(late)} cameras; their costs hold for the frames that were looked at"


def _alarms(run: Run) -> Iterator[str]:
    if run.alarms:
        opened, seen = (median(delays) for delays in run.delays)
        yield (
            f"{run.cameras} cameras: {len(run.alarms)} alarms, in the store {opened:.1f} s after the violation began, "
            f"{seen:.2f} s after the frame that raised them came (medians)"
        )


def _films(measured: Measured) -> RenderableType:
    table = _table("film", "way", "people", "CPU-s/s", "×real time", "×ours")
    told = "straight from the file, on one thread; CPU-seconds per second of film; ×ours: how much dearer"
    for cost in measured.films:
        ours = next(each for each in measured.films if (each.film, each.way) == (cost.film, OURS))
        dearer = UNKNOWN if cost is ours else f"{cost.per_second / ours.per_second:.1f}"
        table.add_row(
            _name(cost), cost.way, f"{cost.people:.1f}", f"{cost.per_second:.4f}", f"{cost.speed:.3g}", dearer
        )
    return _captioned(table, told)


def _cameras(measured: Measured) -> RenderableType:
    table = _table("cameras", "CPU-s/s", "a core", "real time", "÷plain", "÷stock", "MB", "people")
    told = (
        "CPU-seconds per camera-second; cameras that one core could serve; times less than the yardsticks; "
        "what all cameras added to the memory of the process"
    )
    for run in measured.runs:
        ratios = (_figure(measured.ratio(run, way), ".1f") for way in (PLAIN, STOCK))
        memory = None if run.grown is None else run.grown / MB
        figures = (f"{run.per_second:.4f}", f"{run.per_core:.1f}", "yes" if run.real_time else "no", *ratios)
        table.add_row(str(run.cameras), *figures, _figure(memory, ".0f"), f"{run.people:.1f}")
    return _captioned(table, told)


def _strain(runs: Sequence[Run]) -> RenderableType:
    table = _table("cameras", "frames/s", "skipped", "behind s", "p95", "worst", "price", "waited s")
    told = (
        "frames looked at per camera-second; seconds from a frame's coming to its being judged; "
        "of attention: what a look must be worth at worst (0.1 to 0.95), and how long a camera waited for one"
    )
    for run in runs:
        behind = (f"{seconds:.2f}" for seconds in run.behind)
        rate = f"{run.frames / run.seconds:.2f}"
        table.add_row(
            str(run.cameras), rate, f"{run.skipped_share:.1%}", *behind, f"{run.price:.2f}", f"{run.waited:.1f}"
        )
    return _captioned(table, told)


def _course(runs: Sequence[Run]) -> RenderableType:
    table = _table("cameras", "MB", "then", "p95 s", "then", "least/min", "median", "gap s", "overload")
    told = (
        "memory of the process and p95 of the delay in the first third of the run, then in the last; looks a minute "
        "at the camera looked at least, and at half of them; longest time without a look at any camera; share of the "
        "time that console and metrics tell of overload"
    )
    for run in runs:
        course, looks = run.course, run.course.looks_a_minute
        grown = (*_thirds(course.memory, MB, ".0f"), *_thirds(course.late, 1.0, ".2f"))
        rates = (f"{min(looks):.1f}", f"{median(looks):.1f}", f"{max(course.gaps):.1f}", f"{course.overloaded:.0%}")
        table.add_row(str(run.cameras), *grown, *rates)
    return _captioned(table, told)


def _thirds(figure: Thirds | None, unit: float, shape: str) -> tuple[str, str]:
    return (
        (UNKNOWN, UNKNOWN)
        if figure is None
        else (format(figure.first / unit, shape), format(figure.last / unit, shape))
    )


def _stages(measured: Measured) -> RenderableType:
    costs: list[FilmCost | Run] = [*(cost for cost in measured.films if cost.way == OURS), *measured.runs]
    table = _table("stage", *(_short(cost) for cost in costs))
    told = "CPU-milliseconds per second of video; below, share of the time in each state of attention"
    for name in (*STAGES, OTHER):
        table.add_row(name, *(f"{1000 * cost.stages[name] / cost.seconds:.2f}" for cost in costs))
    table.add_section()
    for state in Attentiveness:
        table.add_row(state, *(f"{cost.states.get(state, 0.0):.0%}" for cost in costs))
    return _captioned(table, told)


def _short(cost: FilmCost | Run) -> str:
    return f"{cost.cameras} cams" if isinstance(cost, Run) else cost.film[:SHORT]


def _table(*headings: str) -> Table:
    return Table(*headings, box=SIMPLE, padding=(0, 1, 0, 0))


def _captioned(table: Table, text: str) -> RenderableType:
    """Across the screen: rich would squeeze a caption into the width of its table."""
    return Group(table, Text(text, style="italic"))


def _name(cost: FilmCost) -> str:
    return cost.film if len(cost.film) <= NAME else f"{cost.film[: NAME - 1]}…"


def _figure(value: float | None, shape: str) -> str:
    return UNKNOWN if value is None else format(value, shape)
