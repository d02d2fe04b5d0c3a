"""Attention that does what a test wants, and what a stream gives under it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.model import Attentiveness
from kitchenwatch.picture import Image, Picture
from kitchenwatch.ports import Attention
from kitchenwatch.sources.decoding import Decoding
from kitchenwatch.sources.stream import Opener, Stream, StreamSettings

Wants = Callable[[int, bool], bool]
"""Of a packet's number and whether it is a keyframe."""
FPS, GOP_S = 25, 2.0
SMALL = (160, 90)
CODINGS = [
    pytest.param({"codec": "libx264"}, id="h264"),
    pytest.param({"codec": "libx264", "b_frames": 3}, id="h264-b"),
    pytest.param({"codec": "libx264", "b_frames": 3, "open_gop": True}, id="h264-open"),
    pytest.param({"codec": "libx265"}, id="h265"),
    pytest.param({"codec": "libx265", "b_frames": 3}, id="h265-b"),
    pytest.param({"codec": "libx265", "b_frames": 3, "open_gop": True}, id="h265-open"),
]


class Scripted(FullAttention):
    """Wants what a test wants."""

    def __init__(self, wants: Wants) -> None:
        super().__init__(FPS)
        self._wants, self._number = wants, -1

    def decodes(self, t: float, key: bool, size: int) -> bool:
        self._number += 1
        return self._wants(self._number, key)


class Recalling(Scripted):
    """Wants keyframes, and after some of them all before."""

    def __init__(self, recalled: set[float]) -> None:
        super().__init__(keys_only)
        self._recalled = recalled

    def recalls(self, t: float, picture: Picture) -> bool:
        return t in self._recalled


class Calm(Scripted):
    """Wants keyframes alone before that packet, and all from there on."""

    def __init__(self, until: int, state: Attentiveness = Attentiveness.QUIET) -> None:
        super().__init__(lambda number, key: key or number >= until)
        self._until, self._before = until, state

    @property
    def state(self) -> Attentiveness:
        return self._before if self._number < self._until else Attentiveness.INQUIRING


class AsCamera(Stream):
    """A film that is decoded as a camera is, by decoders that do not last."""

    def __init__(self, address: str | Path, settings: StreamSettings | None = None) -> None:
        super().__init__(address, settings)
        self.live = True


class Given(NamedTuple):
    """A picture that came once a packet had come."""

    packet: int
    pts: int
    image: Image


def keys_only(number: int, key: bool) -> bool:
    return key


def given(film: Path, wants: Wants, kept_bytes: int = 8_000_000, open_stream: Opener = Stream) -> list[Given]:
    """All pictures, and after which packet each was there."""
    return given_to(Scripted(wants), film, kept_bytes, open_stream)


def given_to(
    attention: Attention, film: Path, kept_bytes: int = 8_000_000, open_stream: Opener = Stream
) -> list[Given]:
    with open_stream(film, None) as stream:
        decoding = Decoding(stream, attention, kept_bytes)
        number, found = -1, list[Given]()
        for number, packet in enumerate(stream.packets()):
            found += taken(number, decoding.pictures(packet, number / FPS))
        return found + taken(number + 1, decoding.rest())


def taken(number: int, pictures: Iterator[Any]) -> list[Given]:
    return [Given(number, picture.pts, picture.to_ndarray()) for picture in pictures]
