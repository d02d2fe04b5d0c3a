"""A camera as a source: watched from outside its reading thread, connected again whenever it is lost."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tenacity import RetryCallState, Retrying, retry_if_exception_type, wait_exponential, wait_random
from tenacity.stop import stop_when_event_set

from kitchenwatch.errors import SourceDenied, SourceError, SourceLost, SourceUnreadable, StorageError
from kitchenwatch.model import CameraState, Frame, HealthChange
from kitchenwatch.ports import Attention, Clock, HealthLog
from kitchenwatch.sources.reader import Line, Reader
from kitchenwatch.sources.ring import Ring, RingSettings
from kitchenwatch.sources.stream import Opener, Stream, StreamSettings
from kitchenwatch.sources.timeline import Timeline

log = logging.getLogger(__name__)

# How often the watchdog looks; far below every limit it watches.
LOOK_S = 0.5


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How a camera is read and watched; all `_s` in seconds.

    Attributes:
        silent_s: without a decoded picture for so long, the camera is offline and its connection given up;
            longer than any keyframe is late, short enough that a cut cable shows at once.
        first_picture_s: as `silent_s`, but from connecting to the first picture, which comes with the first
            keyframe: cameras with "smart" codecs send one every 12 s or more.
        retry_s, retry_cap_s: first and longest wait before connecting again. The longest wait plus one
            connection that hangs (`stream.open_s`, twice) stays below 15 s.
        denied_s, denied_cap_s: the same after wrong credentials, or where there is no video: only a person
            can mend that, and cameras lock an account that fails too often.
        jitter_s: spread added to each wait, so that the cameras of one recorder do not return in step.
        healthy_s: a run of at least so long makes the waits short again.
        stuck: connections that hang and are left behind, at most; cameras serve only a few at a time.
    """

    silent_s: float = 8.0
    first_picture_s: float = 30.0
    retry_s: float = 0.25
    retry_cap_s: float = 4.0
    denied_s: float = 5.0
    denied_cap_s: float = 60.0
    jitter_s: float = 0.5
    healthy_s: float = 10.0
    stuck: int = 3
    stream: StreamSettings = field(default_factory=StreamSettings)
    ring: RingSettings = field(default_factory=RingSettings)


