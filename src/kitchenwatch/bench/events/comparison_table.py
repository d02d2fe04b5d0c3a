"""A comparison as a person reads it on a screen of 80 columns."""

from collections.abc import Callable, Iterator

from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.bench.events.comparison import Difference, Fared, Side, differences, fared
from kitchenwatch.bench.events.score import Line
from kitchenwatch.bench.events.table import UNKNOWN, number, share

# An alarm that comes so many seconds later is named by itself.
LATE_S = 2.0

Cells = Callable[[Line, Line, Difference], list[str]]


def tables(first: Side, second: Side) -> Iterator[Table]:
    """What each side finds, how soon, and what apart from that it tells."""
    ways = f"{first.name} > {second.name}"
    headings = ["seen", "F1", "change", "recall", "change", "precision"]
    yield _table(first, second, headings, _found, f"{ways}; changes in points of a hundred")
    told = "medians of the seconds to an alarm, and by how much later it came where both gave one"
    yield _table(first, second, ["delay s", "change", "later s", "told", "false"], _cost, told)


def notes(first: Side, second: Side) -> Iterator[str]:
    """What they cost, and each violation that fared otherwise on the second side, in words."""
    ratio = f" ({first.cost / second.cost:.1f} times less)" if second.cost else ""
    yield f"CPU-seconds a second of film: {first.name} {first.cost:.3f}, {second.name} {second.cost:.3f}{ratio}"
    for one in fared(first, second):
        if told := _otherwise(one):
            yield f"{one.film}: {one.kind} of {one.opened:g} s {told}"


def _otherwise(one: Fared) -> str:
    before, after = one.delays
    if before is not None and after is None:
        return "is lost"
    if before is None and after is not None:
        return "is gained"
    return f"is told {one.later:.1f} s later" if one.later is not None and one.later > LATE_S else ""


def _table(first: Side, second: Side, headings: list[str], cells: Cells, caption: str) -> Table:
    table = Table("", *headings, box=SIMPLE, padding=(0, 1, 0, 0), caption=caption, caption_justify="left")
    for name, apart in differences(first, second).items():
        table.add_row(name, *cells(first.score.lines[name], second.score.lines[name], apart))
    return table


def _found(one: Line, other: Line, apart: Difference) -> list[str]:
    return [
        str(one.counts.violations),
        _both(share(one.found.f1.value), share(other.found.f1.value)),
        _points(apart.f1),
        _both(share(one.found.recall.value), share(other.found.recall.value)),
        _points(apart.recall),
        _both(share(one.found.precision.value), share(other.found.precision.value)),
    ]


def _cost(one: Line, other: Line, apart: Difference) -> list[str]:
    return [
        _both(number(one.delay.median), number(other.delay.median)),
        _signed(apart.median_delay),
        _signed(apart.later),
        _both(str(one.counts.alarms), str(other.counts.alarms)),
        _both(str(one.counts.false_alarms), str(other.counts.false_alarms)),
    ]


def _both(one: str, other: str) -> str:
    return f"{one} > {other}"


def _points(value: float | None) -> str:
    return UNKNOWN if value is None else f"{100 * value:+.1f}"


def _signed(value: float | None) -> str:
    return UNKNOWN if value is None else f"{value:+.2f}"
