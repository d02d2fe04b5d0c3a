"""Page's cumulative sum: evidence that adds up over media time.

Method: E. S. Page, "Continuous Inspection Schemes", Biometrika 41 (1954). A sum of log-likelihood ratios that is
floored at zero and crosses `h` has a mean time to false alarm of at least exp(h) independent looks (A. Wald,
*Sequential Analysis*, 1947; G. Lorden, Ann. Math. Statist. 42 (1971); D. Siegmund, *Sequential Analysis*, 1985),
and no test with that mean time finds a change sooner in the worst case.
"""

import math
from datetime import datetime
from typing import NamedTuple

from kitchenwatch.weight import TAU_S

DAY_S = 86_400.0


class Moment(NamedTuple):
    """When: media time in seconds, UTC, and the run it belongs to."""

    t: float
    at: datetime
    run: str


def threshold(false_alarms_per_day: float) -> float:
    """The sum, in nats, that opens a violation: ln(independent looks a day / false alarms a day).

    A day here is a person-day: one person in view around the clock, or three for a shift each.
    """
    return math.log(DAY_S / TAU_S / false_alarms_per_day)


class Cusum:
    """A sum that never falls below zero and remembers when it left it.

    Attributes:
        sum: in nats.
        zero: the last moment at which the sum was zero.
        left: the first moment after that: where the change began (Page's estimate), None while at zero.
    """

    def __init__(self, start: Moment) -> None:
        self.sum = 0.0
        self.zero = start
        self.left: Moment | None = None

    def add(self, now: Moment, evidence: float) -> None:
        """Add weighted evidence, in nats."""
        self.sum = max(0.0, self.sum + evidence)
        if self.sum == 0.0:
            self.zero, self.left = now, None
        elif self.left is None:
            self.left = now
