"""A small canvas around one point of a person, in head heights, on which a thing and the hand that holds it are drawn.

It is drawn at `DENSITY` pixels a head and shrunk to the picture afterwards, so that edges are as soft as a lens and a
sensor make them.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

DENSITY = 128  # pixels a head height: more than a head has in nearly all of the pictures
REACH = 2.0  # head heights from the middle of the canvas to its edge
SIDE = int(2 * REACH * DENSITY)

Colour = NDArray[np.float32]  # (3,) BGR, 0-255
Layer = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Texture:
    """A thing as it looks from the front, held at its lower end.

    Attributes:
        image: `(H, W, 3)` float32 BGR, 0-255.
        alpha: `(H, W)` float32, 0-1.
        length: of the thing in head heights, along H.
        depth: thickness in head heights; 0 for what is round or flat.
    """

    image: Layer
    alpha: Layer
    length: float
    depth: float = 0.0

    @property
    def width(self) -> float:
        """In head heights."""
        return float(self.length * self.alpha.shape[1] / self.alpha.shape[0])


@dataclass(frozen=True, slots=True)
class Frame:
    """Coordinates of a hand or thing: up is where it points to.

    Attributes:
        origin: on the canvas, in head heights from its middle.
        angle: by which up is turned, in radians; positive is clockwise.
        mirror: -1 turns left and right over.
    """

    origin: tuple[float, float] = (0.0, 0.0)
    angle: float = 0.0
    mirror: float = 1.0

    def moved(self, right: float, down: float, turned: float = 0.0) -> "Frame":
        """The same, its origin moved in its own coordinates, then turned by an angle."""
        x, y = self.on_canvas(np.array([[right, down]]))[0] / DENSITY - REACH
        return Frame((float(x), float(y)), self.angle + turned, self.mirror)

    def on_canvas(self, points: NDArray[np.float64]) -> NDArray[np.float32]:
        """Points `(N, 2)` in head heights, x to the right and y down, as pixels of the canvas."""
        flipped = points * (self.mirror, 1.0)
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        turned = flipped @ np.array([[cos, sin], [-sin, cos]])
        return np.asarray((turned + self.origin + REACH) * DENSITY, np.float32)


@dataclass(slots=True)
class Sprite:
    """What has been drawn so far.

    Attributes:
        image: `(SIDE, SIDE, 3)` BGR, multiplied by alpha.
        alpha: `(SIDE, SIDE)` how much hides what is behind.
        thing: `(SIDE, SIDE)` the part of it that is the thing and not the hand, as far as nothing hides it.
        whole: the thing's area in pixels when nothing hid it.
    """

    image: Layer = field(default_factory=lambda: np.zeros((SIDE, SIDE, 3), np.float32))
    alpha: Layer = field(default_factory=lambda: np.zeros((SIDE, SIDE), np.float32))
    thing: Layer = field(default_factory=lambda: np.zeros((SIDE, SIDE), np.float32))
    whole: float = 0.0

    def cover(self, image: Layer, alpha: Layer, corner: tuple[int, int], is_thing: bool = False) -> None:
        """Lay `(h, w, 3)` with its `(h, w)` alpha over the canvas, its upper left pixel at `corner` (x, y)."""
        area = np.s_[corner[1] : corner[1] + alpha.shape[0], corner[0] : corner[0] + alpha.shape[1]]
        through = 1 - alpha
        self.image[area] = self.image[area] * through[..., None] + image * alpha[..., None]
        self.alpha[area] = self.alpha[area] * through + alpha
        self.thing[area] = self.thing[area] * through + (alpha if is_thing else 0)
        self.whole = max(self.whole, float(alpha.sum())) if is_thing else self.whole

    def limb(self, line: NDArray[np.float32], radii: tuple[float, float], colour: Colour, light: Colour) -> None:
        """A rounded, shaded rod: a finger's bone, a palm, an arm.

        Args:
            line: `(2, 2)` its ends, in pixels of the canvas.
            radii: at both ends, in head heights.
            colour: where the light falls on it straight.
            light: `(3,)` unit vector towards the light: x right, y down, z to the viewer.
        """
        near, far = (radius * DENSITY for radius in radii)
        low = np.clip(np.floor(line.min(0) - max(near, far) - 2), 0, SIDE).astype(int)
        high = np.clip(np.ceil(line.max(0) + max(near, far) + 2), 0, SIDE).astype(int)
        if (high - low < 1).any():
            return
        across = np.stack(np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1])), -1) - line[0]
        axis = line[1] - line[0]
        along = np.clip(across @ axis / max(float(axis @ axis), 1e-6), 0, 1)[..., None]
        radius = near + (far - near) * along[..., 0]
        off = (across - along * axis) / radius[..., None]
        apart = np.linalg.norm(off, axis=-1)
        normal = np.dstack([off, np.sqrt(np.clip(1 - apart**2, 0, 1))])
        shade = 0.7 + 0.36 * np.clip(normal @ light, 0, 1)
        alpha = np.clip((1 - apart) * radius + 0.5, 0, 1).astype(np.float32)
        self.cover((colour * shade[..., None]).astype(np.float32), alpha, (int(low[0]), int(low[1])))

    def put(self, texture: Texture, frame: Frame, turn: float, tilt: float, is_thing: bool = True) -> None:
        """A thing, its lower end's middle at the frame's origin, turned about its long axis and tilted to the viewer.

        Args:
            turn: radians about the long axis; at π/2 only the edge is seen.
            tilt: radians by which the upper end comes towards the viewer or goes away.
        """
        if texture.depth:
            self._warp(_edge(texture), frame, turn, tilt, texture.depth / 2, is_thing)
            self._warp(_edge(texture), frame, turn, tilt, 0.0, is_thing)
        self._warp(texture, frame, turn, tilt, -texture.depth / 2, is_thing)

    def _warp(self, texture: Texture, frame: Frame, turn: float, tilt: float, back: float, is_thing: bool) -> None:
        small = _shrunk(texture)
        corners = frame.on_canvas(_corners(texture, turn, tilt, back))
        height, width = small.alpha.shape
        source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
        low = np.clip(corners.min(0) - 2, 0, SIDE - 1).astype(int)
        high = np.clip(corners.max(0) + 3, low + 1, SIDE).astype(int)
        matrix = cv2.getPerspectiveTransform(source, corners - low.astype(np.float32))
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        alpha = cv2.warpPerspective(small.alpha, matrix, size)
        image = cv2.warpPerspective(small.image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        self.cover(np.asarray(image, np.float32), np.asarray(alpha, np.float32), (int(low[0]), int(low[1])), is_thing)


def _shrunk(texture: Texture) -> Texture:
    """Near the size at which it is drawn, with an empty rim: a warp looks at four pixels only."""
    height, width = texture.alpha.shape
    rows = int(np.clip(texture.length * DENSITY * 1.5, 8, height))
    size = (max(3, round(rows * width / height)), rows)
    alpha = cv2.resize(texture.alpha, size, interpolation=cv2.INTER_AREA)
    alpha = cv2.copyMakeBorder(alpha[1:-1, 1:-1], 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
    image = cv2.resize(texture.image, size, interpolation=cv2.INTER_AREA)
    return Texture(np.asarray(image, np.float32), np.asarray(alpha, np.float32), texture.length, texture.depth)


def _edge(texture: Texture) -> Texture:
    """The same outline in the colour of its rim, darker."""
    rim = texture.image[texture.alpha > 0.5].mean(0) * 0.7 if (texture.alpha > 0.5).any() else np.zeros(3)
    return Texture(np.zeros_like(texture.image) + rim.astype(np.float32), texture.alpha, texture.length)


def _corners(texture: Texture, turn: float, tilt: float, back: float) -> NDArray[np.float64]:
    """`(4, 2)` in head heights, seen from 4 heads away: upper left, upper right, lower right, lower left."""
    half, length = texture.width / 2, texture.length
    flat = np.array([[-half, -length, back], [half, -length, back], [half, 0, back], [-half, 0, back]])
    about_y = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    turned = flat @ about_y.T @ about_x.T
    return np.asarray(turned[:, :2] * (4 / (4 + turned[:, 2:])))
