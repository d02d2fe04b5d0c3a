"""What is noted of one camera while it is measured: when its pictures come, when they are judged, what is told."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from kitchenwatch.model import Change, Entry, EvidenceFile, Frame, Look, Phase, Track, Violation
from kitchenwatch.picture import Picture
from kitchenwatch.pipeline.runner import Post
from kitchenwatch.ports import Attention, CaseBook, Clock, Recorder

# Media time that arrivals are kept for: longer than any picture waits to be decoded.
KEPT_S = 30.0


class Arrivals:
    """Stands before a camera's attention where its source asks, and notes when each encoded picture came.

    Timestamps do not tell how late a picture is: what comes while a connection is opened is read at once after that,
    and a camera's clock drifts. What tells it is when the packet could be read: where the source did not have to wait
    for it, at the earliest when it last had to wait for one.
    """

    def __init__(self, attention: Attention, clock: Clock) -> None:
        self._attention, self._clock = attention, clock
        self._late = 0.0
        self._came: dict[float, float] = {}
        self._passed: set[float] = set()
        self._recalls: list[float] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._attention, name)

    @property
    def attention(self) -> Attention:
        """What stands in its place."""
        return cast(Attention, self)

    def late(self, seconds: float) -> None:
        """The packet that comes next has waited so long."""
        self._late = seconds
        self._attention.late(seconds)

    def decodes(self, t: float, key: bool, size: int) -> bool:
        """Note, then ask."""
        self._came[t] = self._clock.monotonic() - self._late
        self._forget(t - KEPT_S)
        wanted = self._attention.decodes(t, key, size)
        if not wanted:
            self._passed.add(t)
        return wanted

    def recalls(self, t: float, picture: Picture) -> bool:
        """Ask, then note."""
        recalled = self._attention.recalls(t, picture)
        if recalled:
            self._recalls.append(t)
        return recalled

    def since(self, frame: Frame) -> float:
        """Seconds since that frame's packet came; 0 if its camera was tied to the clock anew meanwhile."""
        now = self._clock.monotonic()
        return now - self._came.get(frame.t, now)

    def behind(self, frame: Frame) -> float:
        """Seconds since that frame could be judged: one that was passed over, since the keyframe that recalled it."""
        if frame.t not in self._passed:
            return self.since(frame)
        now = self._clock.monotonic()
        asked = next((t for t in self._recalls if t > frame.t), frame.t)
        return now - self._came.get(asked, now)

    def _forget(self, until: float) -> None:
        while (oldest := next(iter(self._came))) < until:
            del self._came[oldest]
            self._passed.discard(oldest)
        self._recalls = [t for t in self._recalls if t >= until]


@dataclass(frozen=True, slots=True)
class Alarmed:
    """The frame that raised an alarm.

    Attributes:
        came: when it was received: seconds since 1970.
        lasted: seconds of video from the beginning of the violation until this frame.
    """

    came: float
    lasted: float


class Witness:
    """Passes everything on to the recorder, and notes when each frame was judged. Implements `ports.Recorder`."""

    def __init__(self, recorder: Recorder, arrivals: Arrivals, clock: Clock) -> None:
        self._recorder, self._arrivals, self._clock = recorder, arrivals, clock
        # Arrays, so that what is noted does not grow the memory that is measured.
        self.judged = array("d")
        """When each frame was: `clock.monotonic()`."""
        self.behind = array("d")
        """Seconds from the reception of each frame, or of the keyframe that recalled it, until it was judged."""
        self.followed = array("H")
        """People at each frame."""
        self.alarmed: dict[UUID, Alarmed] = {}
        """By case."""

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Note, then record."""
        came = self._clock.now().timestamp() - self._arrivals.since(frame)
        for change in changes:
            if change.phase is Phase.OPENED:
                lasted = (frame.at - change.violation.opened_at).total_seconds()
                self.alarmed[change.violation.id] = Alarmed(came, lasted)
        self.behind.append(self._arrivals.behind(frame))
        self.followed.append(len(tracks))
        self.judged.append(self._clock.monotonic())
        self._recorder.step(frame, tracks, looks, changes)

    def finish(self, changes: Sequence[Change]) -> None:
        """Pass it on."""
        self._recorder.finish(changes)


class TimedBook:
    """A case book that notes when each case can be told, for its rows are there. Implements `ports.CaseBook`."""

    def __init__(self, book: CaseBook, clock: Clock) -> None:
        self._book, self._clock = book, clock
        self.told: dict[UUID, float] = {}
        """By case: seconds since 1970."""

    def open(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> bool:
        """Open it, then note."""
        new = self._book.open(violation, files, entry)
        self.told[violation.id] = self._clock.now().timestamp()
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
