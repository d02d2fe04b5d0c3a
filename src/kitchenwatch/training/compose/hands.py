"""Draws hands, in the colour of the person's own skin, before and behind what they hold.

Sizes are of an adult: a hand is three quarters of a head long, a finger a twelfth of a head thick.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.training.compose.sprite import Colour, Frame, Sprite

FINGER = 0.042  # radius
PALM = 0.15


@dataclass(frozen=True, slots=True)
class Arm:
    """Whose hand it is.

    Attributes:
        skin: `(3,)` BGR.
        sleeve: `(3,)` BGR.
        light: `(3,)` unit vector towards the light.
        bare: whether the sleeve ends above the elbow.
    """

    skin: Colour
    sleeve: Colour
    light: Colour
    bare: bool


def palm(sprite: Sprite, frame: Frame, arm: Arm, rng: Generator, elbow: tuple[float, float]) -> None:
    """The arm up to the knuckles; the frame's origin is the middle of the palm.

    Args:
        elbow: where the arm comes from, in the frame's coordinates.
    """
    wrist = np.array([rng.uniform(-0.04, 0.04), 0.26])
    out = wrist + 0.35 * (np.array(elbow) - wrist)
    _rod(sprite, frame, [wrist, np.array(elbow)], (0.1, 0.15), arm.skin, arm)
    if not arm.bare:
        _rod(sprite, frame, [out, np.array(elbow)], (0.15, 0.2), arm.sleeve, arm)
    _rod(sprite, frame, [np.array([0.0, -0.04]), wrist], (PALM, 0.1), arm.skin * 0.97, arm)
    _rod(sprite, frame, [np.array([-0.07, -0.08]), np.array([0.08, -0.06])], (0.1, 0.1), arm.skin, arm)


def wrapped(sprite: Sprite, frame: Frame, arm: Arm, rng: Generator, width: float) -> None:
    """Four fingers round the right edge of a thing of that width, the thumb on the left; before the thing."""
    reach = rng.uniform(0.15, 0.9) * width
    for finger in range(4):
        y = -0.26 + 0.098 * finger + rng.uniform(-0.012, 0.012)
        edge = np.array([width / 2 + 0.03, y])
        tip = edge - (reach * (1 - 0.12 * abs(finger - 1.3)), rng.uniform(-0.05, 0.03))
        _finger(sprite, frame, [np.array([width / 2 + 0.02, y + 0.06]), edge, tip], arm, rng)
    thumb = np.array([-width / 2 - 0.01, -0.02])
    up = np.array([-width / 2 + rng.uniform(-0.02, 0.1), rng.uniform(-0.3, -0.14)])
    _finger(sprite, frame, [np.array([-0.1, 0.12]), thumb, up], arm, rng, 1.2)


def laid_along(sprite: Sprite, frame: Frame, arm: Arm, rng: Generator) -> None:
    """The back of a hand with its fingers up, held to the ear; before the thing, if there is one."""
    fan, bend = rng.uniform(0.05, 0.3), rng.uniform(-0.1, 0.15)
    for finger in (3, 0, 2, 1):
        knuckle = np.array([-0.13 + 0.09 * finger, -0.1 + 0.03 * abs(finger - 1.5)])
        lean = bend + fan * (finger - 1.5) / 1.5
        length = rng.uniform(0.3, 0.36) * (1 - 0.09 * abs(finger - 1.4))
        middle = knuckle + length / 2 * np.array([np.sin(lean), -np.cos(lean)])
        lean += rng.uniform(-0.25, 0.1)
        tip = middle + length / 2 * np.array([np.sin(lean), -np.cos(lean)])
        _finger(sprite, frame, [knuckle, middle, tip], arm, rng)


def pinching(sprite: Sprite, frame: Frame, arm: Arm, rng: Generator) -> None:
    """Thumb, index and middle finger meet at the frame's origin, the others are curled below; before the thing."""
    for finger in (3, 2):
        x = 0.02 + 0.075 * finger
        _finger(sprite, frame, [np.array([x + 0.05, 0.3]), np.array([x, 0.16]), np.array([x - 0.12, 0.2])], arm, rng)
    for finger in (1, 0):
        x = 0.07 * finger
        bent = np.array([x + rng.uniform(0.1, 0.16), rng.uniform(0.1, 0.15)])
        _finger(sprite, frame, [np.array([x + 0.12, 0.3]), bent, np.array([x - 0.01, rng.uniform(0, 0.05)])], arm, rng)
    _finger(sprite, frame, [np.array([0.0, 0.36]), np.array([-0.08, 0.2]), np.array([-0.02, 0.05])], arm, rng, 1.2)


def scissored(sprite: Sprite, frame: Frame, arm: Arm, rng: Generator, before: bool) -> None:
    """Index and middle finger stretched past the frame's origin on both sides, the thing between their tips.

    Args:
        before: draw the finger that is before the thing; else the one behind it and the curled ones.
    """
    if before:
        _finger(sprite, frame, [np.array([-0.05, 0.3]), np.array([-0.055, 0.12]), np.array([-0.03, -0.06])], arm, rng)
        return
    _finger(sprite, frame, [np.array([0.07, 0.3]), np.array([0.065, 0.12]), np.array([0.045, -0.07])], arm, rng)
    for finger in (2, 3):
        x = 0.03 + 0.075 * finger
        _finger(sprite, frame, [np.array([x, 0.34]), np.array([x, 0.2]), np.array([x - 0.06, 0.3])], arm, rng)


def _finger(
    sprite: Sprite,
    frame: Frame,
    joints: list[NDArray[np.float64]],
    arm: Arm,
    rng: Generator,
    thick: float = 1.0,
) -> None:
    """Two bones, the outer one thinner and a little redder, with a dark line where it lies on what is behind."""
    colour = arm.skin * rng.uniform(0.94, 1.05)
    first, last = FINGER * thick * 1.1, FINGER * thick * 0.82
    for bone, radii in ((joints[:2], (first, FINGER * thick)), (joints[1:], (FINGER * thick, last))):
        grown = (radii[0] + 0.006, radii[1] + 0.006)
        _rod(sprite, frame, bone, grown, colour * rng.uniform(0.68, 0.85), arm)
        _rod(sprite, frame, bone, radii, colour * (1.0, 0.985, 1.015), arm)
        colour = colour * (0.97, 0.96, 1.0)


def _rod(
    sprite: Sprite,
    frame: Frame,
    ends: list[NDArray[np.float64]],
    radii: tuple[float, float],
    colour: NDArray[np.floating],
    arm: Arm,
) -> None:
    sprite.limb(frame.on_canvas(np.array(ends)), radii, np.asarray(colour, np.float32), arm.light)
