"""Sends a picture through H.264 as a camera does.

Cameras send 25 pictures a second at 2 to 6 Mbit/s, one in fifty whole (an I picture), the others as what has changed
(P pictures), none with a look ahead (no B pictures). What a detector is given is nearly always a P picture whose
changed parts are coarse; so the last of a few pictures is what is kept here.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import numpy as np
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream
from numpy.typing import NDArray

# No look ahead and one thread: the same bytes whatever the machine. `superfast` searches about as little as the
# encoder in a camera does.
OPTIONS = {"preset": "superfast", "tune": "zerolatency", "bf": "0", "g": "50"}


def sent(pictures: Sequence[NDArray[np.uint8]], quantiser: int) -> NDArray[np.uint8]:
    """The last of the pictures as it arrives, `(H, W, 3)` uint8 BGR.

    Args:
        pictures: one after the other, `(H, W, 3)` uint8 BGR, of one size, both sides even.
        quantiser: of P pictures, 0 (lossless) to 51; I pictures are a little finer.
    """
    height, width = pictures[0].shape[:2]
    encoder = _encoder(width, height, quantiser)
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    arrived = [frame for packet in _packets(encoder, pictures) for frame in decoder.decode(packet)]
    arrived += decoder.decode(None)
    return arrived[-1].to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def _encoder(width: int, height: int, quantiser: int) -> VideoCodecContext:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
    encoder.framerate, encoder.time_base = Fraction(25), Fraction(1, 25)
    encoder.thread_count = 1
    encoder.options = OPTIONS | {"qp": str(quantiser)}
    return encoder


def _packets(encoder: VideoCodecContext, pictures: Sequence[NDArray[np.uint8]]) -> "Iterator[Packet[VideoStream]]":
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
        frame.pts = number
        yield from encoder.encode(frame)
    yield from encoder.encode(None)
