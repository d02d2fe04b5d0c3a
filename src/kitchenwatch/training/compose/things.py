"""Draws things that are long and thin: cigarettes, what is taken for one at the mouth, and knives."""

from collections.abc import Callable
from typing import TypeAlias

import cv2
import numpy as np
from numpy.random import Generator

from kitchenwatch.training.compose.paint import HEIGHT, any_paint, bar, middle_bar, near, rod, soft
from kitchenwatch.training.compose.sprite import Texture

Drawing: TypeAlias = Callable[[Generator], Texture]


def cigarette(rng: Generator) -> Texture:
    """White paper, a cork or white filter at the held end, and an ash or glowing tip; 5 to 10 cm long."""
    width = int(rng.uniform(34, 52) * (0.7 if rng.random() < 0.2 else 1))
    image = rod(HEIGHT, width, near(rng, (238, 240, 243), 10))
    filter_from = int(HEIGHT * rng.uniform(0.66, 0.78))
    if rng.random() < 0.8:
        image[filter_from:] *= np.array(near(rng, (105, 165, 215), 18)) / 242
        image[filter_from : filter_from + 5] *= 0.75
    burnt = int(HEIGHT * rng.uniform(0.02, 0.12))
    if rng.random() < 0.75:
        grain = rng.uniform(0.5, 1.1, (burnt, width, 1)).astype(np.float32)
        image[:burnt] = image[:burnt] * grain * rng.uniform(0.3, 0.7)
        image[burnt : burnt + 6] = (40, 60, 90)
    if rng.random() < 0.3:
        image[burnt : burnt + 14] = (40, rng.uniform(80, 150), 245)
    return Texture(image, bar(HEIGHT, width, 6), float(rng.uniform(0.3, 0.52)))


