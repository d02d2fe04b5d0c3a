"""What would be missed if only the surer alarms were given: the curve of detection error trade-off (DET).

A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997. The curve ends where
the system's own setting stands, as it tells no fainter alarms.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.matching import Meets
from kitchenwatch.bench.events.outcome import Fate, judge
from kitchenwatch.bench.events.rates import DAY_S, seconds_needed
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.model import Kind

Step = tuple[float, int, int]  # at this score and above: so many hits and false alarms more


@dataclass(frozen=True, slots=True)
class Det:
    """Operating points, from no alarm at all to all of them.

    Attributes:
        scores: `(N,)` least score of the alarms given; infinity for none.
        false_alarms: `(N,)` how many of them are false.
        missed: `(N,)` share of the violations missed.
        clear: seconds of film without violations.
    """

    scores: NDArray[np.float64]
    false_alarms: NDArray[np.int64]
    missed: NDArray[np.float64]
    clear: float

    @property
    def per_day(self) -> NDArray[np.float64]:
        """`(N,)` false alarms a camera-day."""
        return self.false_alarms.astype(np.float64) * (DAY_S / self.clear)

    def missed_at(self, rate: float) -> float | None:
        """The least share missed at no more than `rate` false alarms a camera-day; None if the film is too short."""
        if self.clear < seconds_needed(rate):
            return None
        return float(self.missed[self.per_day <= rate].min())


def steps(truth: Truth, kind: Kind, alarms: Sequence[Alarm], meets: Meets) -> list[Step]:
    """What each score adds on one film, strongest first."""
    found: list[Step] = []
    before = 0, 0
    for score in sorted({alarm.score for alarm in alarms}, reverse=True):
        outcome = judge(truth, kind, [alarm for alarm in alarms if alarm.score >= score], meets)
        now = outcome.truths.count(Fate.HIT), outcome.alarms.count(Fate.FALSE)
        found.append((score, now[0] - before[0], now[1] - before[1]))
        before = now
    return found


def det(found: Iterable[Step], violations: int, clear: float) -> Det | None:
    """The curve over many films; None if there is nothing to miss, or no footage without violations."""
    if not violations or clear <= 0:
        return None
    ordered = sorted(found, reverse=True)
    scores = np.array([np.inf, *(step[0] for step in ordered)])
    hits = np.cumsum([0, *(step[1] for step in ordered)])
    false_alarms = np.cumsum([0, *(step[2] for step in ordered)])
    last = np.append(scores[1:] != scores[:-1], True)  # all alarms of one score come together
    return Det(scores[last], false_alarms[last], 1 - hits[last] / violations, clear)
