"""Live cameras measured: what they take while they are watched, and how far they fall behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from kitchenwatch.attention.budget import Load
from kitchenwatch.bench.apart import Tell
from kitchenwatch.bench.speed.course import SPANS, Course, Span, longest_gap
from kitchenwatch.bench.speed.figures import Delay, Run, Shares, by_stage
from kitchenwatch.bench.speed.memory import private_bytes
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.bench.speed.witness import TimedBook, Watched
from kitchenwatch.clock import cpu_seconds, thread_cpu_seconds
from kitchenwatch.errors import SourceLost
from kitchenwatch.pipeline.runner import Runner
from kitchenwatch.ports import Clock

# Connecting takes a second or two; a keyframe may be 12 s away; many cameras connect one after the other.
FIRST_FRAME_S = 60.0
# Cameras do not send their keyframes in step.
APART_S = 0.13
LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class _Moment:
    """Everything that grows, at one moment."""

    clock: float
    cpu: float
    stages: dict[str, float]
    until: list[float]
    frames: list[int]
    skipped: int
    memory: int | None


@dataclass(slots=True)
class Strain:
    """How the machine stood while it was looked at."""

    states: Shares
    price: float = 0.0
    waited: float = 0.0
    overloads: list[bool] = field(default_factory=list)

    def look(self, cameras: Sequence[Watched], load: Load) -> None:
        """Once more."""
        for camera in cameras:
            self.states.add(camera.attention.state, LOOK_S)
        self.price = max(self.price, load.price)
        self.waited = max(self.waited, *load.waiting.values(), 0.0)
        self.overloads.append(load.overloaded)


@dataclass(slots=True)
class Stage:
    """Where cameras are measured: each comes on in turn, and all play while the clock runs.

    Args:
        book: where their cases go.
        load: how the machine stands.
    """

    runner: Runner
    cameras: Sequence[Watched]
    book: TimedBook
    load: Callable[[], Load]
    meter: Meter
    clock: Clock
    base: int | None = field(default_factory=private_bytes)

    def measure(self, seconds: float, warm_up: float, tell: Tell) -> Run:
        """Start them, let them run for a while, measure.

        Args:
            warm_up: seconds from the first frame of the last camera until the measurement begins.

        Raises SourceLost: a camera sends no picture.
        """
        self.runner.start()
        try:
            self._come_on()
            self.clock.sleep(warm_up)
            states, moments, strains = Shares(), [self._moment()], list[Strain]()
            for n in range(1, SPANS + 1):
                strains.append(self._strain(states, moments[0].clock + seconds * n / SPANS))
                moments.append(self._moment())
                tell(n / SPANS)
            return self._run(moments, strains, states)
        finally:
            self.runner.stop()

    def _come_on(self) -> None:
        for camera in self.cameras:
            self.runner.add(camera.post)
            self.clock.sleep(APART_S)
        limit = self.clock.monotonic() + FIRST_FRAME_S
        for camera in self.cameras:
            while not camera.witness.judged:
                if self.clock.monotonic() > limit:
                    raise SourceLost(f"camera {camera.post.camera} sends no picture -> is its film H.264 or H.265?")
                self.clock.sleep(LOOK_S)

    def _strain(self, states: Shares, until: float) -> Strain:
        strain = Strain(states)
        while True:
            self.clock.sleep(max(0.0, min(LOOK_S, until - self.clock.monotonic())))
            strain.look(self.cameras, self.load())
            if self.clock.monotonic() >= until:
                return strain

    def _moment(self) -> _Moment:
        posts = [camera.post for camera in self.cameras]
        return _Moment(
            clock=self.clock.monotonic(),
            # This thread only measures.
            cpu=cpu_seconds() - thread_cpu_seconds(),
            stages=self.meter.stages(),
            until=[post.source.footage.until() for post in posts],
            frames=[len(camera.witness.judged) for camera in self.cameras],
            skipped=sum(post.skipped for post in posts),
            memory=private_bytes(),
        )

    def _run(self, moments: Sequence[_Moment], strains: Sequence[Strain], states: Shares) -> Run:
        before, after = moments[0], moments[-1]
        cpu = after.cpu - before.cpu
        spent = {name: seconds - before.stages.get(name, 0.0) for name, seconds in after.stages.items()}
        followed = [n for camera, part in self._noted(before, after) for n in camera.witness.followed[part]]
        return Run(
            cameras=len(self.cameras),
            wall=after.clock - before.clock,
            seconds=sum(end - begin for begin, end in zip(before.until, after.until, strict=True)),
            cpu=cpu,
            stages=by_stage(cpu, spent),
            frames=sum(after.frames) - sum(before.frames),
            skipped=after.skipped - before.skipped,
            people=float(np.mean(followed)) if followed else 0.0,
            behind=self._behind(before, after) or (0.0, 0.0, 0.0),
            memory=(self.base, after.memory) if self.base and after.memory else None,
            alarms=tuple(self._delays()),
            states=states.all(),
            price=max(strain.price for strain in strains),
            waited=max(strain.waited for strain in strains),
            course=self._course(moments, strains),
        )

    def _course(self, moments: Sequence[_Moment], strains: Sequence[Strain]) -> Course:
        begin, end = moments[0], moments[-1]
        spans = (
            Span(
                until=after.clock - begin.clock,
                seconds=after.clock - before.clock,
                cpu=after.cpu - before.cpu,
                memory=after.memory,
                behind=self._behind(before, after),
                price=strain.price,
                waited=strain.waited,
                overloaded=float(np.mean(strain.overloads)),
                looks=tuple(now - then for then, now in zip(before.frames, after.frames, strict=True)),
            )
            for (before, after), strain in zip(pairwise(moments), strains, strict=True)
        )
        gaps = (longest_gap(camera.witness.judged[part], end.clock) for camera, part in self._noted(begin, end, 1))
        return Course(tuple(spans), tuple(gaps))

    def _noted(self, before: _Moment, after: _Moment, more: int = 0) -> list[tuple[Watched, slice]]:
        """Of each camera: what was noted between two moments, and so many notes `more` from before them."""
        places = zip(before.frames, after.frames, strict=True)
        return [(camera, slice(begin - more, end)) for camera, (begin, end) in zip(self.cameras, places, strict=True)]

    def _behind(self, before: _Moment, after: _Moment) -> tuple[float, float, float] | None:
        behind = [late for camera, part in self._noted(before, after) for late in camera.witness.behind[part]]
        if not behind:
            return None
        median, late, worst = np.percentile(behind, (50, 95, 100)).tolist()
        return median, late, worst

    def _delays(self) -> list[Delay]:
        told = self.book.told.copy()  # first: whatever was told had been raised before
        alarmed = {case: each for camera in self.cameras for case, each in camera.witness.alarmed.copy().items()}
        seen = {case: at - alarmed[case].came for case, at in told.items()}
        return [Delay(seconds + alarmed[case].lasted, seconds) for case, seconds in seen.items()]
