"""Draws things that fill a hand: phones, and what is taken for one."""

import cv2
import numpy as np
from numpy.random import Generator

from kitchenwatch.training.compose.paint import HEIGHT, any_paint, bar, near, rod, soft
from kitchenwatch.training.compose.sprite import Layer, Texture

SHELLS = ((28, 26, 26), (46, 44, 44), (200, 200, 202), (235, 235, 238), (150, 120, 90), (150, 165, 205), (60, 50, 150))


def phone(rng: Generator) -> Texture:
    """From behind with its cameras, or from the front with a dark or lit screen; half of them in a case."""
    width = int(HEIGHT / rng.uniform(1.9, 2.25))
    shell = any_paint(rng) if rng.random() < 0.15 else near(rng, SHELLS[int(rng.integers(len(SHELLS)))], 10)
    image = np.zeros((HEIGHT, width, 3), np.float32) + np.array(shell, np.float32)
    image = _front(rng, image) if rng.random() < 0.35 else _rear(rng, image)
    alpha = bar(HEIGHT, width, int(rng.uniform(14, 42)))
    return Texture(_glossed(rng, image), alpha, float(rng.uniform(0.55, 0.8)), float(rng.uniform(0.03, 0.055)))


def calculator(rng: Generator) -> Texture:
    """A grid of keys under a grey-green window."""
    width = int(HEIGHT / rng.uniform(1.25, 1.7))
    image = _plate(rng, width, near(rng, ((50, 50, 52), (215, 215, 215))[int(rng.integers(2))], 15))
    cv2.rectangle(image, (28, 30), (width - 28, 120), near(rng, (140, 165, 155), 15), -1)
    _keys(rng, image, (150, HEIGHT - 24), rows=int(rng.integers(4, 7)), columns=int(rng.integers(4, 6)))
    return Texture(_glossed(rng, image), bar(HEIGHT, width, 18), float(rng.uniform(0.45, 0.75)), 0.06)


def remote(rng: Generator) -> Texture:
    """A long, dark or pale plate with rows of buttons."""
    width = int(HEIGHT / rng.uniform(3.0, 4.2))
    image = _plate(rng, width, near(rng, ((38, 38, 40), (225, 225, 225))[int(rng.integers(2))], 12))
    _keys(rng, image, (40, HEIGHT - 150), rows=int(rng.integers(6, 10)), columns=3)
    return Texture(_glossed(rng, image), bar(HEIGHT, width, 22), float(rng.uniform(0.65, 0.9)), 0.08)


def walkie_talkie(rng: Generator) -> Texture:
    """A thick dark body with a grille, a knob and an antenna."""
    width = 170
    alpha, image = np.zeros((HEIGHT, width), np.float32), _plate(rng, width, near(rng, (42, 42, 44), 12))
    alpha[200:] = bar(HEIGHT - 200, width, 16)
    cv2.rectangle(alpha, (16, 6), (16 + int(rng.integers(22, 36)), 210), 1.0, -1)
    cv2.rectangle(alpha, (110, 170), (146, 205), 1.0, -1)
    for row in range(300, 390, 14):
        cv2.line(image, (36, row), (width - 36, row), (15, 15, 15), 6)
    if rng.random() < 0.6:
        cv2.rectangle(image, (40, 225), (width - 40, 275), near(rng, (130, 160, 140), 20), -1)
    return Texture(_glossed(rng, image), alpha, float(rng.uniform(0.75, 1.0)), 0.14)


