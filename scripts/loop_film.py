"""Repeats a film, or its first seconds, until it is hours long, without encoding it again.

.venv/bin/python scripts/loop_film.py /tmp/films/empty/no_hat.mp4 /tmp/films/long/empty.mp4 --hours 10 --until 46
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream

HOUR_S = 3600


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", type=Path, help="without B-frames, as cameras send it")
    parser.add_argument("out", type=Path)
    parser.add_argument("--hours", type=float, required=True)
    parser.add_argument("--until", type=float, default=math.inf, help="only so many seconds of the film")
    asked = parser.parse_args()
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    loop(asked.film, asked.out, asked.hours * HOUR_S, asked.until)


def loop(film: Path, out: Path, seconds: float, until: float) -> None:
    """Write the film over and over until `seconds` are full."""
    with av.open(str(film)) as source, av.open(str(out), "w") as target:
        video = source.streams.video[0]
        stream = target.add_stream_from_template(video)
        base, packets = video.time_base or Fraction(1, HOUR_S), [each for each in source.demux(video) if each.size]
        taken = [each for each in packets if float((each.pts or 0) * base) < until]
        for packet in _repeated(taken, base, seconds):
            packet.stream = stream
            target.mux(packet)


def _repeated(packets: Sequence[Packet[VideoStream]], base: Fraction, seconds: float) -> Iterator[Packet[Stream]]:
    length = (packets[-1].pts or 0) + (packets[-1].duration or 0)
    for lap in itertools.count():
        for packet in packets:
            pts = lap * length + (packet.pts or 0)
            if float(pts * base) >= seconds:
                return
            copy = Packet(bytes(packet))
            copy.pts = copy.dts = pts
            copy.duration, copy.time_base, copy.is_keyframe = packet.duration or 0, base, packet.is_keyframe
            yield copy


if __name__ == "__main__":
    main()
