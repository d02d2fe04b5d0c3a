"""Page's cumulative sum: evidence that adds up over media time.

Method: E. S. Page, "Continuous Inspection Schemes", Biometrika 41 (1954). A sum of log-likelihood ratios that is
floored at zero and crosses `h` has a mean time to false alarm of at least exp(h) independent looks (A. Wald,
*Sequential Analysis*, 1947; G. Lorden, Ann. Math. Statist. 42 (1971); D. Siegmund, *Sequential Analysis*, 1985),
and no test with that mean time finds a change sooner in the worst case.
"""

import math
from datetime import datetime
from typing import NamedTuple

DAY_S = 86_400.0
# For how long one person's scores stay alike (the turn of a head, the move of a hand): an assumption, to be
# replaced when it has been measured. It is twice the time constant of their autocorrelation.
TAU_S = 1.0
# A person's first look has no look before it. It counts as one at 5 frames a second would, at any frame rate.
FIRST_LOOK_S = 0.2


class Moment(NamedTuple):
    """When: media time in seconds, UTC, and the run it belongs to."""

    t: float
    at: datetime
    run: str


def weight(since_last_look: float | None) -> float:
    """How much of an independent look this one is, 0 to 1: looks close together say the same thing twice.

    tanh(gap / tau) is what a further sample adds to the log-likelihood ratio of a shift when the scores are an
    Ornstein-Uhlenbeck process with time constant tau / 2: (1 - r) / (1 + r) with r = exp(-2 gap / tau). The weights
    of one person add up to at most one every `TAU_S`, and to nearly the same at 5 and at 25 frames a second.
    """
    gap = FIRST_LOOK_S if since_last_look is None else max(since_last_look, 0.0)
    return math.tanh(gap / TAU_S)


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
