"""When people are in view in a padded film."""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass

from kitchenwatch.bench.events.spans import Span
from kitchenwatch.bench.events.truth import NotJudged, Truth, TruthViolation

FPS = 25
# What the guide to labelling counts as one violation, for all that it is interrupted (docs/benchmark.md).
INTERRUPTED_S = 30.0
LEAD = (0.4, 0.7)  # of the empty time
# Where between two keyframes somebody comes: the worst place is right after one, and nobody waits for one.
OFF_KEY = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Visit:
    """The source film as it lies in the padded one: played forward, then backward, as often as it takes.

    Attributes:
        begin: second of the padded film at which the source begins.
        length: of the source, in seconds.
        passes: how often it is played.
        seconds: length of the padded film.
    """

    begin: float
    length: float
    passes: int
    seconds: float

    @property
    def end(self) -> float:
        """Second of the padded film at which the source ends."""
        return self.begin + self.length * self.passes

    def moment(self, t: float) -> float | None:
        """Second of the source that is seen at second `t`; None while the kitchen is empty."""
        if not self.begin <= t < self.end:
            return None
        number, within = divmod(t - self.begin, self.length)
        return within if number % 2 == 0 else self.length - within

    def spans(self, source: Span) -> list[Span]:
        """Where a stretch of the source lies, one for each pass; those that hardly interrupt each other are one."""
        joined: list[Span] = []
        for number in range(self.passes):
            span = self._mirrored(source) if number % 2 else source
            start = self.begin + number * self.length
            placed = Span(round(start + span.begin, 2), round(start + span.end, 2))
            if joined and placed.begin - joined[-1].end < INTERRUPTED_S:
                placed = Span(joined.pop().begin, placed.end)
            joined.append(placed)
        return joined

    def _mirrored(self, source: Span) -> Span:
        return Span(max(0.0, self.length - source.end), self.length - source.begin)


def plan(length: float, empty: float, at_least: float, gop: float, rng: random.Random, seconds: float) -> Visit:
    """Place a source film.

    Args:
        length: of the source, in seconds.
        empty: share of empty kitchen; 1 makes a film of `seconds` in which the source is played once.
        at_least: the source is played until people were there for so many seconds.
        gop: seconds between keyframes.
    """
    passes = 1 if empty == 1 else max(1, math.ceil(at_least / length))
    whole = seconds if empty == 1 else length * passes / (1 - empty)
    spare = max(0.0, whole - length * passes)
    begin = _off_key(spare * rng.uniform(*LEAD), gop, spare, rng) if spare else 0.0
    return Visit(round(begin * FPS) / FPS, length, passes, whole)


def _off_key(near: float, gop: float, latest: float, rng: random.Random) -> float:
    return min(latest, (near // gop + rng.uniform(*OFF_KEY)) * gop)


def padded(source: Truth, visit: Visit, film: str) -> Truth:
    """The truth of the padded film. Boxes are left out: they play no part in the score."""
    violations = [
        TruthViolation(kind=each.kind, opened=span.begin, closed=span.end, person=each.person)
        for each in source.violations
        for span in visit.spans(each.span)
    ]
    return Truth(
        film=film,
        seconds=round(visit.seconds, 2),
        fps=FPS,
        violations=tuple(_one_each(violations)),
        not_judged=tuple(one for each in source.not_judged for one in _unjudged(source, each, visit)),
        licence=source.licence,
    )


def _unjudged(source: Truth, part: NotJudged, visit: Visit) -> list[NotJudged]:
    end = source.seconds if part.end is None else min(part.end, source.seconds)
    spans = visit.spans(Span(part.begin, end))
    return [NotJudged(begin=span.begin, end=span.end, kinds=part.kinds, why=part.why) for span in spans]


def _one_each(violations: Iterable[TruthViolation]) -> list[TruthViolation]:
    """A named person who comes twice within the time that counts as one violation has one."""
    told: list[TruthViolation] = []
    for each in sorted(violations, key=lambda violation: violation.opened):
        for place, other in enumerate(told):
            same = each.person and (each.kind, each.person) == (other.kind, other.person)
            if same and each.opened - other.closed < INTERRUPTED_S:
                told[place] = other.model_copy(update={"closed": max(other.closed, each.closed)})
                break
        else:
            told.append(each)
    return told
