"""Figures of one kind, or of all of them, over all films."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bench.events.outcome import Fate, Outcome
from kitchenwatch.bench.events.rates import bound, per_day
from kitchenwatch.bench.events.resampling import Interval, median_interval, ratio_interval


@dataclass(frozen=True, slots=True)
class Rate:
    """A share, with its 95 % interval; None where there is nothing to divide by, or too little to draw from."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Violations and alarms, by what became of them."""

    violations: int
    hits: int
    missed: int
    alarms: int
    duplicates: int
    false_alarms: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class Found:
    """How many alarms are right, and how many violations are found."""

    precision: Rate
    recall: Rate
    f1: Rate


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Alarms on nothing.

    Attributes:
        hours: of film without violations.
        per_day: a camera-day.
        bound: that is not exceeded with 95 % confidence.
    """

    hours: float
    per_day: float | None
    bound: float | None


@dataclass(frozen=True, slots=True)
class Delay:
    """Seconds from a violation's opening to its first alarm."""

    median: float | None
    interval: Interval | None
    p95: float | None


def counts(outcomes: Sequence[Outcome]) -> Counts:
    """Sums; what was set aside is in no other figure."""
    truths = [fate for outcome in outcomes for fate in outcome.truths]
    alarms = [fate for outcome in outcomes for fate in outcome.alarms]
    aside = truths.count(Fate.SET_ASIDE), alarms.count(Fate.SET_ASIDE)
    return Counts(
        violations=len(truths) - aside[0],
        hits=truths.count(Fate.HIT),
        missed=truths.count(Fate.MISSED),
        alarms=len(alarms) - aside[1],
        duplicates=alarms.count(Fate.DUPLICATE),
        false_alarms=alarms.count(Fate.FALSE),
        set_aside=sum(aside),
    )


def found(films: Sequence[Sequence[Outcome]], weights: NDArray[np.int64]) -> Found:
    """Each violation counts once, each alarm once; a duplicate is no hit.

    Args:
        films: the outcomes of each.
        weights: as `resampling.draws` gives them.
    """
    each = [counts(outcomes) for outcomes in films]
    hits, violations, alarms = (
        np.array([getattr(one, name) for one in each]) for name in ("hits", "violations", "alarms")
    )
    return Found(
        precision=rate(hits, alarms, weights),
        recall=rate(hits, violations, weights),
        f1=rate(2 * hits, violations + alarms, weights),
    )


def rate(above: NDArray[np.int64], below: NDArray[np.int64], weights: NDArray[np.int64]) -> Rate:
    """Quotient of two sums over films."""
    total = int(below.sum())
    return Rate(float(above.sum()) / total if total else None, ratio_interval(weights, above, below))


def false_alarms(count: int, clear: float) -> FalseAlarms:
    """Of so many in so many seconds of film without violations."""
    return FalseAlarms(clear / 3600, per_day(count, clear), bound(count, clear))


def delay(films: Sequence[Sequence[Outcome]], weights: NDArray[np.int64]) -> Delay:
    """Over the violations found."""
    each = [[delay for outcome in outcomes for delay in outcome.delays] for outcomes in films]
    all_ = [value for values in each for value in values]
    if not all_:
        return Delay(None, None, None)
    median, p95 = np.percentile(all_, [50, 95])
    return Delay(float(median), median_interval(weights, each), float(p95))
