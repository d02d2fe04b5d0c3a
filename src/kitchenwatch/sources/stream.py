"""The one place that opens footage: RTSP cameras and recorded films through PyAV.

Habits follow Home Assistant's stream component: TCP always, time-outs always, addresses redacted in
every error, timestamps mended before anybody relies on them.
"""

import io
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias, cast

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from kitchenwatch.errors import SourceDenied, SourceError, SourceLost, SourceUnreadable
from kitchenwatch.sources.address import is_live, redacted
from kitchenwatch.sources.decoders import Decoders

log = logging.getLogger(__name__)

# Generic for the type checker only; at run time PyAV's class cannot be subscripted.
if TYPE_CHECKING:
    VideoPacket: TypeAlias = Packet[VideoStream]
else:
    VideoPacket = Packet

# Containers that films come in, by FFmpeg's names (`dhav` is Dahua's). Playlists and concat scripts are
# left out: a text file must not make us open other files or addresses.
FILM_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,h264,hevc,dhav"
# Most cameras send 25 pictures a second; only used where neither stream nor packets tell.
USUAL_STEP_S = 0.04
# The first packets of an RTSP stream may come before its clock is known; one or two were seen.
UNTIMED_PACKETS = 8


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """How patiently a stream is opened and read.

    Attributes:
        open_s: seconds to connect and to learn what the stream holds. FFmpeg gives up after about twice
            this; a camera on a LAN answers within one.
        read_s: seconds without a byte before the connection counts as dead; cameras send several packets a second.
            One that sends reports but no pictures is for whoever watches the reading thread.
        probe_bytes: how much is read to learn size and pixel format; a 1080p keyframe is 0.1 to 0.4 MB.
        analyze_s: how much footage is read for the same; 0.5 s instead of FFmpeg's 5 s halves reconnecting.
    """

    open_s: float = 4.0
    read_s: float = 4.0
    probe_bytes: int = 500_000
    analyze_s: float = 0.5


