"""A recorded film as a source: the same frames each time, as fast as they are taken."""

import hashlib
import logging
import math
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from av.video.frame import VideoFrame

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Frame
from kitchenwatch.ports import Attention
from kitchenwatch.sources.clip import AccessUnit, Codec, EncodedClip, access_unit, select
from kitchenwatch.sources.decoding import Decoding
from kitchenwatch.sources.picture import upright
from kitchenwatch.sources.stream import Opener, Stream, VideoPacket

log = logging.getLogger(__name__)

# A film that ends this much before its announced length was cut off; headers are rounded more finely than that.
CUT_OFF_S = 1.0
RUN_DIGITS = 16
COPY_AGAIN = "copy it from the recorder again"


class FilmSource:
    """One film as one run. Implements `ports.Source`.

    Args:
        camera: id that its frames carry.
        path: an MP4, Matroska, AVI, MPEG-TS … file.
        started_at: UTC moment of its first frame.
        attention: says which pictures are decoded and handed out.
        open_stream: opens the film for `frames`.
    """

    def __init__(
        self, camera: str, path: Path, started_at: datetime, attention: Attention, open_stream: Opener = Stream
    ) -> None:
        self._camera, self.path, self._started_at = camera, path, started_at
        self._attention, self._open_stream = attention, open_stream
        self._stopping = threading.Event()
        self.corrupt = 0
        self.pictures = 0
        """Encoded pictures that have come so far."""

    @cached_property
    def run(self) -> str:
        """The first 16 hex digits of the file's SHA-256, so that the same film gives the same violations.

        Raises SourceUnreadable.
        """
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()[:RUN_DIGITS]
        except OSError as error:
            raise SourceUnreadable(f"{self.path}: {error.strerror}") from None

    @property
    def footage(self) -> "FilmFootage":
        """The whole film."""
        return FilmFootage(self.path, self._started_at)

    @cached_property
    def duration(self) -> float | None:
        """Announced length in seconds, for progress bars; None if unknown. What is wrong, `frames` tells."""
        try:
            with Stream(self.path) as stream:
                return stream.duration
        except SourceUnreadable:
            return None

    def stop(self) -> None:
        """End `frames` at the next packet."""
        self._stopping.set()

    def frames(self) -> Iterator[Frame]:
        """Sampled frames; `t` is seconds from the film's first timestamp.

        Broken pictures are left out and counted in `corrupt`.

        Raises:
            SourceUnreadable: not a film, nothing in it can be decoded, or it breaks off early: then after
                all frames that are there.
        """
        with self._open_stream(self.path, None) as stream:
            reading = _Reading(stream, self._stopping)
            for t, picture in reading.pictures(Decoding(stream, self._attention)):
                if self._attention.due(t):
                    at = self._started_at + timedelta(seconds=t)
                    yield Frame(self._camera, self.run, t, at, upright(picture))
            self.corrupt, self.pictures = stream.corrupt, reading.count
            if not self._stopping.is_set():
                self._complain(stream, reading)

    def _complain(self, stream: Stream, reading: "_Reading") -> None:
        if reading.last is None:
            raise SourceUnreadable(f"{self.path}: none of its pictures can be decoded -> {COPY_AGAIN}")
        if reading.error:
            raise SourceUnreadable(f"{self.path}: breaks off at {reading.reached:.1f} s ({reading.error})")
        if stream.duration and reading.reached < stream.duration - stream.step - CUT_OFF_S:
            length = f"{reading.reached:.1f} s of {stream.duration:.1f} s"
            raise SourceUnreadable(f"{self.path}: breaks off at {length} -> {COPY_AGAIN}")
        if stream.corrupt:
            log.warning("%s: %d broken pictures left out -> %s", self.path, stream.corrupt, COPY_AGAIN)


class _Reading:
    """One pass through a film: pictures with media time that never goes back."""

    def __init__(self, stream: Stream, stopping: threading.Event) -> None:
        self._stream, self._stopping = stream, stopping
        self.last: float | None = None
        self.reached = 0.0
        self.count = 0
        self.error: str | None = None

    def pictures(self, decoding: Decoding) -> Iterator[tuple[float, VideoFrame]]:
        for packet in self._packets():
            t = float((packet.pts or 0) * self._stream.time_base) - self._stream.origin
            self.count += 1
            yield from self._timed(decoding.pictures(packet, t))
            if decoding.seeing:
                self.reached = max(self.reached, t)
        yield from self._timed(decoding.rest())

    def _timed(self, pictures: Iterator[VideoFrame]) -> Iterator[tuple[float, VideoFrame]]:
        for picture in pictures:
            t = self._time(picture)
            if self.last is None or t > self.last:
                self.last = t
                yield t, picture

    def _packets(self) -> Iterator[VideoPacket]:
        try:
            for packet in self._stream.packets():
                if self._stopping.is_set():
                    return
                yield packet
        except SourceUnreadable as error:
            self.error = str(error)

    def _time(self, picture: VideoFrame) -> float:
        if picture.pts is None:
            return 0.0 if self.last is None else self.last + self._stream.step
        return max(0.0, float(picture.pts * self._stream.time_base) - self._stream.origin)


class FilmFootage:
    """A film, all of which is there. Implements `ports.Footage`."""

    def __init__(self, path: Path, started_at: datetime) -> None:
        self._path, self._started_at = path, started_at

    def until(self) -> float:
        """Infinity: nothing has to be waited for."""
        return math.inf

    def cut(self, begin: float, end: float) -> EncodedClip | None:
        """That span, from the keyframe before `begin`; None if the film has nothing there.

        Raises SourceUnreadable if the film cannot be opened.
        """
        with Stream(self._path) as stream:
            if begin > 0:
                stream.seek(begin + stream.origin)
            header, units = self._read(stream, end)
        chosen = select(units, begin, end)
        if not header or not chosen or max(unit.t for unit in chosen) < begin:
            return None
        return EncodedClip(Codec(header, stream.time_base, self._started_at), chosen)

    def _read(self, stream: Stream, end: float) -> tuple[bytes, list[AccessUnit]]:
        header, units = b"", list[AccessUnit]()
        try:
            for packet in stream.packets():
                unit = access_unit(packet, float((packet.pts or 0) * stream.time_base) - stream.origin)
                if unit.key and not header:
                    header = stream.header(packet)
                if unit.key and unit.t > end:
                    break
                units.append(unit)
        except SourceUnreadable as error:
            log.warning("%s: clip ends early", error)
        return header, units
