"""Previews: small H.264 copies of clips, for browsers that cannot play what the camera sent.

A preview is a courtesy to whoever looks and never evidence: it is scaled down, thinned out and encoded anew, it is
neither sealed nor kept, and what it shows is proved by the clip alone.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO, cast

import av
from av.container import InputContainer, OutputContainer
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter
from av.video.stream import VideoStream

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sampling import Sampler

# Up to this many pictures a second all are kept; of more, every second one of the usual 25.
ALL_FPS, THINNED_FPS = 15.0, 12.5
TICK = Fraction(1, 1000)
# veryfast: seconds instead of half a minute. No B-frames: packets leave in the order of their times. The ceiling
# of 1 Mbit/s bounds noise and rain; a still kitchen takes a fraction of it.
ENCODER = {"preset": "veryfast", "crf": "27", "bf": "0", "maxrate": "1M", "bufsize": "2M"}
KEYFRAME_EVERY = 25  # pictures, about two seconds, so that one can seek


@dataclass(frozen=True, slots=True)
class PreviewLimits:
    """What a preview may take.

    Attributes:
        side: pixels of its longer side; a smaller clip is not enlarged.
        size: bytes; clips last half a minute, and two minutes fit at the highest bit rate.
    """

    side: int = 960
    size: int = 16_000_000


def write_preview(clip: BinaryIO, path: Path, stopping: threading.Event, limits: PreviewLimits | None = None) -> None:
    """Write an MP4 of the clip's pictures that begins at 0, lasts as long, and plays while it loads; no sound.

    Decodes and encodes in the caller's thread alone, as cameras need the other cores.

    Args:
        clip: an MP4, opened for reading and seekable.
        stopping: once set, the work is given up at the next picture.

    Raises:
        SourceUnreadable: the clip cannot be decoded, the preview cannot be written or grows too large, or `stopping`.
    """
    try:
        with av.open(clip, "r", format="mp4") as container, _written(path) as copy:
            _Copying(container, copy, limits or PreviewLimits()).run(stopping)
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SourceUnreadable(f"no preview can be made of this clip ({reason})") from None


def _written(path: Path) -> OutputContainer:
    return av.open(str(path), "w", format="mp4", options={"movflags": "faststart"})


class _Copying:
    """One clip on its way into one preview."""

    def __init__(self, clip: InputContainer, copy: OutputContainer, limits: PreviewLimits) -> None:
        if not clip.streams.video:
            raise SourceUnreadable("no preview can be made of this clip (it holds no video)")
        self._clip, self._copy, self._limits = clip, copy, limits
        self._video = clip.streams.video[0]
        self._video.codec_context.thread_type = "NONE"
        self._video.codec_context.thread_count = 1
        rate = float(self._video.average_rate or 25)
        self._sampler = Sampler(ALL_FPS if rate <= ALL_FPS else THINNED_FPS)
        self._step = round(1 / rate / TICK)
        self._reformatter = VideoReformatter()
        self._encoder: VideoStream | None = None
        self._start, self._last, self._size = 0.0, -1, 0

    def run(self, stopping: threading.Event) -> None:
        left_out: VideoFrame | None = None
        for picture in self._pictures():
            if stopping.is_set():
                raise SourceUnreadable("the preview was given up")
            if self._encoder is None:
                self._begin(picture)
            left_out = picture
            if self._sampler.due((picture.time or 0.0) - self._start):
                self._put(picture)
                left_out = None
        if self._encoder is None:
            raise SourceUnreadable("no preview can be made of this clip (none of its pictures can be decoded)")
        # The last picture always, so that the preview lasts as long as the clip.
        if left_out is not None:
            self._put(left_out)
        self._mux(None)

    def _pictures(self) -> Iterator[VideoFrame]:
        for packet in self._clip.demux(self._video):
            try:
                yield from packet.decode()
            except av.error.InvalidDataError:
                continue  # a broken picture costs itself, not the preview

    def _begin(self, first: VideoFrame) -> None:
        scale = min(1.0, self._limits.side / max(first.width, first.height))
        self._start = first.time or 0.0
        self._encoder = self._copy.add_stream("libx264", rate=Fraction(THINNED_FPS), options=ENCODER)
        self._encoder.width, self._encoder.height = _even(first.width * scale), _even(first.height * scale)
        self._encoder.pix_fmt = "yuv420p"
        self._encoder.codec_context.time_base = TICK
        self._encoder.codec_context.gop_size = KEYFRAME_EVERY
        self._encoder.codec_context.thread_count = 1

    def _put(self, picture: VideoFrame) -> None:
        pts = round(((picture.time or 0.0) - self._start) / TICK)
        if pts <= self._last:
            return
        self._last = pts
        encoder = cast(VideoStream, self._encoder)
        # Many cameras send the full range of colours; left so, browsers would show too much contrast.
        scaled = self._reformatter.reformat(
            picture, encoder.width, encoder.height, "yuv420p", dst_color_range=ColorRange.MPEG, threads=1
        )
        scaled.pts, scaled.time_base = pts, TICK
        # Else the encoder repeats the clip's choice of keyframes.
        scaled.pict_type = PictureType.NONE
        self._mux(scaled)

    def _mux(self, picture: VideoFrame | None) -> None:
        for packet in cast(VideoStream, self._encoder).encode(picture):
            # Counts for the last one, which is shown as long as in the clip.
            packet.duration = self._step
            self._size += packet.size
            if self._size > self._limits.size:
                raise SourceUnreadable(f"no preview can be made of this clip (over {self._limits.size} bytes)")
            self._copy.mux(packet)


def _even(length: float) -> int:
    """H.264 halves the colours of yuv420p."""
    return max(2, round(length / 2) * 2)
