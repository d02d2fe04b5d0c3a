"""Fits a sprite into a picture: its light, its blur, its noise, a shadow, and its JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, clip_box
from kitchenwatch.training.compose.sprite import DENSITY, SIDE, Sprite, Texture

Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Light:
    """How dark the darkest and how bright the brightest things near a person are.

    Attributes:
        black, white: `(3,)` BGR.
    """

    black: NDArray[np.float32]
    white: NDArray[np.float32]

    def on(self, texture: Texture) -> Texture:
        """The thing as it would look there."""
        image = self.black + texture.image / 255 * (self.white - self.black)
        return Texture(image.astype(np.float32), texture.alpha, texture.length, texture.depth)


@dataclass(frozen=True, slots=True)
class Settled:
    """A picture with a thing on it.

    Attributes:
        image: `(H, W, 3)` uint8 BGR.
        covered: `(H, W)` float32, 0-1: how much the sprite hides.
        box: `(4,)` of the thing as far as it is seen, in pixels; all zero if nothing of it is.
        seen: share of the thing that is inside the picture and not behind the hand.
        pixels: how many of the picture's the thing takes.
        contrast: mean difference to what it hides, in grey levels; a white thing on a white coat cannot be seen.
    """

    image: Picture
    covered: NDArray[np.float32]
    box: Boxes
    seen: float
    pixels: float
    contrast: float


def light_near(image: Picture, head: Boxes, rng: Generator) -> Light:
    """By the darkest and brightest two in a hundred of the pixels within a head of the head."""
    size = float(head[3] - head[1])
    height, width = image.shape[:2]
    near = clip_box(head + np.array([-size, -size, size, 1.5 * size], np.float32), width, height).astype(int)
    pixels = image[near[1] : near[3], near[0] : near[2]].reshape(-1, 3)
    black, white = np.percentile(pixels, 2, axis=0), np.percentile(pixels, 98, axis=0)
    grey = white.mean() * 0.5 + white * 0.5  # half of the cast is the cloth's, not the light's
    exposed = np.clip(grey * rng.uniform(0.82, 1.0), 60, 250)
    return Light((black * rng.uniform(0.5, 1.0)).astype(np.float32), exposed.astype(np.float32))


def blur_of(image: Picture, head: Boxes) -> float:
    """Standard deviation in pixels of the blur at the strongest edges of a head.

    An edge blurred by s and once more by t is flatter by sqrt(s² + t²) / s (Zhuo and Sim, Pattern Recognition, 2011).
    """
    x1, y1, x2, y2 = np.maximum(head, 0).astype(int)
    grey = cv2.cvtColor(image[y1:y2, x1:x2], cv2.COLOR_BGR2GRAY).astype(np.float32)
    sharp, soft = _slopes(grey), _slopes(np.asarray(cv2.GaussianBlur(grey, (0, 0), 1.0), np.float32))
    strong = sharp >= np.percentile(sharp, 97)
    ratio = float(np.median(sharp[strong] / np.maximum(soft[strong], 1e-3)))
    return float(np.clip(1 / np.sqrt(max(ratio**2 - 1, 0.05)), 0.5, 2.5))


def noise_of(image: Picture) -> float:
    """Standard deviation of the noise in grey levels (Immerkær, Computer Vision and Image Understanding 64, 1996)."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    found = np.abs(cv2.filter2D(grey, -1, kernel)).mean() * np.sqrt(np.pi / 2) / 6
    return float(np.clip(found, 0.5, 6))


def settle(image: Picture, sprite: Sprite, head: Boxes, at: tuple[float, float], rng: Generator) -> Settled:
    """Put the sprite's middle at a point of the picture.

    Args:
        image: `(H, W, 3)` uint8 BGR.
        head: `(4,)` of the person in pixels: gives size and sharpness.
        at: x, y in pixels.
    """
    scale = float(head[3] - head[1]) / DENSITY
    blur = np.sqrt(max(blur_of(image, head) ** 2 - 0.4**2, 0.1)) * rng.uniform(0.6, 1.0)
    planes = (*cv2.split(sprite.image), sprite.alpha, sprite.thing)
    laid = [_laid(plane, scale, float(blur), image.shape[:2], at) for plane in planes]
    drawn, alpha, thing = np.dstack(laid[:3]), laid[3], laid[4]
    drawn = drawn + alpha[..., None] * _grain(rng, alpha.shape, noise_of(image))[..., None]
    ground = image * (1 - _shadow(alpha, scale, rng))[..., None]
    mixed = np.clip(ground * (1 - alpha[..., None]) + drawn, 0, 255).astype(np.uint8)
    pixels = float(thing.sum())
    seen = pixels / max(sprite.whole * scale**2, 1.0)
    contrast = _contrast(mixed, image, thing)
    return Settled(_through_jpeg(mixed, rng), alpha, _box(thing), seen, pixels, contrast)


def _slopes(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)), np.float32)


def _laid(
    plane: cv2.typing.MatLike, scale: float, blur: float, shape: tuple[int, ...], at: tuple[float, float]
) -> NDArray[np.float32]:
    """One plane of a sprite, scaled and blurred, on an empty picture of that shape; its middle at `at`."""
    size = max(round(SIDE * scale), 8)
    small = cv2.resize(plane, (size, size), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    move = np.array([[1, 0, at[0] - size / 2], [0, 1, at[1] - size / 2]], np.float32)
    return np.asarray(cv2.warpAffine(cv2.GaussianBlur(small, (0, 0), blur), move, shape[::-1]), np.float32)


def _contrast(after: Picture, before: Picture, thing: NDArray[np.float32]) -> float:
    change = np.abs(after.astype(np.float32) - before).mean(axis=2)
    return float((change * thing).sum() / max(float(thing.sum()), 1e-6))


def _grain(rng: Generator, shape: tuple[int, ...], strength: float) -> NDArray[np.float32]:
    """Noise with a little cohesion, as a decoded camera picture has it."""
    fine = rng.normal(0, strength, shape).astype(np.float32)
    return fine * 0.6 + np.asarray(cv2.GaussianBlur(fine, (0, 0), 1.0), np.float32) * 1.4


def _shadow(alpha: NDArray[np.float32], scale: float, rng: Generator) -> NDArray[np.float32]:
    """Of the sprite on what is right behind it."""
    size = max(scale * DENSITY * 0.04, 0.8)
    move = np.array([[1, 0, rng.uniform(-1, 1) * size], [0, 1, size]], np.float32)
    cast = cv2.warpAffine(alpha, move, alpha.shape[::-1])
    return np.asarray(cv2.GaussianBlur(cast, (0, 0), size), np.float32) * float(rng.uniform(0.1, 0.35))


def _through_jpeg(image: Picture, rng: Generator) -> Picture:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(60, 90))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def _box(thing: NDArray[np.float32]) -> Boxes:
    """Round the pixels of which a third or more is the thing."""
    rows, columns = np.nonzero(thing > min(0.35, 0.5 * float(thing.max(initial=0)) + 1e-6))
    if not len(rows):
        return np.zeros(4, np.float32)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)
