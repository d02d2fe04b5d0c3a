"""What a ceiling camera sees: a picture, the empty room, sensor noise, slow light, a clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from pad_films.plan import FPS, Visit

Picture = NDArray[np.uint8]  # (H, W, 3) in BGR, or (H * 3 // 2, W) as I420

DISSOLVE_S = 0.4
EMPTY_PICTURES = 13  # half a second, for the noise to cancel out
DRIFT, DRIFT_S = 0.03, 47.0  # light: so much brighter and darker, in so many seconds
NOISE_SPARE = 64  # the noise is cut out of a larger picture, each time elsewhere
BEGAN = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """A source film in the camera's frame.

    Attributes:
        pictures: one for each 1/25 s of the source, as I420.
        empty: the room without people, as I420.
    """

    pictures: Sequence[Picture]
    empty: Picture

    def at(self, visit: Visit, t: float) -> Picture:
        """What is to be seen at second `t` of the padded film; the source comes and goes by a short dissolve."""
        moment = visit.moment(t)
        if moment is None:
            return self.empty
        shown = self.pictures[min(int(moment * FPS), len(self.pictures) - 1)]
        part = min(1.0, (t - visit.begin) / DISSOLVE_S, (visit.end - t) / DISSOLVE_S)
        if part >= 1 or visit.seconds <= visit.length * visit.passes:
            return shown
        return _bytes(cv2.addWeighted(shown, part, self.empty, 1 - part, 0))


class Frame:
    """Fits pictures into a camera's frame, over a blurred room.

    Args:
        size: width and height of the frame.
        height: that pictures take of it.
        room: the empty room as the source shows it.
    """

    def __init__(self, size: tuple[int, int], height: int, room: Picture) -> None:
        rows, columns = room.shape[:2]
        scale = min(size[0] / columns, height / rows)
        self._inner = round(columns * scale), round(rows * scale)
        self._corner = (size[0] - self._inner[0]) // 2, (size[1] - self._inner[1]) // 2
        small = cv2.GaussianBlur(cv2.resize(room, (96, 54), interpolation=cv2.INTER_AREA), (0, 0), 5)
        self._wall = _bytes(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC) * 0.6)

    def fit(self, picture: Picture) -> Picture:
        """The whole frame as I420."""
        (x, y), (width, height) = self._corner, self._inner
        whole = self._wall.copy()
        whole[y : y + height, x : x + width] = cv2.resize(picture, self._inner, interpolation=cv2.INTER_LINEAR)
        return _bytes(cv2.cvtColor(whole, cv2.COLOR_BGR2YUV_I420))


class Sensor:
    """Adds to a picture what no camera is free of: noise that changes, light that drifts, a clock.

    Args:
        size: width and height.
        noise: its standard deviation in levels of 255.
    """

    def __init__(self, size: tuple[int, int], noise: float, seed: int) -> None:
        self._width, self._height = size
        self._rng = np.random.default_rng(seed)
        field = self._rng.normal(0, noise, (self._height + NOISE_SPARE, self._width + NOISE_SPARE))
        self._brighter, self._darker = (_bytes(np.clip(side.round(), 0, 255)) for side in (field, -field))
        self._phase = self._rng.uniform(0, 2 * np.pi)

    def see(self, picture: Picture, t: float) -> Picture:
        """The picture (I420) as it is sent at second `t`."""
        sent = picture.copy()
        sent[: self._height] = self._noisy(self._lit(picture[: self._height], t))
        self._clock(sent[: self._height], t)
        return sent

    def _lit(self, luma: Picture, t: float) -> Picture:
        gain = 1 + DRIFT * np.sin(2 * np.pi * t / DRIFT_S + self._phase)
        return _bytes(cv2.LUT(luma, _bytes(np.clip(np.arange(256) * gain + 0.5, 0, 255))))

    def _noisy(self, luma: Picture) -> Picture:
        y, x = self._rng.integers(0, NOISE_SPARE, 2)
        place = slice(y, y + self._height), slice(x, x + self._width)
        return _bytes(cv2.subtract(cv2.add(luma, self._brighter[place]), self._darker[place]))

    def _clock(self, luma: Picture, t: float) -> None:
        text, scale = f"{BEGAN + timedelta(seconds=int(t)):%Y-%m-%d %H:%M:%S}", self._height / 900
        for shade, thick in ((16, 6), (235, 2)):
            place = (int(30 * scale), int(45 * scale))
            cv2.putText(luma, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, shade, max(1, int(thick * scale)))


def empty_room(pictures: Sequence[Picture]) -> Picture:
    """The room, per pixel the median of pictures (BGR) without people."""
    return _bytes(np.median(np.stack(pictures), axis=0))


def _bytes(values: NDArray[np.generic]) -> Picture:
    return values.astype(np.uint8, copy=False)
