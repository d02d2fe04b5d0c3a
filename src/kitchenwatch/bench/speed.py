"""What one camera costs: CPU-seconds per second of video by stage, beside plain decoding of the same film."""

import resource
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from kitchenwatch.clock import cpu_seconds
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.runner import replay
from kitchenwatch.ports import Source

Part = TypeVar("Part")


@dataclass(slots=True)
class Bill:
    """CPU seconds by stage, as they add up over a film, and how many people were followed at each step."""

    stages: dict[str, float] = field(default_factory=dict)
    followed: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a film cost.

    Attributes:
        seconds: of video.
        cpu: CPU seconds in all; `stages` splits them.
        decode: CPU seconds for decoding and sampling the same film alone, in the same run: the yardstick.
        people: people followed, on average over the sampled frames.
        memory_mb: greatest resident memory of the process so far.
    """

    seconds: float
    cpu: float
    stages: dict[str, float]
    decode: float
    people: float
    memory_mb: float

    @property
    def per_second(self) -> float:
        """CPU-seconds per video-second; its inverse is cameras per core."""
        return self.cpu / self.seconds if self.seconds else 0.0

    @property
    def ratio(self) -> float:
        """How many times the cost of decoding alone."""
        return self.cpu / self.decode if self.decode else 0.0


class _Meter:
    """Stands before a part of the line, passes everything on, and charges its calls to a stage."""

    def __init__(self, part: object, bill: Bill, stage: str) -> None:
        self._part, self._bill, self._stage = part, bill, stage

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._part, name)
        return self._charged(value) if callable(value) else value

    def _charged(self, call: Any) -> Any:
        def metered(*args: Any, **kwargs: Any) -> Any:
            since = cpu_seconds()
            result = call(*args, **kwargs)
            stages = self._bill.stages
            stages[self._stage] = stages.get(self._stage, 0.0) + cpu_seconds() - since
            if self._stage == "tracks":
                self._bill.followed.append(len(result))
            return result

        return metered


def metered(part: Part, bill: Bill, stage: str) -> Part:
    """The same part of a line with a meter on it."""
    return cast(Part, _Meter(part, bill, stage))


def measure(film: Source, line: CameraLine, bill: Bill, again: Source) -> Iterator[tuple[float, Cost | None]]:
    """Run a film through a line of metered parts, then decode it alone; yields media time, at last the cost.

    Args:
        film, again: two sources of the same film.
    """
    start, seconds = cpu_seconds(), 0.0
    for t, _ in replay(film, line):
        seconds = t
        yield t, None
    cpu = cpu_seconds() - start
    stages = {"source": cpu - sum(bill.stages.values()), **bill.stages}
    start = cpu_seconds()
    for _ in again.frames():
        pass
    yield (
        seconds,
        Cost(
            seconds=seconds,
            cpu=cpu,
            stages=stages,
            decode=cpu_seconds() - start,
            people=sum(bill.followed) / max(1, len(bill.followed)),
            memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        ),
    )
