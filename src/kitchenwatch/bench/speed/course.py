"""The course of a run over time: whether anything grows, and whether a camera starves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

SPANS = 30


@dataclass(frozen=True, slots=True)
class Span:
    """One of the equal parts of a run.

    Attributes:
        until: seconds from the beginning of the run to the end of this part.
        seconds: that it took.
        cpu: CPU seconds of the process, without the measuring itself.
        memory: bytes that only this process holds, at its end; None where the system does not tell.
        behind: seconds from the reception of a frame until it was judged: median, 95th percentile, worst of those
            judged in this part; None if none was.
        price: of a look, at worst.
        waited: seconds that a camera waited to be looked at closely, at worst.
        overloaded: share of the time that the machine told that it is.
        looks: frames looked at, by camera.
    """

    until: float
    seconds: float
    cpu: float
    memory: int | None
    behind: tuple[float, float, float] | None
    price: float
    waited: float
    overloaded: float
    looks: tuple[int, ...]

    @property
    def cores(self) -> float:
        """Used, on average."""
        return self.cpu / self.seconds


@dataclass(frozen=True, slots=True)
class Thirds:
    """The median of a figure over the first and over the last third of a run."""

    first: float
    last: float


@dataclass(frozen=True, slots=True)
class Course:
    """A run over time.

    Attributes:
        spans: its parts, one after the other.
        gaps: longest time between two looks, by camera, in seconds.
    """

    spans: tuple[Span, ...]
    gaps: tuple[float, ...]

    @property
    def memory(self) -> Thirds | None:
        """Bytes that only this process holds."""
        return self._change(lambda span: span.memory)

    @property
    def late(self) -> Thirds | None:
        """Seconds within which 95 % of the frames were judged."""
        return self._change(lambda span: span.behind and span.behind[1])

    @property
    def looks_a_minute(self) -> list[float]:
        """By camera."""
        minutes = sum(span.seconds for span in self.spans) / 60
        return [sum(looks) / minutes for looks in zip(*(span.looks for span in self.spans), strict=True)]

    @property
    def overloaded(self) -> float:
        """Share of the time that the machine told that it is."""
        return sum(span.overloaded * span.seconds for span in self.spans) / sum(span.seconds for span in self.spans)

    def _change(self, of: Callable[[Span], float | None]) -> Thirds | None:
        third = max(1, len(self.spans) // 3)
        first, last = (_known(part, of) for part in (self.spans[:third], self.spans[-third:]))
        return Thirds(median(first), median(last)) if first and last else None


def longest_gap(looks: Sequence[float], until: float) -> float:
    """Seconds between one of these moments and the next at most; the time looked at ends at `until`."""
    return max(later - earlier for earlier, later in pairwise([*looks, until]))


def _known(spans: Sequence[Span], of: Callable[[Span], float | None]) -> list[float]:
    return [value for span in spans if (value := of(span)) is not None]
