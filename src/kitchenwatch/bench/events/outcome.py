"""What became of each violation and each alarm of one film and kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.matching import Meets, meeting, pair
from kitchenwatch.bench.events.spans import Span, mostly_in, union
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.model import Kind


class Fate(StrEnum):
    """Of a violation: `hit`, `missed` or `set_aside`; of an alarm: `hit`, `duplicate`, `false` or `set_aside`."""

    HIT = "hit"
    MISSED = "missed"
    DUPLICATE = "duplicate"
    FALSE = "false"
    SET_ASIDE = "set_aside"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one film and kind.

    Attributes:
        truths, alarms: what became of each, in the order given.
        delays: of each violation found, from its opening to its first alarm, in seconds.
        judged: seconds of the film in which the kind is judged.
        clear: seconds of those without a violation of the kind.
    """

    truths: tuple[Fate, ...]
    alarms: tuple[Fate, ...]
    delays: tuple[float, ...]
    judged: float
    clear: float


def judge(truth: Truth, kind: Kind, alarms: Sequence[Alarm], meets: Meets) -> Outcome:
    """Hold alarms of a kind against a film's truth.

    What lies at least by half in time that is not judged is set aside, and so is an alarm that meets only violations
    that are.
    """
    unjudged = truth.unjudged(kind)
    truths = [violation.span for violation in truth.of(kind)]
    aside = [mostly_in(span, unjudged) for span in truths]
    told = [alarm.span for alarm in alarms]
    may = meeting(truths, told, meets)
    counted = may & ~np.array(aside, dtype=np.bool_)[:, None]
    pairs = pair(truths, told, counted)
    fates = [
        _fate(place in pairs.values(), bool(counted[:, place].any()), bool(may[:, place].any()), span, unjudged)
        for place, span in enumerate(told)
    ]
    return Outcome(
        truths=tuple(_truth_fate(row in pairs, aside[row]) for row in range(len(truths))),
        alarms=tuple(fates),
        delays=_delays(truths, alarms, pairs, counted),
        judged=truth.seconds - _length(truth, unjudged),
        clear=truth.seconds - _length(truth, [*unjudged, *truths]),
    )


def _delays(
    truths: Sequence[Span], alarms: Sequence[Alarm], pairs: Mapping[int, int], counted: NDArray[np.bool_]
) -> tuple[float, ...]:
    """To the earliest of the alarm that a violation is paired with and its duplicates."""
    spare = set(range(len(alarms))) - set(pairs.values())
    told = {row: [column, *(other for other in spare if counted[row, other])] for row, column in sorted(pairs.items())}
    return tuple(min(alarms[place].at for place in places) - truths[row].begin for row, places in told.items())


def _fate(paired: bool, meets_counted: bool, meets_any: bool, span: Span, unjudged: Sequence[Span]) -> Fate:
    if paired:
        return Fate.HIT
    if meets_counted:
        return Fate.DUPLICATE
    return Fate.SET_ASIDE if meets_any or mostly_in(span, unjudged) else Fate.FALSE


def _truth_fate(paired: bool, aside: bool) -> Fate:
    if aside:
        return Fate.SET_ASIDE
    return Fate.HIT if paired else Fate.MISSED


def _length(truth: Truth, spans: Sequence[Span]) -> float:
    """Seconds of the film that lie in them."""
    film = Span(0.0, truth.seconds)
    return sum(film.overlap(span) for span in union(spans))
