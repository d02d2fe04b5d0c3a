"""Reads the source films; writes H.264 as cameras send it."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from pad_films.plan import FPS
from pad_films.scene import Picture

# Quick to encode, but with what makes a camera's stream costly to decode: arithmetic coding and the loop filter.
QUICK = {"preset": "ultrafast", "x264-params": "cabac=1:no-deblock=0"}


@dataclass(frozen=True, slots=True)
class Coding:
    """How a camera encodes.

    Attributes:
        size: width and height.
        gop: seconds between keyframes.
        mbit: bits a second, in millions; the most that a smart codec sends.
        smart: whether the picture's quality is kept, rather than the rate: nothing moves, next to nothing is sent.
    """

    size: tuple[int, int]
    gop: float
    mbit: float
    smart: bool

    def options(self) -> dict[str, str]:
        """For x264: no B-frames, keyframes at fixed times and nowhere else."""
        rate, every = str(round(self.mbit * 1e6)), str(max(1, round(self.gop * FPS)))
        keys = {"g": every, "keyint_min": every, "sc_threshold": "0", "bf": "0", "refs": "1"}
        quality = {"crf": "27"} if self.smart else {"b": rate}
        return {**QUICK, **keys, **quality, "maxrate": rate, "bufsize": rate}


def pictures(film: Path) -> Iterator[Picture]:
    """BGR, one for each 1/25 s from the first picture on, whatever the film's own rate."""
    count, moment = 0, 0.0
    with av.open(str(film)) as container:
        video = container.streams.video[0]
        video.thread_type = "NONE"
        step = float(1 / (video.average_rate or FPS))
        begin = last = None
        for frame in container.decode(video):
            assert frame.time is not None
            begin = frame.time if begin is None else begin
            moment = frame.time - begin
            yield from _until(moment, count, last)
            count = max(count, round(moment * FPS))
            last = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        yield from _until(moment + step, count, last)


def _until(moment: float, count: int, last: Picture | None) -> Iterator[Picture]:
    """The last picture as often as it is seen until then, if `count` pictures were seen before."""
    return itertools.repeat(last, max(0, round(moment * FPS) - count)) if last is not None else iter(())


def picture(path: Path) -> Picture:
    """BGR, of a picture file; raises SystemExit if it is none."""
    read = cv2.imread(str(path))
    if read is None:
        raise SystemExit(f"{path}: is no picture -> write a PNG of the source's size")
    return np.asarray(read, np.uint8)


def write(path: Path, coding: Coding, sent: Iterable[Picture]) -> None:
    """Encode pictures (I420)."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=FPS, options=coding.options())
        stream.width, stream.height = coding.size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for picture in sent:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
        container.mux(stream.encode(None))
