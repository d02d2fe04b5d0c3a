"""A kitchen as an evening camera shows it: textured, noisy, drawn anew for each picture."""

from datetime import UTC, datetime, timedelta
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.model import Frame, Track
from kitchenwatch.picture import ArrayPicture, Image

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
WIDTH, HEIGHT = 1920, 1080
NOISE = 8.0
"""Standard deviation of a pixel, in levels of 255: an evening picture with the gain turned up."""
BLANK = ArrayPicture(np.zeros((54, 96, 3), np.uint8))


def room() -> Image:
    """Tiles, a dark stove, a bright hood."""
    patches = np.random.default_rng(3).integers(70, 170, (18, 32, 3), np.uint8)
    image = cv2.resize(patches, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    cv2.rectangle(image, (300, 600), (900, 1000), (40, 42, 45), -1)
    cv2.rectangle(image, (250, 100), (950, 260), (190, 195, 200), -1)
    return np.asarray(image, np.uint8)


def seen(image: Image, seed: int, light: float = 1.0) -> ArrayPicture:
    """The image under that light, with a sensor's noise."""
    height, width = image.shape[:2]
    noise = np.roll(_noise(), (211 * seed, 467 * seed), (0, 1))[:height, :width, None]
    return ArrayPicture(np.clip(image * np.float32(light) + noise, 0, 255).astype(np.uint8))


@cache
def _noise() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(0, NOISE, (HEIGHT, WIDTH)).astype(np.float32)


def with_clock(image: Image, text: str) -> Image:
    """The time written into the corner, as recorders do."""
    shown = image.copy()
    cv2.putText(shown, text, (60, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (0, 0, 0), 8)
    cv2.putText(shown, text, (60, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (255, 255, 255), 3)
    return shown


def with_person(image: Image, x: int, y: int, width: int = 30, height: int = 80) -> Image:
    """A cook in a white jacket and dark trousers, far away."""
    shown, waist = image.copy(), y + height * 6 // 10
    cv2.rectangle(shown, (x, y + height // 6), (x + width, waist), (225, 228, 230), -1)
    cv2.rectangle(shown, (x, waist), (x + width, y + height), (30, 25, 25), -1)
    cv2.circle(shown, (x + width // 2, y + height // 10), height // 10, (120, 150, 190), -1)
    return shown


def frame(t: float, picture: ArrayPicture = BLANK) -> Frame:
    return Frame("stove", "film", t, START + timedelta(seconds=t), picture)


def track(number: int, t: float, since: float = 0.0) -> Track:
    return Track(number, np.array((10, 10, 30, 50), np.float32), 0.9, t, since)