def straw(rng: Generator) -> Texture:
    """Plain, clear or striped plastic or paper."""
    width = int(rng.uniform(16, 26))
    image = rod(HEIGHT, width, any_paint(rng))
    if rng.random() < 0.5:
        rows, columns = np.mgrid[:HEIGHT, :width]
        stripes = ((rows + 1.5 * columns) // rng.uniform(16, 34)) % 2 == 0
        image[stripes] = image[stripes] * 0.2 + np.array([235, 235, 235], np.float32) * 0.75
    return Texture(image, bar(HEIGHT, width, 0) * np.float32(rng.uniform(0.75, 1)), float(rng.uniform(0.5, 0.9)))


def pen(rng: Generator) -> Texture:
    """A barrel, a tip, and a cap or clip."""
    width = int(rng.uniform(30, 42))
    image = rod(HEIGHT, width, any_paint(rng))
    image[: int(HEIGHT * rng.uniform(0.15, 0.35))] *= rng.uniform(0.2, 0.8)
    image[-30:] = rod(30, width, (150, 155, 160))
    cv2.line(image, (width // 2 + 5, 10), (width // 2 + 5, 130), (200, 200, 205), 4)
    return Texture(image, bar(HEIGHT, width, 9), float(rng.uniform(0.5, 0.65)))


def thermometer(rng: Generator) -> Texture:
    """A digital one: white or pale body with a grey window, a thin metal tip."""
    width = int(rng.uniform(46, 62))
    image = rod(HEIGHT, width, near(rng, (236, 236, 234), 14))
    top = int(HEIGHT * rng.uniform(0.12, 0.25))
    cv2.rectangle(image, (width // 4, top), (3 * width // 4, top + 110), (120, 140, 130), -1)
    image[:60] = image[:60] * 0.3 + np.array(any_paint(rng), np.float32) * 0.7
    alpha = bar(HEIGHT, width, 12)
    tip = slice(int(HEIGHT * 0.7), HEIGHT)
    alpha[tip] = middle_bar(alpha[tip], width // 3)
    image[int(HEIGHT * 0.9) :] = rod(HEIGHT - int(HEIGHT * 0.9), width, (190, 190, 190))
    return Texture(image, alpha, float(rng.uniform(0.45, 0.6)))


def chopsticks(rng: Generator) -> Texture:
    """Two of wood, bamboo or plastic, meeting at the far end."""
    width = 70
    colour = (near(rng, (120, 175, 215), 20), near(rng, (50, 70, 110), 20), near(rng, (235, 238, 240), 8))
    chosen = np.array(colour[int(rng.integers(3))], np.float32)
    image = np.zeros((HEIGHT, width, 3), np.float32) + chosen
    alpha = np.zeros((HEIGHT, width), np.float32)
    apart = int(rng.integers(10, 24))
    for side in (-1, 1):
        far, near_end = (width // 2 + 4 * side, 4), (width // 2 + apart * side, HEIGHT - 4)
        cv2.line(alpha, far, near_end, 1.0, 9, cv2.LINE_AA)
        gleam = tuple(float(value) for value in chosen * 1.12)
        cv2.line(image, (far[0] - 2, far[1]), (near_end[0] - 2, near_end[1]), gleam, 3, cv2.LINE_AA)
    return Texture(image, alpha, float(rng.uniform(0.8, 1.05)))


def spoon(rng: Generator) -> Texture:
    """Metal, wood or white china: the bowl at the far end."""
    width = 110
    metal = near(rng, ((185, 187, 190), (110, 160, 200), (240, 240, 240))[int(rng.integers(3))], 12)
    alpha = np.zeros((HEIGHT, width), np.float32)
    bowl = (width // 2, 78), (int(rng.integers(32, 48)), 72)
    cv2.ellipse(alpha, *bowl, 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    cv2.line(alpha, (width // 2, 140), (width // 2, HEIGHT - 8), 1.0, int(rng.integers(12, 20)), cv2.LINE_AA)
    image = rod(HEIGHT, width, metal)
    cv2.ellipse(image, bowl[0], (bowl[1][0] - 9, 58), 0, 0, 360, tuple(0.72 * v for v in metal), -1, cv2.LINE_AA)
    cv2.ellipse(image, (width // 2 - 9, 58), (7, 26), 12, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
    return Texture(soft(image), alpha, float(rng.uniform(0.6, 0.85)))


def knife(rng: Generator) -> Texture:
    """A kitchen knife held by its handle."""
    width = 92
    alpha, image = np.zeros((HEIGHT, width), np.float32), np.zeros((HEIGHT, width, 3), np.float32)
    image[:] = near(rng, (200, 202, 205), 15)
    image *= np.linspace(0.75, 1.15, width, dtype=np.float32)[None, :, None]
    blade = np.array([[12, 340], [8, 60], [30, 6], [80, 110], [84, 340]])
    cv2.fillPoly(alpha, [blade], 1.0, cv2.LINE_AA)
    cv2.rectangle(alpha, (14, 338), (52, HEIGHT - 4), 1.0, -1)
    image[340:] = near(rng, (35, 40, 50), 20)
    return Texture(soft(image), alpha, float(rng.uniform(0.9, 1.25)))


def lollipop(rng: Generator) -> Texture:
    """Only its stick is seen when it is in the mouth; else the sweet on it."""
    width = 120
    alpha, image = middle_bar(bar(HEIGHT, width, 0), 16), rod(HEIGHT, width, (238, 240, 240))
    if rng.random() < 0.4:
        centre, radius = (width // 2, 60), int(rng.integers(40, 56))
        cv2.circle(alpha, centre, radius, 1.0, -1, cv2.LINE_AA)
        cv2.circle(image, centre, radius, any_paint(rng), -1, cv2.LINE_AA)
        cv2.circle(image, (centre[0] - 16, 42), 10, (245, 245, 245), -1, cv2.LINE_AA)
    return Texture(soft(image), alpha, float(rng.uniform(0.3, 0.5)))


def toothbrush(rng: Generator) -> Texture:
    """A coloured handle with bristles across the end that is in the mouth."""
    width = 90
    alpha, image = middle_bar(bar(HEIGHT, width, 0), 30), rod(HEIGHT, width, any_paint(rng))
    cv2.rectangle(alpha, (44, HEIGHT - 100), (82, HEIGHT - 10), 1.0, -1)
    image[HEIGHT - 100 :, 58:] = (240, 240, 238)
    image[150:250, 38:52] = 0.5 * image[150:250, 38:52] + 110
    return Texture(soft(image), alpha, float(rng.uniform(0.65, 0.8)))
