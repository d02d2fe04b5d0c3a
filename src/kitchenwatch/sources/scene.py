"""What a camera usually sees, learned slowly, against which a blurred or moved picture shows."""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

# For the background's edges; sharpness and stillness are told on the fine grid (`picture.fine`).
COARSE = (160, 90)
# Edges are compared tile by tile, so that a person hides some tiles and leaves the others.
TILE = 10
# A tile whose edges vary less than this (grey levels) has nothing to compare.
TEXTURE = 4.0
# Correlation of edges from which a tile counts as unchanged; correlation ignores gain, so light does not matter.
# On two real films from a fixed camera 0.80 and 0.89 of the tiles fit (people moving in front, and also with
# a seventh of the light); shifted by a twentieth of the picture 0.15, by a fiftieth 0.28 and 0.38.
FITS = 0.4


def edges(picture: NDArray[np.uint8]) -> Plane:
    """Gradient magnitude (grey levels a pixel) of the picture shrunk to 160 × 90."""
    small = cv2.resize(picture, COARSE, interpolation=cv2.INTER_AREA).astype(np.float32)
    across, down = cv2.Sobel(small, cv2.CV_32F, 1, 0, scale=0.25), cv2.Sobel(small, cv2.CV_32F, 0, 1, scale=0.25)
    return cv2.magnitude(across, down).astype(np.float32)


def sharpness(picture: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) over the variance of the picture, which makes it
    independent of light: real films at 0.4 of their brightness keep theirs, a Gaussian blur with a sigma of 0.3 %
    of the width leaves 1 to 4 %."""
    detail = cv2.meanStdDev(cv2.Laplacian(picture, cv2.CV_16S))[1].item() ** 2
    return detail / max(cv2.meanStdDev(picture)[1].item() ** 2, 1.0)


def fit(now: Plane, usual: Plane) -> float:
    """Share of textured tiles, 0 to 1, whose edges still correlate with the usual ones; 1 if none is textured."""
    a, b = _tiles(now), _tiles(usual)
    a, b = a - a.mean(1, keepdims=True), b - b.mean(1, keepdims=True)
    spread_a, spread_b = np.sqrt((a * a).mean(1)), np.sqrt((b * b).mean(1))
    textured = spread_b > TEXTURE
    if not textured.any():
        return 1.0
    correlation = (a * b).mean(1) / np.maximum(spread_a * spread_b, 1e-6)
    return float((correlation[textured] > FITS).mean())


def _tiles(plane: Plane) -> Plane:
    height, width = plane.shape
    tiles = plane.reshape(height // TILE, TILE, width // TILE, TILE)
    return tiles.transpose(0, 2, 1, 3).reshape(-1, TILE * TILE)


class Usual:
    """A running mean over media time: an even mean at first, then one that forgets with a time constant.

    Args:
        learn_s: seconds before it may be relied on.
        forget_s: time constant.
    """

    def __init__(self, learn_s: float, forget_s: float) -> None:
        self._learn_s, self._forget_s = learn_s, forget_s
        self.forget()

    def forget(self) -> None:
        """Start anew."""
        self._learned = 0.0
        self.edges: Plane = np.zeros(COARSE[::-1], np.float32)
        self.log_sharpness = 0.0

    @property
    def known(self) -> bool:
        """Whether enough was learned."""
        return self._learned >= self._learn_s

    def learn(self, seconds: float, now: Plane, sharp: float) -> None:
        """Take in a picture that stands for so many seconds."""
        self._learned += seconds
        weight = min(1.0, seconds / min(self._learned, self._forget_s)) if self._learned else 1.0
        self.edges += weight * (now - self.edges)
        self.log_sharpness += weight * (math.log(max(sharp, 1e-3)) - self.log_sharpness)