class Stream:
    """The first video stream at an address, demuxed and decoded; a context manager.

    Args:
        address: an RTSP (or other network) URL, credentials included, or a path.

    Raises:
        SourceDenied: the camera answered 401 or 403.
        SourceLost: it cannot be reached, or went silent.
        SourceUnreadable: a file that is missing, empty or no film; a stream without video.
    """

    def __init__(self, address: str | Path, settings: StreamSettings | None = None) -> None:
        self._address = str(address)
        self.live = is_live(self._address)
        self.corrupt = 0
        self._torn = False
        settings = settings or StreamSettings()
        try:
            self._container = self._open(settings)
        except (av.FFmpegError, OSError) as error:
            raise self._told(error) from None
        if not self._container.streams.video:
            self.close()
            raise SourceUnreadable(f"{self}: holds no video -> give an address or file that does")
        self._video = self._container.streams.video[0]
        # Frame and slice threads cost 7 to 29 % more CPU; cameras are what runs in parallel.
        self._video.codec_context.thread_type = "NONE"
        self._video.codec_context.thread_count = 1
        self._decoders = Decoders.like(self._video.codec_context)
        self._decoder: VideoCodecContext | None = None
        self._upright = False  # a picture has shown it: phones film on their side, as only the own decoder tells
        # Read now: after `close` they would be read from freed memory.
        self.time_base = cast(Fraction, self._video.time_base)
        """Seconds per tick of packets' timestamps."""
        rate = self._video.average_rate
        self.step = float(1 / rate) if rate else USUAL_STEP_S
        """Seconds from one picture to the next, as announced."""
        self.origin = float((self._video.start_time or 0) * self.time_base)
        """Timestamp of the first picture, in seconds."""
        self.duration = self._duration()
        """Announced length in seconds, of the video alone; None where nothing is announced or it cannot be told."""

    def __str__(self) -> str:
        return redacted(self._address)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection or file; safe to call again."""
        self._container.close()

    def packets(self) -> Iterator[VideoPacket]:
        """Video packets in decoding order, each with a `pts`; ends where the footage ends.

        On a live stream an end is a loss as well, but FFmpeg does not tell a killed server from a
        finished film: the caller has to.
        """
        try:
            came = (packet for packet in self._container.demux(self._video) if packet.size)
            yield from self._timed(_once(came, self.step / self.time_base / 2))
        except (av.FFmpegError, OSError) as error:
            raise self._told(error) from None

    def decode(self, packet: VideoPacket | None) -> list[VideoFrame]:
        """Pictures that this packet completes; None drains the decoder.

        What is broken is counted in `corrupt` and left out, with all that was predicted from it: nothing is
        shown again before the next keyframe, for torn pictures prove nothing.
        """
        return self._sifted(self._decoded(packet))

    def _decoded(self, packet: VideoPacket | None) -> list[VideoFrame] | None:
        """Pictures as the decoder gives them; None where it cannot."""
        self._decoder = self._decoder or self._begun()
        try:
            return self._decoder.decode(packet)
        except av.FFmpegError:
            return None

    def _begun(self) -> VideoCodecContext:
        """A decoder to begin at a keyframe with.

        A camera's lasts until `flush`, for the memory. The stream's own knows more than parameter sets tell: how films
        are turned, and by how much pictures are reordered where that was found out by reading ahead.
        """
        own = self._video.codec_context
        return self._decoders.fresh() if self.live and self._decoders and not own.has_b_frames else own

    def _sifted(self, pictures: list[VideoFrame] | None) -> list[VideoFrame]:
        """Those that are whole, and the others counted."""
        if pictures is None:
            self.corrupt += 1
            self._torn = True
            return []
        self._upright = self._upright or any(picture.rotation == 0 for picture in pictures)
        return [picture for picture in pictures if self._is_whole(picture)]

    def alone(self, keyframe: VideoPacket, coarse: bool = False) -> list[VideoFrame]:
        """A keyframe's picture, which `decode` is not disturbed by; coarse ones are cheaper.

        None where that cannot be, fails, or saves nothing: then decode it. Of a film only coarse ones save something,
        for its decoder lasts.
        """
        if not self._decoders or not (self.live or (coarse and self._upright)):
            return []
        try:
            pictures = self._decoders.alone(keyframe, coarse)
        except av.FFmpegError:
            return []
        return [picture for picture in pictures if not picture.is_corrupt]

    def flush(self) -> None:
        """Forget what was decoded, to go on at a keyframe."""
        if self._decoder is self._video.codec_context:
            self._decoder.flush_buffers()
        else:
            self._decoder = None

    def _is_whole(self, picture: VideoFrame) -> bool:
        if picture.is_corrupt:
            self._torn = True
        elif picture.key_frame:
            self._torn = False
        self.corrupt += self._torn
        return not self._torn

    def seek(self, seconds: float) -> None:
        """Go to the keyframe at or before this timestamp; stays where it is when the file cannot."""
        if self._video.start_time is None:  # without timestamps there is nothing to search for
            return
        try:
            self._container.seek(int(seconds / self.time_base), stream=self._video, backward=True)
        except av.FFmpegError:
            log.info("%s: cannot be searched, read from its beginning", self)

    def header(self, keyframe: VideoPacket) -> bytes:
        """A one-picture NUT file that carries all that is known of the codec.

        It serves as the template for remuxing packets after this stream was closed, which PyAV cannot do
        from a closed container. NUT, because it keeps codec data and packets as they came: Matroska turns
        a camera's Annex B parameter sets into avcC, which no longer fits the packets.

        Raises SourceUnreadable when too little is known of the codec yet.
        """
        held = io.BytesIO()
        try:
            with av.open(held, "w", format="nut") as container:
                packet = cast(VideoPacket, Packet(bytes(keyframe)))
                packet.stream = container.add_stream_from_template(self._video)
                packet.time_base, packet.is_keyframe = self.time_base, True
                packet.pts = packet.dts = 0
                container.mux(packet)
        except av.FFmpegError as error:
            raise SourceUnreadable(f"{self}: its codec is not known well enough for clips ({error.strerror})") from None
        return held.getvalue()

    def _open(self, settings: StreamSettings) -> InputContainer:
        probing = {"probesize": str(settings.probe_bytes), "analyzeduration": str(int(settings.analyze_s * 1e6))}
        if self.live:
            # UDP loses packets on the way; a torn picture is worse than a late one.
            silence = {"timeout": str(int(settings.read_s * 1e6))}
            options = probing | {"rtsp_transport": "tcp"} | silence
            # FFmpeg itself watches the silence: PyAV's read time-out takes the interpreter's lock three to six times
            # for each RTP packet, so that with many cameras reading would wait for Python, not for the camera.
            return av.open(self._address, "r", options=options, timeout=(settings.open_s, None))
        path = Path(self._address).absolute()
        if not path.is_file() or not path.stat().st_size:
            if path.is_dir():
                raise SourceUnreadable(f"{path}: is a folder -> name the films in it")
            raise SourceUnreadable(f"{path}: {'is empty' if path.is_file() else 'no such file'} -> give a film")
        # "file:" so that a colon in a name is not taken for a protocol.
        return av.open(f"file:{path}", "r", options={"protocol_whitelist": "file", "format_whitelist": FILM_FORMATS})

    def _duration(self) -> float | None:
        if self._video.duration:
            return float(self._video.duration * self.time_base)
        if self._container.duration and len(self._container.streams) == 1:
            return self._container.duration / av.time_base
        return None

    def _timed(self, packets: Iterable[VideoPacket]) -> Iterator[VideoPacket]:
        """Fill in missing timestamps: from the decoding time, the neighbours, or the announced rate."""
        step = max(1, round(self.step / self.time_base))
        untimed: list[VideoPacket] = []
        last: int | None = None
        for packet in packets:
            packet.pts = packet.dts if packet.pts is None else packet.pts
            untimed.append(packet)
            if packet.pts is None and last is None and len(untimed) <= UNTIMED_PACKETS:
                continue
            last = _spread(untimed, step, last)
            yield from untimed
            untimed = []
        _spread(untimed, step, last)
        yield from untimed

    def _told(self, error: Exception) -> SourceError:
        """Our error for FFmpeg's, whose own text holds the whole URL with its password."""
        if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
            return SourceDenied(f"{self}: the camera refuses the user name or password -> correct the camera's url")
        reason = getattr(error, "strerror", None) or type(error).__name__
        if not self.live:
            return SourceUnreadable(f"{self}: not a film that can be read ({reason}) -> give an MP4, MKV, AVI … file")
        if isinstance(error, av.error.ExitError | TimeoutError):
            reason = "no answer in time"
        elif isinstance(error, av.error.InvalidDataError):
            # FFmpeg's word also for a time-out while connecting.
            reason = "no answer in time, or none that makes sense"
        return SourceLost(f"{self}: {reason}")


