"""A run's access units as fragmented MP4, which browsers play while it comes (Media Source Extensions)."""

import io
from dataclasses import dataclass
from typing import cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.clip import TAGS, AccessUnit, Codec

# `skip_trailer`, because the index it leaves out would grow for as long as the camera runs.
FLAGS = "empty_moov+default_base_moof+frag_every_frame+skip_trailer"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One picture, ready to be appended.

    Attributes:
        key: whether a player can begin here.
        t: media time in seconds.
    """

    data: bytes
    key: bool
    t: float


class Fragmenter:
    """Remuxes one run; its film begins at 0 with the first unit.

    Args:
        first: a keyframe; also the first to be added.

    Raises:
        SourceUnreadable: not H.264 or H.265, or too little is known of it.
    """

    def __init__(self, codec: Codec, first: AccessUnit) -> None:
        self._codec, self._start = codec, first.pts
        self._sink = _Sink()
        self._before: AccessUnit | None = None
        self._dts, self._newest, self._delay = -1, first.pts, 0
        try:
            self._template = av.open(io.BytesIO(codec.header))
            self._container = av.open(self._sink, "w", format="mp4", options={"movflags": FLAGS})
            self._stream = self._add_stream(self._template.streams.video[0])
            self._container.start_encoding()
        except (av.FFmpegError, OSError) as error:
            raise SourceUnreadable(f"no live picture of this footage ({type(error).__name__})") from None
        self.init = self._sink.take()
        """What a player must have before any fragment."""
        self.mime = mime_of(self.init)
        """What to ask the browser whether it can play."""

    def add(self, unit: AccessUnit) -> Fragment | None:
        """Take the next picture, in decoding order; returns the one before, whose length is known now.

        Raises SourceUnreadable when the footage makes no sense.
        """
        # What is shown before the first keyframe (leading pictures of an open GOP) cannot be decoded.
        if unit.pts < self._start:
            return None
        try:
            self._container.mux(self._packet(unit))
        except (av.FFmpegError, OSError) as error:
            raise SourceUnreadable(f"the live picture broke off ({type(error).__name__})") from None
        before, self._before = self._before, unit
        return Fragment(self._sink.take(), before.key, before.t) if before else None

    def close(self) -> None:
        """Let go of FFmpeg's memory."""
        self._container.close()
        self._template.close()

    def _add_stream(self, template: VideoStream) -> VideoStream:
        stream = self._container.add_stream_from_template(template)
        if tag := TAGS.get(template.codec_context.name):
            stream.codec_tag = tag
        return stream

    def _packet(self, unit: AccessUnit) -> "Packet[VideoStream]":
        packet = cast("Packet[VideoStream]", Packet(unit.data))
        packet.stream, packet.time_base = self._stream, self._codec.time_base
        dts = self._decoding_time(unit.pts)
        packet.pts, packet.dts = max(unit.pts, dts) - self._start, dts - self._start
        packet.duration, packet.is_keyframe = unit.duration, unit.key
        return packet

    def _decoding_time(self, pts: int) -> int:
        """Rising, and at or before `pts`: later by none where pictures come in the order in which they are shown.

        Where they do not (B-frames), all decoding times move back by the greatest delay seen so far.
        """
        self._newest = max(self._newest, pts)
        late = self._newest - pts
        self._delay = max(self._delay, late)
        self._dts = max(self._newest - self._delay, self._dts + 1)
        return self._dts


class _Sink:
    """A file that can only be written to."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def mime_of(init: bytes) -> str:
    """The type of a film by its beginning, codec and profile included (RFC 6381).

    Raises SourceUnreadable for anything but H.264 and H.265.
    """
    for box, told in ((b"avcC", _avc), (b"hvcC", _hevc)):
        place = init.find(box)
        if place >= 0:
            return f'video/mp4; codecs="{told(init[place + 4 :])}"'
    raise SourceUnreadable("no live picture: neither H.264 nor H.265")


def _avc(record: bytes) -> str:
    return f"avc1.{record[1:4].hex()}"


def _hevc(record: bytes) -> str:
    space, tier, profile = record[1] >> 6, record[1] >> 5 & 1, record[1] & 31
    compatible = int(f"{int.from_bytes(record[2:6]):032b}"[::-1], 2)
    constraints = record[6:12].rstrip(b"\0")
    parts = [f"hvc1.{['', 'A', 'B', 'C'][space]}{profile}", f"{compatible:x}", f"{'LH'[tier]}{record[12]}"]
    return ".".join(parts + [f"{byte:x}" for byte in constraints])
