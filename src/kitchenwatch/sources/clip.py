"""Clips: encoded pictures that are held in memory, remuxed into a browser's MP4 without re-encoding."""

import errno
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.packet import Packet
from av.video.stream import VideoStream

from kitchenwatch.errors import SourceUnreadable, StorageError, StorageFull

# Browsers (Safari above all) play H.265 only when its parameter sets are announced up front, which this tag says.
TAGS = {"hevc": "hvc1"}


@dataclass(frozen=True, slots=True)
class AccessUnit:
    """One encoded picture.

    Attributes:
        pts, duration: in ticks of its run's time base.
        t: media time in seconds.
    """

    data: bytes
    pts: int
    duration: int
    key: bool
    t: float


def access_unit(packet: "Packet[VideoStream]", t: float) -> AccessUnit:
    """A copy of what a packet holds, so that its container may be closed."""
    return AccessUnit(bytes(packet), packet.pts or 0, packet.duration or 0, packet.is_keyframe, t)


@dataclass(frozen=True, slots=True)
class Codec:
    """What is needed to remux a run's access units.

    Attributes:
        header: a one-picture file (see `Stream.header`).
        time_base: seconds per tick.
        epoch: UTC moment at which media time was 0.
    """

    header: bytes
    time_base: Fraction
    epoch: datetime


class EncodedClip:
    """A span of one run; holding it keeps its bytes. Implements `ports.Clip`.

    Args:
        units: in decoding order, the first a keyframe.
    """

    def __init__(self, codec: Codec, units: Sequence[AccessUnit]) -> None:
        self._codec = codec
        # What is shown before the first keyframe (leading pictures of an open GOP) cannot be decoded.
        self._units = [unit for unit in units if unit.pts >= units[0].pts]

    @property
    def begins(self) -> datetime:
        """UTC moment of the first frame."""
        return self._codec.epoch + timedelta(seconds=self._units[0].t)

    @property
    def t(self) -> tuple[float, float]:
        """Media time of the first and the last frame, in seconds."""
        return self._units[0].t, max(unit.t for unit in self._units)

    def joined(self, later: "EncodedClip") -> "EncodedClip":
        """This clip and what a later one of the same run has beyond it; itself, if it is another run's."""
        if later._codec.epoch != self._codec.epoch:  # a run's own, to the microsecond
            return self
        mine = {unit.pts for unit in self._units}
        return EncodedClip(self._codec, [*self._units, *(unit for unit in later._units if unit.pts not in mine)])

    def write(self, path: Path) -> None:
        """Write an MP4 that starts at 0 and can be played while it loads.

        Raises:
            StorageFull, StorageError: the file cannot be written.
            SourceUnreadable: the footage is too broken for an MP4.
        """
        try:
            with av.open(io.BytesIO(self._codec.header)) as template:
                self._remux(template.streams.video[0], path)
        except (av.error.InvalidDataError, av.error.ArgumentError) as error:
            # What FFmpeg says of packets it cannot make sense of.
            raise SourceUnreadable(f"{path.name}: the footage is broken, no clip ({error.strerror})") from None
        except (av.FFmpegError, OSError) as error:
            raise _storage_error(path, error) from None

    def _remux(self, template: VideoStream, path: Path) -> None:
        options = {"movflags": "faststart"}
        with av.open(str(path), "w", format="mp4", options=options) as container:
            stream = container.add_stream_from_template(template)
            if tag := TAGS.get(template.codec_context.name):
                stream.codec_tag = tag
            for unit, dts in zip(self._units, _decoding_times([unit.pts for unit in self._units]), strict=True):
                container.mux(self._packet(unit, dts, stream))

    def _packet(self, unit: AccessUnit, dts: int, stream: VideoStream) -> "Packet[VideoStream]":
        packet = cast("Packet[VideoStream]", Packet(unit.data))
        packet.stream, packet.time_base = stream, self._codec.time_base
        start = self._units[0].pts
        packet.pts, packet.dts = max(unit.pts, dts) - start, dts - start
        packet.duration, packet.is_keyframe = unit.duration, unit.key
        return packet


def _decoding_times(pts: Sequence[int]) -> list[int]:
    """Decoding times for pictures in decoding order: the presentation times in order, less the reordering delay.

    Made anew because Matroska and some cameras give none, or give such as do not rise, which no MP4 takes.
    """
    rising: list[int] = []
    for time in sorted(pts):
        rising.append(max(time, rising[-1] + 1) if rising else time)
    delay = max(time - shown for time, shown in zip(sorted(pts), pts, strict=True))
    return [time - delay for time in rising]


def select(units: Sequence[AccessUnit], begin: float, end: float) -> list[AccessUnit]:
    """Those from the keyframe at or before `begin` (or the first one held) to `end`, in media seconds.

    Empty if there is no keyframe up to `end`.
    """
    keys = [place for place, unit in enumerate(units) if unit.key and unit.t <= end]
    within = [place for place, unit in enumerate(units) if unit.t <= end]
    if not keys:
        return []
    first = max((place for place in keys if units[place].t <= begin), default=keys[0])
    return list(units[first : within[-1] + 1])


def _storage_error(path: Path, error: Any) -> StorageError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    if getattr(error, "errno", None) == errno.ENOSPC:
        return StorageFull(f"{path}: no room left for the clip -> free space or lower the retention")
    return StorageError(f"{path}: the clip cannot be written ({reason})")
