"""A film that is played into a ring, as a camera's reader would, for tests of live pictures."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import av

from films import Image
from kitchenwatch.sources.broadcast import Broadcast, Reel
from kitchenwatch.sources.clip import Codec, access_unit
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.ring import Ring, RingSettings
from kitchenwatch.sources.stream import Stream

EPOCH = datetime(2026, 11, 22, tzinfo=UTC)


class PlayedCamera:
    """Nothing is read, and no time passes: `play` puts pictures into the ring at once."""

    def __init__(self, film: Path) -> None:
        with Stream(film) as stream:
            packets = list(stream.packets())
            self.codec = Codec(stream.header(packets[0]), stream.time_base, EPOCH)
            self.units = [access_unit(packet, float((packet.pts or 0) * stream.time_base)) for packet in packets]
        self.ring = Ring(RingSettings(seconds=600))
        self.broadcast = Broadcast("cam1", self.ring)
        self._length = self.units[-1].pts + self.units[1].pts

    def play(self, begin: int = 0, end: int | None = None, *, lap: int = 0, codec: Codec | None = None) -> None:
        """Those pictures of the film; in a later `lap` they follow on what was played before."""
        seconds = lap * float(self._length * self.codec.time_base)
        for unit in self.units[begin:end]:
            shifted = replace(unit, pts=unit.pts + lap * self._length, t=unit.t + seconds)
            self.ring.add(codec or self.codec, shifted)

    @property
    def followed(self) -> bool:
        """Whether anybody is told of its pictures."""
        return bool(self.ring._followers)


def shown(taken: Sequence[Reel | bytes]) -> list[tuple[float, Image]]:
    """The pictures of one reel and its pieces as a player shows them, with their media time."""
    reel = taken[0]
    assert isinstance(reel, Reel)
    film = reel.init + b"".join(piece for piece in taken[1:] if isinstance(piece, bytes))
    converter = Converter()
    with av.open(io.BytesIO(film), "r") as container:
        stream = container.streams.video[0]
        tick = stream.time_base or Fraction(0)
        return [
            (reel.start + float((picture.pts or 0) * tick), converter.bgr(picture))
            for picture in container.decode(stream)
        ]