def wallet(rng: Generator) -> Texture:
    """Folded leather with a seam."""
    width = int(HEIGHT / rng.uniform(1.0, 1.9))
    leather = ((30, 45, 75), (40, 40, 45), (70, 100, 150))[int(rng.integers(3))]
    image = _plate(rng, width, near(rng, leather, 12))
    cv2.rectangle(image, (14, 14), (width - 14, HEIGHT - 14), (90, 110, 130), 3)
    if rng.random() < 0.5:
        cv2.line(image, (0, HEIGHT // 2), (width, HEIGHT // 2), (20, 25, 30), 6)
    return Texture(soft(image), bar(HEIGHT, width, 26), float(rng.uniform(0.4, 0.6)), 0.07)


def card(rng: Generator) -> Texture:
    """A slip, order pad or card with lines of print."""
    width = int(HEIGHT / rng.uniform(1.3, 1.8))
    image = _plate(rng, width, near(rng, (235, 238, 240), 10) if rng.random() < 0.6 else any_paint(rng))
    for row in range(60, HEIGHT - 40, int(rng.integers(30, 60))):
        cv2.line(image, (30, row), (int(rng.uniform(0.4, 0.9) * width), row), (110, 105, 105), 7)
    return Texture(soft(image), bar(HEIGHT, width, 6), float(rng.uniform(0.4, 0.7)))


def cup(rng: Generator) -> Texture:
    """A mug, a paper cup or a glass."""
    width = int(HEIGHT / rng.uniform(1.1, 1.5))
    image = rod(HEIGHT, width, near(rng, (235, 235, 235), 12) if rng.random() < 0.5 else any_paint(rng))
    image[HEIGHT // 3 : HEIGHT // 2] *= np.array(any_paint(rng), np.float32) / 255
    alpha = np.zeros((HEIGHT, width), np.float32)
    inset = int(rng.uniform(0, 0.16) * width)
    outline = np.array([[4, 24], [width - 4, 24], [width - 4 - inset, HEIGHT - 6], [4 + inset, HEIGHT - 6]])
    cv2.fillPoly(alpha, [outline], 1.0, cv2.LINE_AA)
    cv2.ellipse(alpha, (width // 2, 26), (width // 2 - 4, 22), 0, 0, 360, 1.0, -1, cv2.LINE_AA)
    cv2.ellipse(image, (width // 2, 26), (width // 2 - 12, 16), 0, 0, 360, near(rng, (60, 80, 110), 25), -1)
    return Texture(soft(image), alpha, float(rng.uniform(0.35, 0.5)))


def towel(rng: Generator) -> Texture:
    """A folded cloth, hanging in soft waves."""
    width = int(HEIGHT / rng.uniform(1.0, 1.8))
    cloth = near(rng, (230, 232, 235), 10) if rng.random() < 0.6 else any_paint(rng)
    image = np.zeros((HEIGHT, width, 3), np.float32) + np.array(cloth, np.float32)
    folds = np.sin(np.linspace(0, rng.uniform(8, 20), width) + rng.uniform(0, 6)) * 0.14 + 0.88
    image *= folds.astype(np.float32)[None, :, None]
    alpha = np.ones((HEIGHT, width), np.float32)
    edge = (18 * np.sin(np.linspace(0, rng.uniform(4, 12), width)) + 20).astype(int)
    alpha[np.arange(HEIGHT)[:, None] < edge[None]] = 0
    return Texture(soft(image), alpha, float(rng.uniform(0.45, 0.9)))


def _rear(rng: Generator, image: Layer) -> Layer:
    """A bump with one to four lenses in an upper corner, or in the middle of the upper end."""
    width, lenses = image.shape[1], int(rng.integers(1, 5))
    left = int(rng.choice([0.1, 0.36, 0.55]) * width)
    right, bottom = left + int(width * rng.uniform(0.24, 0.36)), int(rng.uniform(90, 150))
    shade = rng.uniform(0.55, 1.15)
    bump = tuple(float(value) for value in np.clip(image[0, 0] * shade + 8, 0, 255))
    if rng.random() < 0.8:
        cv2.rectangle(image, (left, 18), (right, bottom), bump, -1, cv2.LINE_AA)
    for lens in range(lenses):
        spot = (left + 22 + (lens % 2) * 38, 42 + (lens // 2) * 42)
        cv2.circle(image, spot, int(rng.integers(12, 19)), (24, 22, 22), -1, cv2.LINE_AA)
        cv2.circle(image, (spot[0] - 4, spot[1] - 4), 4, (120, 110, 105), -1, cv2.LINE_AA)
    return image


def _front(rng: Generator, image: Layer) -> Layer:
    """A screen within a thin frame; lit ones show bands, tiles and a few bright words."""
    height, width = image.shape[:2]
    rim, end = int(rng.integers(5, 14)), int(rng.integers(8, 46))
    lit = rng.random() < 0.55
    ground = np.array(any_paint(rng) if lit else (22, 20, 20), np.float32)
    image[end : height - end, rim : width - rim] = ground * (0.6 if lit else 1) + (95 if lit else 0)
    for _ in range(int(rng.integers(3, 9)) if lit else 0):
        top, left = int(rng.integers(end, height - end - 40)), int(rng.integers(rim, width // 2))
        corner = (int(rng.integers(left + 20, width - rim)), top + int(rng.integers(8, 70)))
        cv2.rectangle(image, (left, top), corner, any_paint(rng), -1)
    return image


def _glossed(rng: Generator, image: Layer) -> Layer:
    """A slanting reflection and uneven light."""
    height, width = image.shape[:2]
    rows, columns = np.mgrid[:height, :width].astype(np.float32)
    across = (rows / height * rng.uniform(-1, 1) + columns / width) - rng.uniform(0, 1)
    gloss = np.exp(-((across / rng.uniform(0.08, 0.35)) ** 2)) * rng.uniform(0, 70)
    lit = image * np.linspace(rng.uniform(0.85, 1.1), rng.uniform(0.8, 1.05), height)[:, None, None]
    return soft(np.clip(lit + gloss[..., None], 0, 255).astype(np.float32))


def _plate(rng: Generator, width: int, colour: tuple[float, ...]) -> Layer:
    image = np.zeros((HEIGHT, width, 3), np.float32) + np.array(colour, np.float32)
    return np.asarray(image * rng.uniform(0.96, 1.04, (HEIGHT, width, 1)), np.float32)


def _keys(rng: Generator, image: Layer, rows_between: tuple[int, int], rows: int, columns: int) -> None:
    top, bottom = rows_between
    down, across = (bottom - top) / rows, (image.shape[1] - 24) / columns
    colour = near(rng, ((90, 90, 95), (235, 235, 235), (30, 30, 32))[int(rng.integers(3))], 12)
    for row in range(rows):
        for column in range(columns):
            y, x = int(top + row * down), int(12 + column * across)
            key = near(rng, (60, 90, 200), 15) if rng.random() < 0.06 else colour
            cv2.rectangle(image, (x + 5, y + 5), (int(x + across) - 6, int(y + down) - 6), key, -1)
