"""Copies of a film that begin elsewhere in it: what comes before that place follows at the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from kitchenwatch.errors import SourceUnreadable


def begin_at(film: Path, share: float, folder: Path) -> Path:
    """Write such a copy, without encoding anything anew.

    Args:
        share: of the film's length, 0 to 1; the copy begins with the keyframe before that place.
        folder: where the copy is written, under the film's name and the share.

    Raises SourceUnreadable.
    """
    copy = folder / f"{film.stem}-{share:.2f}{film.suffix}"
    try:
        begin, length = _place(film, share)
        with av.open(str(film)) as source, av.open(str(copy), "w") as target:
            stream: Any = target.add_stream_from_template(source.streams.video[0])
            for packet in _turned(source, begin, length):
                packet.stream = stream
                target.mux(packet)
    except (av.FFmpegError, IndexError) as error:
        raise SourceUnreadable(f"{film}: cannot be copied ({error}) -> give an MP4 or MKV of H.264 or H.265") from None
    return copy


def _place(film: Path, share: float) -> tuple[int, int]:
    """Decoding time of that keyframe, and the film's length, in ticks."""
    keys, last = list[int](), 0
    with av.open(str(film)) as source:
        for packet in _packets(source):
            keys += [packet.dts] if packet.is_keyframe else []
            last = packet.dts + packet.duration
    place = keys[0] + share * (last - keys[0])
    return max(key for key in keys if key <= place), last - keys[0]


def _turned(source: Any, begin: int, length: int) -> Iterator[Any]:
    """All packets, those from `begin` on first, with timestamps that follow on each other from 0."""
    for packet in _packets(source):
        if packet.dts >= begin:
            yield _moved(packet, -begin)
    source.seek(0)
    for packet in _packets(source):
        if packet.dts >= begin:
            return
        yield _moved(packet, length - begin)


def _packets(source: Any) -> Iterator[Any]:
    return (packet for packet in source.demux(source.streams.video[0]) if packet.dts is not None)


def _moved(packet: Any, ticks: int) -> Any:
    packet.dts, packet.pts = packet.dts + ticks, packet.pts + ticks
    return packet
