"""What was measured, as plain values that travel between processes."""

from dataclasses import dataclass, field

from kitchenwatch.bench.speed.course import Course

OURS, PLAIN, STOCK = "kitchenwatch", "plain", "stock"
STAGES = ("demux", "decode", "convert", "attention", "look 1", "look 2", "track", "rules", "health", "evidence")
OTHER = "other"

# A run kept up if at most this share of frames was passed over, most were judged this soon, and this much of the
# footage that the time holds has come: the last second may still be on its way.
SKIPPED, BEHIND_S, DELIVERED = 0.01, 1.0, 0.97


@dataclass(frozen=True, slots=True)
class FilmCost:
    """What a film took straight from its file, on one thread, as fast as it goes.

    Attributes:
        way: what was done with it: `OURS`, `PLAIN` or `STOCK`.
        seconds: of video.
        cpu: CPU seconds, over all threads.
        wall: seconds on the clock.
        frames: looked at.
        people: followed, on average over those frames.
        stages: CPU seconds, by stage, where they were metered.
        states: share of the time in each state of attention, where there is any.
    """

    film: str
    way: str
    seconds: float
    cpu: float
    wall: float
    frames: int
    people: float
    stages: dict[str, float] = field(default_factory=dict)
    states: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """CPU-seconds per video-second."""
        return self.cpu / self.seconds

    @property
    def speed(self) -> float:
        """Times real time."""
        return self.seconds / self.wall


@dataclass(frozen=True, slots=True)
class Delay:
    """Of one alarm, in seconds.

    Attributes:
        from_opened: from the beginning of the violation until the case was in the store and could be told.
        from_seen: from the frame that raised the alarm until then.
    """

    from_opened: float
    from_seen: float


@dataclass(frozen=True, slots=True)
class Run:
    """What so many live cameras took for a while.

    Attributes:
        wall: seconds that it took.
        seconds: of video that came, over all cameras.
        cpu: CPU seconds of the process, without the measuring itself.
        stages: CPU seconds by stage; the rest of `cpu` is `OTHER`.
        frames: looked at.
        skipped: sampled frames that gave way to newer ones.
        people: followed, on average over the frames.
        behind: seconds from the reception of a frame, or of the keyframe that recalled it, until it was judged: median,
            95th percentile, worst.
        memory: bytes that only this process holds: with the model loaded before the first camera, and at the end;
            None where the system does not tell.
        alarms: those told.
        states: share of the time that cameras spent in each state of attention.
        price: of a look, at worst: 0.1 where there is room for all, at most 0.95.
        waited: seconds that a camera waited to be looked at closely, at worst.
        course: all this over time.
    """

    cameras: int
    wall: float
    seconds: float
    cpu: float
    stages: dict[str, float]
    frames: int
    skipped: int
    people: float
    behind: tuple[float, float, float]
    memory: tuple[int, int] | None
    alarms: tuple[Delay, ...]
    states: dict[str, float]
    price: float
    waited: float
    course: Course

    @property
    def per_second(self) -> float:
        """CPU-seconds per camera-second."""
        return self.cpu / self.seconds

    @property
    def per_core(self) -> float:
        """Cameras that one core could serve."""
        return 1 / self.per_second

    @property
    def delivered(self) -> float:
        """Share of the footage that the time holds which has come."""
        return self.seconds / (self.wall * self.cameras)

    @property
    def skipped_share(self) -> float:
        """Of the sampled frames."""
        return self.skipped / max(1, self.frames + self.skipped)

    @property
    def real_time(self) -> bool:
        """Whether everything kept up."""
        return self.skipped_share <= SKIPPED and self.behind[1] <= BEHIND_S and self.delivered >= DELIVERED

    @property
    def delays(self) -> tuple[list[float], list[float]]:
        """Of all alarms: from the beginning of the violation, and from the frame that raised the alarm."""
        return [alarm.from_opened for alarm in self.alarms], [alarm.from_seen for alarm in self.alarms]

    @property
    def grown(self) -> int | None:
        """Bytes that the process holds for its cameras, and for looking at any at all."""
        return self.memory[1] - self.memory[0] if self.memory else None


@dataclass(frozen=True, slots=True)
class Measured:
    """All of one benchmark.

    Attributes:
        about: what did the work, JSON-able.
        missing: what could not be measured, in words.
    """

    about: dict[str, str | float]
    films: tuple[FilmCost, ...]
    runs: tuple[Run, ...]
    missing: tuple[str, ...]

    def per_second(self, way: str) -> float | None:
        """CPU-seconds per video-second of that way over all films together; None if it was not measured."""
        costs = [cost for cost in self.films if cost.way == way]
        return sum(cost.cpu for cost in costs) / sum(cost.seconds for cost in costs) if costs else None

    @property
    def bytes_per_camera(self) -> float | None:
        """What each further camera adds to the memory of the process; None without runs of few and of many."""
        known = [(run.cameras, run.grown) for run in self.runs if run.grown is not None]
        (few, least), (many, most) = (min(known), max(known)) if known else ((0, 0), (0, 0))
        return (most - least) / (many - few) if many > few else None

    def ratio(self, cost: FilmCost | Run, way: str) -> float | None:
        """How many times as much that way took: for a film the same one, for cameras all of them together."""
        if isinstance(cost, Run):
            other = self.per_second(way)
        else:
            others = (each.per_second for each in self.films if (each.film, each.way) == (cost.film, way))
            other = next(others, None)
        return other / cost.per_second if other else None


def by_stage(cpu: float, stages: dict[str, float]) -> dict[str, float]:
    """Every stage's CPU seconds, in order; what no stage was charged with is `OTHER`."""
    known = {name: stages.get(name, 0.0) for name in STAGES}
    return {**known, OTHER: cpu - sum(known.values())}


class Shares:
    """How much of the time went where."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    def add(self, name: str, seconds: float) -> None:
        """So much more went there."""
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds

    def all(self) -> dict[str, float]:
        """Each one's share, 0 to 1."""
        whole = sum(self._seconds.values())
        return {name: seconds / whole for name, seconds in self._seconds.items()} if whole else {}
