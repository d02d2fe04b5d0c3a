"""Decoded pictures: their planes as the decoder left them, and colours made of them on demand."""

import threading
from typing import cast

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from kitchenwatch.picture import ArrayPicture, Image, Picture, scaled

# Three planes, colour at half the width and height: what nearly every camera sends.
HALVED = ("yuv420p", "yuvj420p")
# Video keeps black at 16 and white at 235 unless it says otherwise (ITU-R BT.709).
STRETCHED = np.clip((np.arange(256) - 16) * 255 / 219, 0, 255).round().astype(np.uint8)


class Converter:
    """Turns pictures into `(H, W, 3)` uint8 BGR; keeps swscale's context from one to the next, so it is for one
    thread."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def bgr(self, picture: VideoFrame) -> Image:
        """A copy that owns its memory."""
        return cast(Image, self._reformatter.reformat(picture, format="bgr24", threads=1).to_ndarray())


def upright(frame: VideoFrame) -> Picture:
    """The picture as players show it: phones film on their side and say so."""
    if quarters := round(frame.rotation / 90) % 4:  # counter-clockwise
        return ArrayPicture(np.ascontiguousarray(np.rot90(_converter().bgr(frame), quarters)))
    return DecodedPicture(frame)


class DecodedPicture:
    """A picture as the decoder gave it. Implements `Picture`; for any thread.

    Shrinking or cutting the planes before making colours of them costs a fifth of doing it afterwards: most of a
    1080p picture is never looked at in colour.
    """

    def __init__(self, frame: VideoFrame) -> None:
        self._frame = frame
        self._whole: Image | None = None
        self._picked: dict[int, Image] = {}
        self._planar = frame.format.name in HALVED and frame.width % 2 == 0 and frame.height % 2 == 0

    @property
    def size(self) -> tuple[int, int]:
        return self._frame.width, self._frame.height

    def brightness(self, step: int) -> Image:
        if step not in self._picked:
            self._picked[step] = self._brightness(step)
        return self._picked[step]

    def _brightness(self, step: int) -> Image:
        if not self._planar:
            return np.asarray(cv2.cvtColor(self.bgr()[::step, ::step].copy(), cv2.COLOR_BGR2GRAY), np.uint8)
        picked = np.ascontiguousarray(self._plane(0)[::step, ::step])
        full = self._frame.format.name == "yuvj420p" or self._frame.color_range == ColorRange.JPEG
        return picked if full else np.asarray(cv2.LUT(picked, STRETCHED), np.uint8)

    def bgr(self) -> Image:
        if self._whole is None:
            self._whole = _converter().bgr(self._frame)
        return self._whole

    def shrunk(self, width: int, height: int) -> Image:
        full = self._frame.width, self._frame.height
        if not self._planar or width % 2 or height % 2 or width >= full[0]:
            return scaled(self.bgr(), width, height)
        sizes = ((width, height), (width // 2, height // 2), (width // 2, height // 2))
        return self._coloured([scaled(self._plane(index), *size) for index, size in enumerate(sizes)])

    def crop(self, x1: int, y1: int, x2: int, y2: int) -> Image:
        if self._whole is not None or not self._planar:
            return self.bgr()[y1:y2, x1:x2]
        # Colour has half the resolution, so whole pairs of pixels are cut out, and the odd ones dropped afterwards.
        left, top, right, bottom = x1 // 2, y1 // 2, -(-x2 // 2), -(-y2 // 2)
        planes = [self._plane(0)[2 * top : 2 * bottom, 2 * left : 2 * right]]
        planes += [self._plane(index)[top:bottom, left:right] for index in (1, 2)]
        return self._coloured(planes)[y1 - 2 * top : y2 - 2 * top, x1 - 2 * left : x2 - 2 * left]

    def _plane(self, index: int) -> Image:
        plane = self._frame.planes[index]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        return rows[: plane.height, : plane.width]

    def _coloured(self, planes: list[Image]) -> Image:
        """Of planes of this picture's kind; by swscale, which knows the camera's colour space and range."""
        height, width = planes[0].shape
        stacked = np.concatenate([plane.reshape(-1) for plane in planes]).reshape(height * 3 // 2, width)
        small = VideoFrame.from_ndarray(stacked, format=self._frame.format.name)
        small.colorspace, small.color_range = self._frame.colorspace, self._frame.color_range
        return _converter().bgr(small)


_own = threading.local()


def _converter() -> Converter:
    """This thread's own."""
    if not hasattr(_own, "converter"):
        _own.converter = Converter()
    return cast(Converter, _own.converter)
