"""A score as tables that a person reads on a screen of 80 columns."""

from collections.abc import Callable, Iterator

from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.bench.events.figures import Rate
from kitchenwatch.bench.events.rates import seconds_needed
from kitchenwatch.bench.events.score import TARGETS, TIOUS, Line, Score

Cells = Callable[[Line], list[str]]

UNKNOWN = "–"


def tables(score: Score) -> Iterator[Table]:
    """What is found; what it costs in false alarms and time; how it stands by stricter measures."""
    yield _table(
        score,
        ["seen", "told", "precision", "recall", "F1"],
        _found,
        "violations seen by people, alarms told; 95 % by film",
    )
    yield _table(
        score,
        ["hours clear", "false", "a day", "at most", "delay s", "p95", "twice"],
        _cost,
        "false alarms a camera-day, at most with 95 % confidence; duplicates by violations found",
    )
    headings = [f"F1 tIoU {least}" for least in TIOUS] + [f"missed at {target:g}/day" for target in TARGETS]
    yield _table(score, headings, _strict, "")


def notes(score: Score) -> Iterator[str]:
    """What the films are too few or too short to tell, in words."""
    hours = max(line.false_alarms.hours for line in score.lines.values())
    for target in TARGETS:
        needed = seconds_needed(target) / 3600
        if hours < needed:
            yield (
                f"missed at {target:g} false alarms a camera-day: not measurable with {_hours(hours)} h of film "
                f"without violations -> {_hours(needed)} h are needed"
            )
    if not any(line.counts.violations for line in score.lines.values()):
        yield "no violations in these films: they measure false alarms only"
    if len(score.outcomes) < 2:
        yield "a single film gives no intervals"


def _table(score: Score, headings: list[str], cells: Cells, caption: str) -> Table:
    table = Table("", *headings, box=SIMPLE, padding=(0, 1, 0, 0), caption=caption, caption_justify="left")
    for name, line in score.lines.items():
        table.add_row(name, *cells(line))
    return table


def _found(line: Line) -> list[str]:
    found = (_rate(rate) for rate in (line.found.precision, line.found.recall, line.found.f1))
    return [str(line.counts.violations), str(line.counts.alarms), *found]


def _cost(line: Line) -> list[str]:
    told, delay = line.false_alarms, line.delay
    figures = [_hours(told.hours), str(line.counts.false_alarms), number(told.per_day), number(told.bound)]
    return [*figures, number(delay.median), number(delay.p95), share(line.duplicates.value)]


def _strict(line: Line) -> list[str]:
    missed = [line.det.missed_at(target) if line.det else None for target in TARGETS]
    return [*(share(found.f1.value) for found in line.at_tiou.values()), *map(share, missed)]


def _rate(rate: Rate) -> str:
    if rate.interval is None:
        return share(rate.value)
    return f"{share(rate.value)} ({rate.interval[0]:.2f}–{rate.interval[1]:.2f})"


def share(value: float | None) -> str:
    """Two digits; a dash where there is none."""
    return UNKNOWN if value is None else f"{value:.2f}"


def number(value: float | None) -> str:
    """As many digits as matter; a dash where there is none."""
    if value is None:
        return UNKNOWN
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.0f}"


def _hours(hours: float) -> str:
    return f"{hours:.3f}" if hours < 1 else f"{hours:.1f}"
