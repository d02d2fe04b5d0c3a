"""Watches over a line's shoulder, so that a live view can draw what was seen."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from kitchenwatch.model import Change, Frame, Look, Phase, Track, Violation
from kitchenwatch.ports import Recorder


@dataclass(frozen=True, slots=True)
class Seen:
    """What a line saw on one frame.

    Attributes:
        violations: those under way.
    """

    frame: Frame
    tracks: tuple[Track, ...]
    looks: tuple[Look, ...]
    violations: tuple[Violation, ...]


class Onlooker:
    """Passes everything on to the recorder, and remembers what was seen last. Implements `ports.Recorder`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._under_way: dict[UUID, Violation] = {}
        self._listeners: tuple[Callable[[], None], ...] = ()
        self._lock = threading.Lock()
        self.newest: Seen | None = None

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` at each frame, in the line's thread; it must be quick and never raise. Returns what ends it."""
        with self._lock:
            self._listeners += (wake,)

        def end() -> None:
            with self._lock:
                self._listeners = tuple(each for each in self._listeners if each is not wake)

        return end

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Remember, tell the listeners, record."""
        self._follow(changes)
        self.newest = Seen(frame, tuple(tracks), tuple(looks), tuple(self._under_way.values()))
        for wake in self._listeners:
            wake()
        self._recorder.step(frame, tracks, looks, changes)

    def finish(self, changes: Sequence[Change]) -> None:
        """The footage is over."""
        self._follow(changes)
        self._recorder.finish(changes)

    def _follow(self, changes: Sequence[Change]) -> None:
        for change in changes:
            if change.phase is Phase.CLOSED:
                self._under_way.pop(change.violation.id, None)
            else:
                self._under_way[change.violation.id] = change.violation