class LiveSource:
    """One camera for as long as it is wanted. Implements `ports.Source`.

    Media time runs on through losses: it is seconds since `frames` was called, by the packets' timestamps
    within a run. `OFFLINE` begins at the last frame when connecting again fails, or when nothing was decoded
    for `silent_s`; it ends at the next run's first frame. A loss that the first attempt mends is only logged.
    """

    def __init__(
        self,
        camera: str,
        url: str,
        attention: Attention,
        settings: LiveSettings,
        clock: Clock,
        health: HealthLog,
        open_stream: Opener = Stream,
    ) -> None:
        self._settings, self._clock = settings, clock
        self._ring = Ring(settings.ring)
        self._line = Line(camera, url, attention, settings.stream, clock, self._ring, open_stream)
        self._presence = _Presence(camera, health)
        self._stopping = threading.Event()
        self._reader: Reader | None = None
        self._left: list[Reader] = []
        self._line_start = 0.0
        self._last_t = -1.0
        self._seen = 0.0
        self.runs = 0
        """Runs that delivered a frame."""

    @property
    def footage(self) -> Ring:
        """The last seconds, still encoded."""
        return self._ring

    def idle_s(self) -> float | None:
        """Seconds since a picture was decoded; None before the first. For any thread."""
        reader = self._reader
        seen = reader.fresh if reader and reader.decoding else self._seen
        return self._clock.monotonic() - seen if self.runs or (reader and reader.decoding) else None

    def stop(self) -> None:
        """End `frames`; a connection that hangs ends by its own time-out soon after."""
        self._stopping.set()
        if reader := self._reader:
            reader.stop()

    def frames(self) -> Iterator[Frame]:
        """Sampled frames until `stop`; connects again by itself, so that no SourceError gets out."""
        self._line_start = self._seen = self._clock.monotonic()
        self._presence.begin(self._clock.now())
        while not self._stopping.is_set():
            for attempt in self._attempts():
                with attempt:
                    yield from self._run()

    def _attempts(self) -> Retrying:
        settings = self._settings
        lost = wait_exponential(settings.retry_s, settings.retry_cap_s)
        denied = wait_exponential(settings.denied_s, settings.denied_cap_s)
        jitter = wait_random(0, settings.jitter_s)

        def wait(state: RetryCallState) -> float:
            hopeless = isinstance(_error(state), SourceDenied | SourceUnreadable)
            return (denied if hopeless else lost)(state) + jitter(state)

        return Retrying(
            wait=wait,
            retry=retry_if_exception_type(SourceError),
            stop=stop_when_event_set(self._stopping),
            sleep=lambda seconds: self._clock.sleep(seconds, self._stopping),
            before_sleep=self._lost,
            retry_error_callback=lambda state: None,
        )

    def _run(self) -> Iterator[Frame]:
        """One connection from its beginning to its loss; returns instead of raising if it was a healthy one."""
        self._wait_for_room()
        timeline = Timeline(self._clock, self._line_start, self._last_t)
        self._reader = reader = Reader(self._line, timeline, self._last_t)
        try:
            yield from self._watched(reader)
        except SourceLost as error:
            if self._stopping.is_set():
                return
            if not reader.decoding or reader.fresh - reader.started < self._settings.healthy_s:
                raise
            log.warning("camera %s: lost, connecting again: %s", self._line.camera, error)
        finally:
            reader.stop()
            reader.join(LOOK_S)
            self._left.append(reader)

    def _watched(self, reader: Reader) -> Iterator[Frame]:
        first = True
        while not self._stopping.is_set():
            frame = reader.take(LOOK_S)
            if frame is None:
                self._look_after(reader)
                continue
            if first:
                log.info("camera %s: run %s", self._line.camera, frame.run)
                self.runs, first = self.runs + 1, False
            self._last_t, self._seen = frame.t, reader.fresh
            self._presence.seen(frame.at)
            yield frame
            del frame  # its picture is not held while the next is waited for

    def _look_after(self, reader: Reader) -> None:
        """The watchdog: only fresh decoded pictures count as life."""
        if reader.decoding:
            self._seen = reader.fresh
        now = self._clock.monotonic()
        if now - self._seen > self._settings.silent_s:
            self._presence.missed("no picture")
        limit = self._settings.silent_s if reader.decoding else self._settings.first_picture_s
        if now - reader.fresh > limit and not self._stopping.is_set():
            raise SourceLost(f"camera {self._line.camera}: no picture for {limit:g} s")

    def _lost(self, state: RetryCallState) -> None:
        error = _error(state)
        wait = state.next_action.sleep if state.next_action else 0.0
        log.warning("camera %s: next attempt in %.1f s: %s", self._line.camera, wait, error)
        self._presence.missed(str(error))

    def _wait_for_room(self) -> None:
        """Leave no more hanging connections behind than is allowed."""
        self._left = [reader for reader in self._left if reader.alive]
        while len(self._left) >= self._settings.stuck and not self._stopping.is_set():
            self._presence.missed("connections hang")
            self._clock.sleep(LOOK_S, self._stopping)
            self._left = [reader for reader in self._left if reader.alive]


class _Presence:
    """Tells the health log when the camera goes and comes back, and tells it again if it could not be told."""

    def __init__(self, camera: str, health: HealthLog) -> None:
        self._camera, self._health = camera, health
        # Unknown at first: an interval may be open from before the program was started.
        self._offline: bool | None = None
        self._last: datetime | None = None

    def begin(self, at: datetime) -> None:
        """The line begins."""
        self._last = at

    def seen(self, at: datetime) -> None:
        """A frame of this moment is there."""
        self._last = at
        if self._offline is not False and self._told(False, at, ""):
            self._offline = False

    def missed(self, detail: str) -> None:
        """Nothing since the last frame (or since the line began)."""
        if not self._offline and self._last is not None and self._told(True, self._last, detail):
            self._offline = True

    def _told(self, began: bool, at: datetime, detail: str) -> bool:
        try:
            self._health.record(HealthChange(self._camera, CameraState.OFFLINE, began, at, detail))
        except StorageError as error:
            log.warning("camera %s: its health waits to be recorded: %s", self._camera, error)
            return False
        return True


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
