"""Decoders like a stream's own that last no longer than they are needed.

One of 1080p holds the pictures that others are predicted from and every picture that was in use at once: 9 to 30 MB,
which only its end gives back. To make one costs a few hundredths of decoding a keyframe.
"""

from collections.abc import Mapping
from typing import Self

from av.codec import CodecContext
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

# Those that are told all they need by the parameter sets. They smooth the edges of blocks at the end.
KNOWN = ("h264", "hevc")
# Of a keyframe decoded alone nothing else is predicted, so the smoothing can be left out: that took 17.5 > 11.0 ms of
# one of 60 kB in 1080p, 23 > 20 ms of one of 140 kB.
COARSE = {"skip_loop_filter": "all"}


class Decoders:
    """Makes decoders for one stream."""

    def __init__(self, codec: str, extradata: bytes | None) -> None:
        self._codec, self._extradata = codec, extradata

    @classmethod
    def like(cls, codec: VideoCodecContext) -> Self | None:
        """For streams of that codec; None where it takes more than parameter sets to make a decoder."""
        return cls(codec.name, codec.extradata) if codec.name in KNOWN else None

    def fresh(self, options: Mapping[str, str] | None = None) -> VideoCodecContext:
        """A decoder that has seen nothing yet."""
        decoder = CodecContext.create(self._codec, "r")
        assert isinstance(decoder, VideoCodecContext)
        decoder.extradata = self._extradata
        decoder.options = dict(options or {})
        decoder.thread_type, decoder.thread_count = "NONE", 1
        return decoder

    def alone(self, keyframe: "Packet[VideoStream]", coarse: bool) -> list[VideoFrame]:
        """A keyframe's picture by a decoder of its own; raises FFmpegError where it is broken.

        A coarse one shows the edges of blocks where a camera saves bits: good enough to see whether somebody is
        there, no evidence.
        """
        decoder = self.fresh(COARSE if coarse else None)
        return [*decoder.decode(keyframe), *decoder.decode(None)]
