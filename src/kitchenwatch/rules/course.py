"""The course of one violation: opened, perhaps lapsed and resumed, closed once."""

import math
from dataclasses import replace

from kitchenwatch.model import CameraRef, Change, Kind, Phase, Violation, violation_id
from kitchenwatch.rules.cusum import Cusum, Moment
from kitchenwatch.rules.spell import Spell

# Contrary evidence, in nats, that ends a violation: about 1 in 150 (e^5) if it is a mistake. A mistake is
# cheap, because the merge gap mends it.
CLOSE_AT = 5.0
# A look better than the best so far by this many nats is worth a new snapshot ...
UPDATE_GAIN = 0.5
# ... but not more often than this.
UPDATE_EVERY_S = 2.0


class Course:
    """A violation under way.

    Attributes:
        violation: as told last.
        person: who stands for it now.
        place: `(4,)` that person's box when evidence last supported the violation.
        ended: the last supporting evidence, once it has lapsed; None while open.
        closed: whether the end has been told; it cannot be resumed then.
    """

    def __init__(self, camera: CameraRef, kind: Kind, now: Moment, spell: Spell, llr: float, limit: float) -> None:
        began = spell.sum.left or now
        self.person, self.place = spell.person, spell.person.box.copy()
        self.ended: Moment | None = None
        self.closed = False
        self._limit, self._best, self._told = limit, llr, now.t
        self._sum = self._peak = spell.sum.sum
        self._trace = spell.trace
        self._contrary = Cusum(now)
        x1, y1, x2, y2 = (float(side) for side in self.place)
        self.violation = Violation(
            id=violation_id(camera.id, kind, began.run, spell.person.track, began.t),
            camera=camera.id,
            site=camera.site,
            kind=kind,
            run=began.run,
            track=spell.person.track,
            opened=began.t,
            opened_at=began.at,
            score=self.score,
            box=(x1, y1, x2, y2),
            scores=self._trace.points(),
        )

    @property
    def score(self) -> float:
        """Probability of a violation, from the sum at its peak and prior odds of exp(-threshold)."""
        return 1 / (1 + math.exp(self._limit - self._peak))

    def opened(self) -> Change:
        """Tell the opening."""
        return Change(Phase.OPENED, self.violation)

    def add(self, now: Moment, llr: float, evidence: float) -> list[Change]:
        """Weigh a look (`evidence` is its weighted `llr`); lapses when contrary evidence has added up."""
        self._sum = max(0.0, self._sum + evidence)
        self._peak = max(self._peak, self._sum)
        self._trace.add(now.t, self._sum)
        self._contrary.add(now, -evidence)
        if self._contrary.left is None:
            self.place = self.person.box.copy()
        if self._contrary.sum >= CLOSE_AT:
            self.lapse()
        if llr < self._best + UPDATE_GAIN or now.t - self._told < UPDATE_EVERY_S:
            return []
        return [self._updated(now, llr)]

    def lapse(self) -> None:
        """Nothing supports it any more; it may yet be resumed."""
        self.ended = self._contrary.zero

    def resume(self, now: Moment, spell: Spell, llr: float) -> Change:
        """The same violation goes on, perhaps under a new track number."""
        self.person, self.place, self.ended = spell.person, spell.person.box.copy(), None
        self._sum = spell.sum.sum
        self._peak = max(self._peak, self._sum)
        self._trace.extend(spell.trace)
        self._contrary = Cusum(now)
        return self._updated(now, max(llr, self._best))

    def close(self) -> Change:
        """Tell the end, for good."""
        self.closed, self.ended = True, self.ended or self._contrary.zero
        self._refresh()
        self.violation = replace(self.violation, closed=self.ended.t, closed_at=self.ended.at)
        return Change(Phase.CLOSED, self.violation)

    def _updated(self, now: Moment, best: float) -> Change:
        self._best, self._told = best, now.t
        self._refresh()
        return Change(Phase.UPDATED, self.violation)

    def _refresh(self) -> None:
        self.violation = replace(self.violation, score=self.score, scores=self._trace.points())
