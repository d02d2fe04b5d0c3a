"""Two ways of looking at the same films, side by side: what one costs and finds, against the other."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kitchenwatch.bench.events import report
from kitchenwatch.bench.events.outcome import Fate, Outcome
from kitchenwatch.bench.events.score import Film, Line, Score
from kitchenwatch.model import Kind


@dataclass(frozen=True, slots=True)
class Side:
    """One way of looking.

    Attributes:
        score: what it is worth.
        films: what it was shown, and its alarms; the same films in the same order on both sides.
        about: what gave the alarms.
        cpu_s: CPU-seconds that it took.
    """

    name: str
    score: Score
    films: Sequence[Film]
    about: Mapping[str, Any]
    cpu_s: float

    @property
    def cost(self) -> float:
        """CPU-seconds for a second of film."""
        return self.cpu_s / sum(film.truth.seconds for film in self.films)


@dataclass(frozen=True, slots=True)
class Fared:
    """How one violation fared on both sides.

    Attributes:
        delays: seconds from its opening to the first alarm, on the first side and on the second; None where it was
            missed.
    """

    film: str
    kind: Kind
    opened: float
    person: str
    delays: tuple[float | None, float | None]

    @property
    def later(self) -> float | None:
        """Seconds by which the second side's alarm came later; None unless both gave one."""
        before, after = self.delays
        return None if before is None or after is None else after - before


@dataclass(frozen=True, slots=True)
class Difference:
    """Second side less first, of one kind or of all.

    Attributes:
        median_delay: of the sides' medians, in seconds, each over the violations that it found.
        later: median of the seconds by which the alarm came later, over the violations that both found.
        false_alarms: how many more.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    median_delay: float | None
    later: float | None
    false_alarms: int


def fared(first: Side, second: Side) -> list[Fared]:
    """Each violation that counts, in the order of the films."""
    return [
        Fared(one.name, kind, violation.opened, violation.person, (before, after))
        for one, outcomes, others in zip(first.films, first.score.outcomes, second.score.outcomes, strict=True)
        for kind in outcomes
        for violation, aside, before, after in zip(
            one.truth.of(kind), outcomes[kind].truths, _delays(outcomes[kind]), _delays(others[kind]), strict=True
        )
        if aside is not Fate.SET_ASIDE
    ]


def _delays(outcome: Outcome) -> Iterator[float | None]:
    """One for each violation, in the order of the truth."""
    found = iter(outcome.delays)
    return (next(found) if fate is Fate.HIT else None for fate in outcome.truths)


def differences(first: Side, second: Side) -> dict[str, Difference]:
    """By kind, and in all."""
    each = fared(first, second)
    lines = second.score.lines
    return {
        name: _difference(line, lines[name], [one for one in each if one.kind == name or name not in set(Kind)])
        for name, line in first.score.lines.items()
    }


def _difference(first: Line, second: Line, each: Sequence[Fared]) -> Difference:
    later = [one.later for one in each if one.later is not None]
    return Difference(
        precision=_less(second.found.precision.value, first.found.precision.value),
        recall=_less(second.found.recall.value, first.found.recall.value),
        f1=_less(second.found.f1.value, first.found.f1.value),
        median_delay=_less(second.delay.median, first.delay.median),
        later=float(np.median(later)) if later else None,
        false_alarms=second.counts.false_alarms - first.counts.false_alarms,
    )


def _less(second: float | None, first: float | None) -> float | None:
    return None if second is None or first is None else second - first


def as_json(first: Side, second: Side) -> dict[str, Any]:
    """Both reports, and what sets them apart."""
    return {
        "sides": {side.name: _side(side) for side in (first, second)},
        "cpu_ratio": first.cost / second.cost if second.cost else None,
        "differences": {name: asdict(one) for name, one in differences(first, second).items()},
        "violations": [{**asdict(one), "later": one.later} for one in fared(first, second)],
    }


def _side(side: Side) -> dict[str, Any]:
    return {**report.as_json(side.score, side.films, side.about), "cpu_s": side.cpu_s, "cpu_s_per_s": side.cost}
