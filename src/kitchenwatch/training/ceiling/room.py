"""Paints a kitchen without people, as a background: wall tiles, steel, counters, and things that stand about."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
STEEL = (172, 168, 164)
COLOURS = ((40, 40, 190), (60, 140, 60), (70, 130, 200), (150, 90, 40), (30, 30, 32), (235, 238, 240))  # BGR


def room(width: int, height: int, counters: Sequence[int], rng: Generator) -> Picture:
    """`(height, width, 3)` uint8 BGR.

    Args:
        counters: how far down each counter's rear edge is, in pixels.
    """
    image = _wall(width, height, rng)
    for _ in range(int(rng.integers(4, 10))):
        _cupboard(image, rng)
    for edge in counters:
        _counter(image, edge, rng)
    return image


def _wall(width: int, height: int, rng: Generator) -> Picture:
    """Glazed tiles with joints."""
    colour = rng.uniform(130, 215) * rng.uniform(0.93, 1.0, 3)
    image = np.full((height, width, 3), colour, np.float32).astype(np.uint8)
    side, joint = int(rng.integers(28, 90)), tuple(0.82 * colour)
    for x in range(int(rng.integers(side)), width, side):
        cv2.line(image, (x, 0), (x, height), joint, 2)
    for y in range(int(rng.integers(side)), height, side):
        cv2.line(image, (0, y), (width, y), joint, 2)
    return image


def _cupboard(image: Picture, rng: Generator) -> None:
    """A steel box with a door's edge and a handle: a fridge, a hood, an oven."""
    height, width = image.shape[:2]
    w, h = int(rng.uniform(0.06, 0.25) * width), int(rng.uniform(0.1, 0.45) * height)
    x, y = int(rng.integers(-w // 2, width - w // 2)), int(rng.integers(-h // 2, height - h // 2))
    left, top, right, bottom = max(0, x), max(0, y), min(width, x + w), min(height, y + h)
    _steel(image[top:bottom, left:right], rng)
    cv2.rectangle(image, (x, y), (x + w, y + h), (70, 70, 70), 2)
    handle = x + int(0.85 * w)
    cv2.line(image, (handle, y + h // 3), (handle, y + 2 * h // 3), (90, 90, 92), 5)


def _counter(image: Picture, edge: int, rng: Generator) -> None:
    """A steel top with a bright rear edge, a dark front below it, and things on it."""
    width = image.shape[1]
    deep, front = int(rng.integers(40, 120)), int(rng.integers(30, 90))
    _steel(image[edge : edge + deep], rng)
    _steel(image[edge + deep : edge + deep + front], rng, 0.55)
    cv2.line(image, (0, edge), (width, edge), (215, 215, 215), 2)
    for _ in range(int(rng.integers(3, 10))):
        _thing(image, int(rng.integers(width)), edge + int(rng.integers(5, deep)), rng)


def _thing(image: Picture, x: int, y: int, rng: Generator) -> None:
    """A plate, a pot, or something coloured to eat."""
    size = int(rng.integers(6, 34))
    colour = np.clip(np.array(COLOURS[int(rng.integers(len(COLOURS)))]) + rng.normal(0, 12, 3), 0, 255)
    top = tuple(float(part) for part in colour)
    if rng.random() < 0.5:
        side = tuple(0.75 * part for part in top)
        cv2.ellipse(image, (x, y), (size, size // 3 + 1), 0, 0, 360, side, -1, cv2.LINE_AA)
        cv2.rectangle(image, (x - size, y - size), (x + size, y), side, -1)
        y -= size
    cv2.ellipse(image, (x, y), (size, size // 3 + 1), 0, 0, 360, top, -1, cv2.LINE_AA)


def _steel(part: Picture, rng: Generator, light: float = 1.0) -> None:
    """Covers a part of the picture with brushed steel: soft reflections from side to side, fine streaks along them."""
    if part.size:
        streaks = rng.normal(0, 3, (part.shape[0], 1))
        shades = _soft(rng.uniform(-45, 35, (3, 6)), part) + streaks
        part[:] = np.clip(light * (shades[..., None] + np.array(STEEL)), 0, 255)


def lit(image: Picture, rng: Generator) -> Picture:
    """Lamps above some places and none above others."""
    lamps = _soft(rng.uniform(0.6, 1.1, (3, 4)), image)
    return np.asarray(np.clip(image * lamps[..., None], 0, 255), np.uint8)


def _soft(coarse: NDArray[np.float64], part: Picture) -> NDArray[np.float32]:
    """A few values spread smoothly over `part`."""
    size = part.shape[1], part.shape[0]
    return np.asarray(cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC), np.float32)
