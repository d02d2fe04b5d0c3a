"""Live cameras measured: what they take while they are watched, and how far they fall behind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import numpy as np

from kitchenwatch.attention.budget import Load
from kitchenwatch.bench.apart import Tell
from kitchenwatch.bench.speed.figures import Delay, Run, Shares, by_stage
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.clock import cpu_seconds, thread_cpu_seconds
from kitchenwatch.errors import SourceLost
from kitchenwatch.model import Change, Entry, EvidenceFile, Frame, Look, Phase, Track, Violation
from kitchenwatch.pipeline.runner import Post, Runner
from kitchenwatch.ports import Attention, CaseBook, Clock, Recorder

# Connecting takes a second or two; a keyframe may be 12 s away; many cameras connect one after the other.
FIRST_FRAME_S = 60.0
# Cameras do not send their keyframes in step.
APART_S = 0.13
LOOK_S = 0.25
SMAPS = Path("/proc/self/smaps_rollup")


class Witness:
    """Passes everything on to the recorder, and notes when each frame was judged. Implements `ports.Recorder`."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        self._recorder, self._clock = recorder, clock
        self.behind: list[float] = []
        """Seconds from the reception of each frame until it was judged."""
        self.followed: list[int] = []
        """People at each frame."""
        self.alarmed: dict[UUID, float] = {}
        """When the frame of each alarm was received: seconds since 1970."""

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Note, then record."""
        self.behind.append((self._clock.now() - frame.at).total_seconds())
        self.followed.append(len(tracks))
        for change in changes:
            if change.phase is Phase.OPENED:
                self.alarmed[change.violation.id] = frame.at.timestamp()
        self._recorder.step(frame, tracks, looks, changes)

    def finish(self, changes: Sequence[Change]) -> None:
        """Pass it on."""
        self._recorder.finish(changes)


class TimedBook:
    """A case book that notes when each case can be told, for its rows are there. Implements `ports.CaseBook`."""

    def __init__(self, book: CaseBook, clock: Clock) -> None:
        self._book, self._clock = book, clock
        self.told: dict[UUID, tuple[Violation, float]] = {}
        """By case: its violation, and the moment: seconds since 1970."""

    def open(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> bool:
        """Open it, then note."""
        new = self._book.open(violation, files, entry)
        self.told[violation.id] = violation, self._clock.now().timestamp()
        return new

    def add_evidence(self, case: UUID, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """Pass it on."""
        self._book.add_evidence(case, files, entry)

    def close(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """Pass it on."""
        self._book.close(violation, files, entry)

    def known(self, case: UUID) -> frozenset[str]:
        """Pass it on."""
        return self._book.known(case)


@dataclass(frozen=True, slots=True)
class Watched:
    """A camera in the runner."""

    post: Post
    attention: Attention
    witness: Witness


@dataclass(frozen=True, slots=True)
class _Moment:
    """Everything that grows, at one moment."""

    clock: float
    cpu: float
    stages: dict[str, float]
    until: list[float]
    frames: list[int]
    skipped: int


@dataclass(slots=True)
class Strain:
    """How the machine stood while it was looked at."""

    states: Shares = field(default_factory=Shares)
    price: float = 0.0
    waited: float = 0.0

    def look(self, cameras: Sequence[Watched], load: Load) -> None:
        """Once more."""
        for camera in cameras:
            self.states.add(camera.attention.state, LOOK_S)
        self.price = max(self.price, load.price)
        self.waited = max(self.waited, *load.waiting.values(), 0.0)


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
    base: int | None = field(default_factory=lambda: private_bytes())

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
            before, strain = self._moment(), Strain()
            while (passed := self.clock.monotonic() - before.clock) < seconds:
                tell(passed / seconds)
                self.clock.sleep(min(LOOK_S, seconds - passed))
                strain.look(self.cameras, self.load())
            return self._run(before, self._moment(), strain)
        finally:
            self.runner.stop()

    def _come_on(self) -> None:
        for camera in self.cameras:
            self.runner.add(camera.post)
            self.clock.sleep(APART_S)
        limit = self.clock.monotonic() + FIRST_FRAME_S
        for camera in self.cameras:
            while not camera.witness.behind:
                if self.clock.monotonic() > limit:
                    raise SourceLost(f"camera {camera.post.camera} sends no picture -> is its film H.264 or H.265?")
                self.clock.sleep(LOOK_S)

    def _moment(self) -> _Moment:
        posts = [camera.post for camera in self.cameras]
        return _Moment(
            clock=self.clock.monotonic(),
            # This thread only measures.
            cpu=cpu_seconds() - thread_cpu_seconds(),
            stages=self.meter.stages(),
            until=[post.source.footage.until() for post in posts],
            frames=[len(camera.witness.behind) for camera in self.cameras],
            skipped=sum(post.skipped for post in posts),
        )

    def _run(self, before: _Moment, after: _Moment, strain: Strain) -> Run:
        cpu = after.cpu - before.cpu
        spent = {name: seconds - before.stages.get(name, 0.0) for name, seconds in after.stages.items()}
        behind, followed = list[float](), list[int]()
        for camera, begin, end in zip(self.cameras, before.frames, after.frames, strict=True):
            behind += camera.witness.behind[begin:end]
            followed += camera.witness.followed[begin:end]
        median, late, worst = np.percentile(behind or [0.0], (50, 95, 100)).tolist()
        now = private_bytes()
        return Run(
            cameras=len(self.cameras),
            wall=after.clock - before.clock,
            seconds=sum(end - begin for begin, end in zip(before.until, after.until, strict=True)),
            cpu=cpu,
            stages=by_stage(cpu, spent),
            frames=len(behind),
            skipped=after.skipped - before.skipped,
            people=float(np.mean(followed)) if followed else 0.0,
            behind=(median, late, worst),
            memory=(self.base, now) if self.base and now else None,
            alarms=tuple(self._delays()),
            states=strain.states.all(),
            price=strain.price,
            waited=strain.waited,
        )

    def _delays(self) -> list[Delay]:
        seen = {case: at for camera in self.cameras for case, at in camera.witness.alarmed.copy().items()}
        told = self.book.told.copy().items()
        return [Delay(at - violation.opened_at.timestamp(), at - seen[case]) for case, (violation, at) in told]


def private_bytes() -> int | None:
    """Memory that only this process holds, shared libraries left out; None where Linux does not tell."""
    try:
        lines = SMAPS.read_text().splitlines()
    except OSError:
        return None
    return sum(1024 * int(line.split()[1]) for line in lines if line.startswith("Private_"))
