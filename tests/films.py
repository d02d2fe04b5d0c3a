"""Films made up for tests: small, quick, and each picture says its own time."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Painter = Callable[[Image, float], None]

BITS = 16


def paint_time(image: Image, t: float) -> None:
    """A still textured room, a square that walks, and a top row of blocks that codes centiseconds."""
    height, width = image.shape[:2]
    image[:] = _room(width, height)
    x = int(t * width / 8) % width
    image[height // 2 : height // 2 + 30, x : x + 20] = (40, 220, 60)
    image[: height // 8] = 0
    block = width // BITS
    for bit in range(BITS):
        if round(t * 100) >> bit & 1:
            image[: height // 8, bit * block : (bit + 1) * block] = 255


def read_time(image: Image) -> float:
    """The second that `paint_time` wrote into a picture, exact to 0.01 s."""
    height, width = image.shape[:2]
    block = width // BITS
    row = image[height // 16, :, 1]
    bits = [row[bit * block + block // 2] > 127 for bit in range(BITS)]
    return sum(1 << bit for bit, on in enumerate(bits) if on) / 100


def _room(width: int, height: int) -> Image:
    noise = np.random.default_rng(7).integers(60, 200, (height // 10, width // 10, 3), np.uint8)
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8)


def pictures(seconds: float, fps: float, size: tuple[int, int], painter: Painter) -> Iterator[Image]:
    """What `painter` paints at each frame's time; `size` is (width, height)."""
    for number in range(max(1, round(seconds * fps))):
        image = np.full((size[1], size[0], 3), 127, np.uint8)
        painter(image, number / fps)
        yield image


def make_film(
    path: Path,
    *,
    seconds: float = 4.0,
    fps: float = 25,
    size: tuple[int, int] = (320, 180),
    codec: str = "libx264",
    gop: float = 1.0,
    painter: Painter = paint_time,
    bit_rate: int | None = None,
    b_frames: int = 0,
    open_gop: bool = False,
    audio: bool = False,
) -> Path:
    """Encode a film (container told by the suffix); `gop` is seconds between keyframes.

    Cameras send no B-frames, so none are made unless asked for; in an open group the first of them build on the
    group before.
    """
    with av.open(str(path), "w") as container:
        options = _encoder_options(codec, max(1, round(gop * fps)), b_frames, open_gop)
        stream: Any = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1000), options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        # One thread, so that the film does not depend on how many cores the machine has.
        stream.codec_context.thread_count = 1
        if codec == "libx265":
            stream.codec_tag = "hvc1"
        if bit_rate:
            stream.bit_rate = bit_rate
        sound: Any = container.add_stream("aac", rate=16000, layout="mono") if audio else None
        for image in pictures(seconds, fps, size, painter):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
        if audio:
            add_silence(container, sound, seconds)
    return path


def _encoder_options(codec: str, gop: int, b_frames: int, open_gop: bool) -> dict[str, str]:
    if codec == "libx264":
        return {"preset": "ultrafast", "g": str(gop), "bf": str(b_frames), "x264-params": f"open-gop={open_gop:d}"}
    parameters = f"log-level=none:bframes={b_frames}:keyint={gop}:min-keyint={gop}:open-gop={open_gop:d}"
    parameters += ":pools=none:frame-threads=1"
    return {"preset": "ultrafast", "x265-params": parameters}


def add_silence(container: Any, sound: Any, seconds: float) -> None:
    """Fill an audio stream of 16 kHz with silence."""
    for number in range(int(seconds * 16000 / 1024)):
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, number * 1024
        container.mux(sound.encode(frame))
    container.mux(sound.encode(None))
