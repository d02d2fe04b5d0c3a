"""One connection to a camera, read in a thread of its own so that a stuck one can be left behind."""

import logging
import threading
from collections import deque
from dataclasses import dataclass

from av.video.frame import VideoFrame

from kitchenwatch.errors import SourceError, SourceLost, SourceUnreadable
from kitchenwatch.model import Attentiveness, Frame
from kitchenwatch.ports import Attention, Clock
from kitchenwatch.sources.clip import Codec, access_unit
from kitchenwatch.sources.decoding import Decoding
from kitchenwatch.sources.picture import upright
from kitchenwatch.sources.ring import Ring
from kitchenwatch.sources.stream import Opener, Stream, StreamSettings, VideoPacket
from kitchenwatch.sources.timeline import Timeline

log = logging.getLogger(__name__)

# To fetch what has already arrived takes less.
WAITED_S = 0.002
# How long packets gather before they are fetched all at once, where only keyframes are looked at: to wake for each
# costs as much again as to read it (demultiplexing 4 Mbit/s over RTSP took 9.8 ms a second, with this 5.3). Well below
# the second after which a picture counts as late, and what arrives meanwhile still fits into a socket's buffer.
DOZE_S = 0.2
# Frames that wait for `take`, enough for those that attention recalls at once; older ones give way, for late pictures
# are worth less than fresh ones.
WAITING_FRAMES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """What outlives a connection: whose frames these are and where they go."""

    camera: str
    address: str
    attention: Attention
    stream: StreamSettings
    clock: Clock
    ring: Ring
    open_stream: Opener = Stream


class Reader:
    """One run: connects, fills the ring, decodes what attention wants and keeps what is due for `take`.

    It never waits for whoever takes its frames. `stop` asks it to end; a read that hangs ends by PyAV's own
    time-out, and what it still delivers then goes nowhere.
    """

    def __init__(self, line: Line, timeline: Timeline, floor: float) -> None:
        self._line, self._timeline = line, timeline
        self._last_t = floor
        self._changed = threading.Condition()
        self._frames: deque[Frame] = deque(maxlen=WAITING_FRAMES)
        self._error: SourceError | None = None
        self._stopping = threading.Event()
        self._run = ""
        self._codec: Codec | None = None
        self._anchors = 0
        self.started = self.fresh = line.clock.monotonic()
        """`clock.monotonic()` of the start, and of the last picture that was decoded, or could have been."""
        self.decoding = False
        """Whether a picture was decoded at all."""
        self._thread = threading.Thread(target=self._read, name=f"rtsp-{line.camera}", daemon=True)
        self._thread.start()

    def take(self, timeout: float) -> Frame | None:
        """The next frame that was due, or None after `timeout` seconds; raises the error that ended the run."""
        with self._changed:
            self._changed.wait_for(lambda: self._frames or self._error or self._stopping.is_set(), timeout)
            if self._frames:
                return self._frames.popleft()
            if self._error:
                raise self._error
            return None

    def stop(self) -> None:
        """End soon; does not wait."""
        with self._changed:
            self._stopping.set()
            self._changed.notify_all()

    def join(self, timeout: float) -> None:
        """Wait for its thread, but no longer than that."""
        self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    def _read(self) -> None:
        try:
            with self._line.open_stream(self._line.address, self._line.stream) as stream:
                self._read_from(stream)
                error: SourceError = SourceLost(f"{stream}: the stream has ended")
        except SourceError as told:
            error = told
        except Exception as untold:  # noqa: BLE001 - a supervisor: whatever broke, the camera is tried again
            # Without the text, which may hold the address with its password.
            error = SourceLost(f"camera {self._line.camera}: its reader failed ({type(untold).__name__})")
        with self._changed:
            self._error = error
            self._changed.notify_all()

    def _read_from(self, stream: Stream) -> None:
        attention, clock = self._line.attention, self._line.clock
        decoding = Decoding(stream, attention)
        packets, in_time = stream.packets(), clock.monotonic()
        while not self._stopping.is_set():
            asked = clock.monotonic()
            if (packet := next(packets, None)) is None:
                return
            # A packet that had to be waited for is in time; if none has to be, they pile up in front of us.
            if waited := (now := clock.monotonic()) - asked > WAITED_S:
                in_time = now
            attention.late(now - in_time)
            t = self._timeline.place(float((packet.pts or 0) * stream.time_base))
            self._keep(stream, packet, t)
            self._decode(decoding, packet, t, stream)
            if decoding.seeing:
                self.fresh = clock.monotonic()
            if waited and self._may_doze:
                clock.sleep(DOZE_S, self._stopping)
                in_time = clock.monotonic()

    @property
    def _may_doze(self) -> bool:
        """Whether nobody waits for the very next picture."""
        return self._line.attention.state is not Attentiveness.INQUIRING and not self._line.ring.followed

    def _keep(self, stream: Stream, packet: VideoPacket, t: float) -> None:
        if self._codec is None or self._anchors != self._timeline.anchors:
            self._codec = self._learn(stream, packet)
            self._anchors = self._timeline.anchors
        if self._codec is not None:
            self._line.ring.add(self._codec, access_unit(packet, t))

    def _learn(self, stream: Stream, packet: VideoPacket) -> Codec | None:
        """What clips of this run need, once there is a keyframe to learn it from."""
        if not packet.is_keyframe:
            return None
        try:
            return Codec(stream.header(packet), stream.time_base, self._timeline.epoch)
        except SourceUnreadable as error:
            log.warning("camera %s: no clips yet: %s", self._line.camera, error)
            return None

    def _decode(self, decoding: Decoding, packet: VideoPacket, t: float, stream: Stream) -> None:
        """In a call of its own, so that nothing holds a picture while the next packet is waited for."""
        for picture in decoding.pictures(packet, t):
            self._offer(picture, stream)

    def _offer(self, picture: VideoFrame, stream: Stream) -> None:
        self.fresh, self.decoding = self._line.clock.monotonic(), True
        t = self._timeline.of(float((picture.pts or 0) * stream.time_base))
        if t <= self._last_t or not self._line.attention.due(t):
            return
        self._last_t = t
        at = self._timeline.at(t)
        self._run = self._run or f"{self._line.camera}@{at:%Y%m%dT%H%M%S.%fZ}"
        frame = Frame(self._line.camera, self._run, t, at, upright(picture))
        with self._changed:
            if not self._stopping.is_set():
                self._frames.append(frame)
                self._changed.notify_all()
