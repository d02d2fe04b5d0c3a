"""Surfaces and outlines from which things are drawn, as float32 BGR and alpha."""

import cv2
import numpy as np
from numpy.random import Generator

from kitchenwatch.training.compose.sprite import Layer

HEIGHT = 512  # pixels of a texture's long side


def rod(height: int, width: int, colour: tuple[float, ...]) -> Layer:
    """`(height, width, 3)` a cylinder of that colour, lit from one side."""
    across = np.linspace(-1, 1, width, dtype=np.float32)
    shade = 0.62 + 0.4 * np.sqrt(np.clip(1 - (across + 0.25) ** 2 / 1.6, 0, 1))
    return np.asarray(np.ones((height, 1, 1), np.float32) * shade[None, :, None] * np.array(colour, np.float32))


def bar(height: int, width: int, rounding: int) -> Layer:
    """`(height, width)` opaque but for its rounded corners."""
    alpha = np.ones((height, width), np.float32)
    if rounding:
        alpha[:] = 0
        cv2.rectangle(alpha, (rounding, 0), (width - 1 - rounding, height - 1), 1.0, -1)
        cv2.rectangle(alpha, (0, rounding), (width - 1, height - 1 - rounding), 1.0, -1)
        for x in (rounding, width - 1 - rounding):
            for y in (rounding, height - 1 - rounding):
                cv2.circle(alpha, (x, y), rounding, 1.0, -1, cv2.LINE_AA)
    return alpha


def middle_bar(alpha: Layer, width: int) -> Layer:
    """Only the middle columns of it."""
    middle, kept = alpha.shape[1] // 2, np.zeros_like(alpha)
    columns = slice(middle - width // 2, middle + width // 2 + 1)
    kept[:, columns] = alpha[:, columns]
    return kept


def soft(image: Layer) -> Layer:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 2.0), np.float32)


def near(rng: Generator, colour: tuple[float, ...], spread: float) -> tuple[float, ...]:
    return tuple(float(np.clip(value + rng.normal(0, spread), 5, 255)) for value in colour)


def any_paint(rng: Generator) -> tuple[float, ...]:
    """Any paint, pale and dark ones more often than loud ones."""
    hue, loud, bright = rng.integers(0, 180), int(255 * rng.beta(1, 1.5)), int(255 * rng.beta(1.5, 1))
    painted = cv2.cvtColor(np.array([[[hue, loud, bright]]], np.uint8), cv2.COLOR_HSV2BGR)
    return tuple(float(value) for value in painted[0, 0])
