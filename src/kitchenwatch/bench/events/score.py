"""Scores alarms against truths: per kind, and in all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bench.events import figures
from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.figures import Counts, Delay, FalseAlarms, Found, Rate
from kitchenwatch.bench.events.matching import Meets, nist, tiou
from kitchenwatch.bench.events.outcome import Outcome, judge
from kitchenwatch.bench.events.resampling import draws
from kitchenwatch.bench.events.sweep import Det, Step, det, steps
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.model import RULE_KINDS, Kind

ALL = "all"
TIOUS = (0.2, 0.5)
TARGETS = (1.0, 0.1)  # false alarms a camera-day


@dataclass(frozen=True, slots=True)
class Film:
    """A film's truth and the alarms that were given on it."""

    name: str
    truth: Truth
    alarms: Sequence[Alarm]

    def of(self, kind: Kind) -> list[Alarm]:
        """Alarms of a kind, in the order of their openings."""
        return sorted((alarm for alarm in self.alarms if alarm.kind is kind), key=lambda alarm: alarm.opened)


@dataclass(frozen=True, slots=True)
class Line:
    """Of one kind, or of all.

    Attributes:
        duplicates: further alarms on violations that were found, by those violations.
        at_tiou: what is found if alarms must share so much of their time with a violation.
        det: None where there are no violations, or no footage without.
    """

    counts: Counts
    found: Found
    false_alarms: FalseAlarms
    delay: Delay
    duplicates: Rate
    at_tiou: Mapping[float, Found]
    det: Det | None


@dataclass(frozen=True, slots=True)
class Score:
    """What alarms are worth on films.

    Attributes:
        lines: by kind, and `ALL`; a kind that is judged in none of the films is left out.
        outcomes: of each film, in the order given, by kind.
    """

    lines: Mapping[str, Line]
    outcomes: Sequence[Mapping[Kind, Outcome]]


def score(films: Sequence[Film], seed: int = 0) -> Score:
    """Score alarms on films.

    Args:
        films: at least one.
        seed: of the drawing of films for the intervals.
    """
    weights = draws(len(films), seed)
    judged = {meets: _judge(films, meets) for meets in (nist, *map(tiou, TIOUS))}
    outcomes = next(iter(judged.values()))
    kinds = [kind for kind in RULE_KINDS if any(outcome[kind].judged > 0 for outcome in outcomes)]
    lines = {str(kind): _line(films, list(judged.values()), [kind], weights) for kind in kinds}
    return Score({**lines, ALL: _line(films, list(judged.values()), kinds, weights)}, outcomes)


def _judge(films: Sequence[Film], meets: Meets) -> list[dict[Kind, Outcome]]:
    return [{kind: judge(film.truth, kind, film.of(kind), meets) for kind in RULE_KINDS} for film in films]


def _line(
    films: Sequence[Film],
    judged: Sequence[Sequence[Mapping[Kind, Outcome]]],
    kinds: Sequence[Kind],
    weights: NDArray[np.int64],
) -> Line:
    by_rule = [[[outcome[kind] for kind in kinds] for outcome in outcomes] for outcomes in judged]
    mine = by_rule[0]
    counts = figures.counts([outcome for outcomes in mine for outcome in outcomes])
    # In all, as many hours as the kind with the fewest has: the rate errs on the side of more false alarms.
    clear = min((sum(outcomes[place].clear for outcomes in mine) for place in range(len(kinds))), default=0.0)
    each = [figures.counts(outcomes) for outcomes in mine]
    duplicates, hits = (np.array([getattr(one, name) for one in each]) for name in ("duplicates", "hits"))
    return Line(
        counts=counts,
        found=figures.found(mine, weights),
        false_alarms=figures.false_alarms(counts.false_alarms, clear),
        delay=figures.delay(mine, weights),
        duplicates=figures.rate(duplicates, hits, weights),
        at_tiou={least: figures.found(other, weights) for least, other in zip(TIOUS, by_rule[1:], strict=True)},
        det=det(_steps(films, kinds), counts.violations, clear),
    )


def _steps(films: Sequence[Film], kinds: Sequence[Kind]) -> list[Step]:
    return [step for film in films for kind in kinds for step in steps(film.truth, kind, film.of(kind), nist)]
