"""One person's evidence under one rule."""

import math

from kitchenwatch.rules.cusum import Cusum, Moment
from kitchenwatch.rules.people import GRACE_S, Person
from kitchenwatch.rules.trace import Trace
from kitchenwatch.weight import weight


class Spell:
    """What speaks for a violation that is not open (yet).

    Attributes:
        person: whose.
        seen: media time at which the rule last applied to them.
        supported: media time of the last look that spoke for it.
        sum: the evidence.
        trace: the sum over time, since it left zero.
    """

    def __init__(self, now: Moment, person: Person) -> None:
        self.person = person
        self.seen = now.t
        self._looked: float | None = None
        self.supported = -math.inf
        self.reset(now)

    def reset(self, now: Moment) -> None:
        """Begin again from zero."""
        self.sum, self.trace = Cusum(now), Trace()

    def weighted(self, now: Moment, llr: float) -> float:
        """The worth of a look, given how long ago the last one was; to be asked once a look."""
        gap = None if self._looked is None else now.t - self._looked
        self._looked = now.t
        return weight(gap) * llr

    def add(self, now: Moment, evidence: float) -> None:
        """Add a look's weighted evidence."""
        self.sum.add(now, evidence)
        if evidence > 0:
            self.supported = now.t
        if self.sum.left is None:
            self.trace = Trace()
        else:
            self.trace.add(now.t, self.sum.sum)

    def lasted(self, t: float) -> float:
        """For how many seconds, at media time `t`, the sum has been above zero."""
        return -math.inf if self.sum.left is None else t - self.sum.left.t

    def pending(self, now: Moment, since: float, gap: float) -> bool:
        """Whether evidence that began within `gap` of `since` still adds up."""
        fresh = self._looked is not None and now.t - self._looked <= GRACE_S
        return fresh and self.sum.left is not None and self.sum.left.t - since <= gap