Opener: TypeAlias = Callable[[str | Path, StreamSettings | None], Stream]
"""Opens a stream: `Stream` itself, or one that measures what it does."""


def _once(packets: Iterable[VideoPacket], near: Fraction | float) -> Iterator[VideoPacket]:
    """Without repetitions: servers under load send a picture twice, and browsers stop at a clip that holds one.

    Args:
        near: pictures are further apart than so many ticks.
    """
    last: VideoPacket | None = None
    for packet in packets:
        if last is None or packet.size != last.size or not _is_near(packet, last, near) or bytes(packet) != bytes(last):
            yield packet
        last = packet


def _is_near(packet: VideoPacket, last: VideoPacket, near: Fraction | float) -> bool:
    return packet.pts is None or last.pts is None or abs(packet.pts - last.pts) < near


def _spread(packets: Sequence[VideoPacket], step: int, last: int | None) -> int | None:
    """Time those without a timestamp evenly up to the last one; returns its time.

    If the last one has none either, they follow on `last`, or begin at 0.
    """
    if not packets:
        return last
    given = packets[-1].pts
    if given is None:
        given = len(packets) * step - step if last is None else last + len(packets) * step
    for back, packet in enumerate(reversed(packets)):
        packet.pts = given - back * step if packet.pts is None else packet.pts
    return given
