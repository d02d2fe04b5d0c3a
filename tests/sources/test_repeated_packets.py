"""Pictures that a server sends twice are kept once."""

from fractions import Fraction
from pathlib import Path
from typing import cast

from av.packet import Packet

import films
from kitchenwatch.sources.stream import Stream, VideoPacket, _once


def again(packet: VideoPacket, later: int) -> VideoPacket:
    """The same picture, timed some ticks later."""
    copy = cast(VideoPacket, Packet(bytes(packet)))
    copy.pts, copy.dts, copy.is_keyframe = (packet.pts or 0) + later, packet.dts, packet.is_keyframe
    return copy


def test_a_picture_that_comes_again_at_once_is_left_out(tmp_path: Path) -> None:
    with Stream(films.make_film(tmp_path / "film.mp4", seconds=1)) as stream:
        packets = list(stream.packets())
        near = Fraction(stream.step) / stream.time_base / 2
    repeated = [each for packet in packets for each in (packet, again(packet, 0), again(packet, 1))]
    assert list(_once(repeated, near)) == packets


def test_the_same_bytes_a_picture_later_are_another_picture(tmp_path: Path) -> None:
    with Stream(films.make_film(tmp_path / "film.mp4", seconds=1)) as stream:
        packet = next(stream.packets())
        step = round(stream.step / stream.time_base)
    packets = [packet, again(packet, step), again(packet, 2 * step)]
    assert list(_once(packets, step / 2)) == packets
