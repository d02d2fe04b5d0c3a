"""Stretches of media time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """From `begin` to `end`, in seconds of media time."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        """In seconds."""
        return self.end - self.begin

    def overlap(self, other: "Span") -> float:
        """Seconds that both share."""
        return max(0.0, min(self.end, other.end) - max(self.begin, other.begin))

    def iou(self, other: "Span") -> float:
        """Temporal intersection over union, 0 to 1."""
        both = self.overlap(other)
        together = self.length + other.length - both
        return both / together if together > 0 else 0.0


def union(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that do not touch each other, in order."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda each: each.begin):
        if joined and span.begin <= joined[-1].end:
            joined[-1] = Span(joined[-1].begin, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


def covered(span: Span, others: Iterable[Span]) -> float:
    """Seconds of a span that lie in any of the others."""
    return sum(span.overlap(other) for other in union(others))


def mostly_in(span: Span, others: Sequence[Span]) -> bool:
    """Whether at least half of a span lies in the others."""
    inside = covered(span, others)
    return inside > 0 and 2 * inside >= span.length
