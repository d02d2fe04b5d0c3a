"""Puts a thing at a person's mouth, ear or hand, held as people hold such a thing."""

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.random import Generator

from kitchenwatch.training.compose.hands import Arm, laid_along, palm, pinching, scissored, wrapped
from kitchenwatch.training.compose.people import Person
from kitchenwatch.training.compose.sprite import DENSITY, SIDE, Frame, Sprite, Texture

Place = Literal["mouth", "ear", "hand"]


@dataclass(frozen=True, slots=True)
class Thing:
    """What is put on a person.

    Attributes:
        texture: in the person's light; None for a bare hand.
        thin: held between fingers, not in the fist.
        from_mouth: at the mouth its far end is the one inside, as with a spoon.
        held: how likely a hand holds it at the mouth.
        with_hand: the texture shows a hand already.
    """

    texture: Texture | None
    thin: bool = False
    from_mouth: bool = False
    held: float = 1.0
    with_hand: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A sprite and the point of the picture, in pixels, where its middle goes."""

    sprite: Sprite
    at: tuple[float, float]


def scene(person: Person, thing: Thing, place: Place, rng: Generator) -> Scene:
    """One of the ways in which this thing is seen at this place."""
    if place == "mouth":
        made = _at_mouth(person, thing, rng)
    elif place == "ear":
        made = _at_ear(person, thing, rng)
    else:
        made = _in_hand(person, thing, rng)
    if rng.random() < 0.12:
        _wisp(made.sprite, rng)
    return made


def _at_mouth(person: Person, thing: Thing, rng: Generator) -> Scene:
    """From the lips outwards, where the face looks; steeply down and foreshortened when it looks at the viewer."""
    sprite, side = Sprite(), _side(person, rng)
    if abs(person.looks) > 0.35:
        angle, tilt = side * (np.pi / 2 + rng.uniform(-0.3, 0.55)), rng.uniform(-0.4, 0.4)
    else:
        angle, tilt = side * np.pi * rng.uniform(0.5, 0.92), rng.uniform(-0.9, 0.9)
    frame = Frame((0.0, 0.0), angle, 1.0)
    if thing.texture is None:
        _fingers_on(sprite, Frame((side * rng.uniform(0, 0.1), 0.05), rng.uniform(-0.5, 0.5), side), person, rng, None)
        return Scene(sprite, person.mouth)
    texture = _upside_down(thing.texture) if thing.from_mouth else thing.texture
    if rng.random() >= thing.held:
        sprite.put(texture, frame, 0.0, tilt)
        return Scene(sprite, person.mouth)
    away = rng.uniform(0.55, 0.95) if thing.from_mouth else rng.uniform(0.15, 0.7)
    grip = frame.on_canvas(np.array([[0.0, -away * texture.length * np.cos(tilt)]]))[0] / DENSITY - SIDE / DENSITY / 2
    hand = Frame((float(grip[0]), float(grip[1])), rng.uniform(-0.5, 0.7) * -side, side)
    _fingers_on(sprite, hand, person, rng, (texture, frame, tilt))
    return Scene(sprite, person.mouth)


def _fingers_on(
    sprite: Sprite, hand: Frame, person: Person, rng: Generator, stick: tuple[Texture, Frame, float] | None
) -> None:
    """A hand from below whose fingertips meet on the stick, or on nothing."""
    arm = _arm(person, rng)
    below = Frame(_moved(hand, 0.06, 0.36), hand.angle, hand.mirror)
    palm(sprite, below, arm, rng, (rng.uniform(0.1, 0.5), rng.uniform(1.2, 1.5)))
    between = rng.random() < 0.5
    if between:
        scissored(sprite, hand, arm, rng, before=False)
    if stick:
        sprite.put(stick[0], stick[1], 0.0, stick[2])
    if between:
        scissored(sprite, hand, arm, rng, before=True)
    else:
        pinching(sprite, hand, arm, rng)


def _at_ear(person: Person, thing: Thing, rng: Generator) -> Scene:
    """Along the cheek, its lower end towards the mouth; the hand lies on it or reaches round it."""
    sprite, arm = Sprite(), _arm(person, rng)
    side = -_side(person, rng)
    ear, mouth = person.ear(side), person.mouth
    lean = np.arctan2(ear[0] - mouth[0], mouth[1] - ear[1]) * rng.uniform(0.2, 0.7)
    profile = abs(person.looks) > 0.5
    turn = side * (rng.uniform(-0.4, 0.5) if profile else rng.uniform(0.5, 1.3))
    out = 0.0 if profile else side * rng.uniform(0.0, 0.12)
    frame = Frame((out, rng.uniform(0.05, 0.25)), float(lean), float(side))
    elbow = (rng.uniform(0.0, 0.6), rng.uniform(1.2, 1.5))
    lower = Frame(_moved(frame, 0.0, 0.26), frame.angle, frame.mirror)
    if rng.random() < 0.5:
        if thing.texture:
            sprite.put(thing.texture, lower, turn, rng.uniform(-0.2, 0.2))
        hand = Frame(_moved(frame, rng.uniform(0.02, 0.14), rng.uniform(0.08, 0.25)), lean + rng.normal(0, 0.2), side)
        palm(sprite, hand, arm, rng, elbow)
        laid_along(sprite, hand, arm, rng)
        return Scene(sprite, ear)
    palm(sprite, Frame(_moved(frame, 0.1, 0.15), frame.angle, frame.mirror), arm, rng, elbow)
    if thing.texture:
        sprite.put(thing.texture, lower, turn, rng.uniform(-0.2, 0.2))
    width = (thing.texture.width if thing.texture else 0.25) * max(abs(np.cos(turn)), 0.3)
    wrapped(sprite, Frame(_moved(frame, 0.0, 0.12), frame.angle, frame.mirror), arm, rng, float(width))
    return Scene(sprite, ear)


def _in_hand(person: Person, thing: Thing, rng: Generator) -> Scene:
    """In a hand of the person if one is seen, else in a drawn one before the body."""
    hands = person.hands()
    real = bool(hands) and thing.texture is not None and rng.random() < 0.75
    sprite, arm = Sprite(), _arm(person, rng)
    if real:
        x, y, _ = hands[int(rng.integers(len(hands)))]
        at = (x, y)
    else:
        at = _before_body(person, rng)
    side = 1 if at[0] > (person.head[0] + person.head[2]) / 2 else -1
    if thing.thin:
        return _stick_in_hand(sprite, arm, thing, at, side, real, rng)
    frame = Frame((0.0, 0.0), rng.normal(0, 0.45), float(side) if rng.random() < 0.8 else -float(side))
    if thing.with_hand and thing.texture:
        sprite.put(thing.texture, Frame((0.0, 0.3 * thing.texture.length), rng.normal(0, 0.2), 1.0), 0.0, 0.0)
        return Scene(sprite, at)
    if not real:
        palm(sprite, frame, arm, rng, (rng.uniform(-0.2, 0.7), rng.uniform(1.2, 1.5)))
    turn = rng.uniform(-1.0, 1.0)
    if thing.texture:
        sprite.put(thing.texture, Frame(_moved(frame, 0, 0.12), frame.angle, frame.mirror), turn, rng.normal(0, 0.45))
    width = (thing.texture.width if thing.texture else 0.2) * np.cos(turn)
    wrapped(sprite, frame, arm, rng, float(max(width, 0.08)))
    return Scene(sprite, at)


def _stick_in_hand(
    sprite: Sprite, arm: Arm, thing: Thing, at: tuple[float, float], side: int, real: bool, rng: Generator
) -> Scene:
    """Between two fingers, most of it on one side of them."""
    hand = Frame((0.0, 0.0), rng.normal(0, 0.6), float(side))
    if not real:
        palm(sprite, Frame(_moved(hand, 0.06, 0.36), hand.angle, hand.mirror), arm, rng, (0.3, 1.3))
    scissored(sprite, hand, arm, rng, before=False)
    if thing.texture:
        angle = hand.angle + rng.choice([-1, 1]) * rng.uniform(0.5, 1.7)
        back = rng.uniform(0.05, 0.35) * thing.texture.length
        start = Frame((0.0, 0.0), float(angle)).on_canvas(np.array([[0.0, back]]))[0] / DENSITY - SIDE / DENSITY / 2
        stick = Frame((float(start[0]), float(start[1])), float(angle), 1.0)
        sprite.put(thing.texture, stick, 0.0, rng.normal(0, 0.5))
    if rng.random() < 0.5:
        scissored(sprite, hand, arm, rng, before=True)
    else:
        pinching(sprite, hand, arm, rng)
    return Scene(sprite, at)


def _before_body(person: Person, rng: Generator) -> tuple[float, float]:
    """Beside the face now and then, mostly before chest and belly."""
    x, y = (person.head[:2] + person.head[2:]) / 2
    side = rng.choice([-1, 1])
    if rng.random() < 0.25:
        return float(x + side * person.height * rng.uniform(0.7, 1.2)), float(y + person.height * rng.uniform(-0.1, 0.6))
    aside, down = side * rng.uniform(0.1, 1.0), rng.uniform(0.9, 1.8)
    return float(x + aside * person.height), float(y + down * person.height)


def _arm(person: Person, rng: Generator) -> Arm:
    light = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.7, -0.1), 0.8], np.float32)
    skin = person.skin * rng.uniform(0.92, 1.08)
    return Arm(skin.astype(np.float32), person.cloth, light / np.linalg.norm(light), bool(rng.random() < 0.3))


def _side(person: Person, rng: Generator) -> int:
    """Towards which edge of the picture the face looks; chance decides if it looks straight."""
    if abs(person.looks) > 0.2:
        return 1 if person.looks > 0 else -1
    return int(rng.choice([-1, 1]))


def _moved(frame: Frame, right: float, down: float) -> tuple[float, float]:
    """The frame's origin, moved in its own coordinates."""
    x, y = frame.on_canvas(np.array([[right, down]]))[0] / DENSITY - SIDE / DENSITY / 2
    return float(x), float(y)


def _upside_down(texture: Texture) -> Texture:
    return Texture(texture.image[::-1].copy(), texture.alpha[::-1].copy(), texture.length, texture.depth)


def _wisp(sprite: Sprite, rng: Generator) -> None:
    """Smoke or steam that rises from the middle."""
    veil = np.zeros((SIDE, SIDE), np.float32)
    rows = np.arange(0, int(1.2 * DENSITY))
    drift = np.cumsum(rng.normal(0, 0.9, len(rows)))
    line = np.stack([SIDE / 2 + drift * 1.5 + rng.uniform(-0.3, 0.3) * DENSITY, SIDE / 2 - rows], 1).astype(np.int32)
    cv2.polylines(veil, [line], False, 1.0, int(rng.integers(4, 16)), cv2.LINE_AA)
    veil = np.asarray(cv2.GaussianBlur(veil, (0, 0), float(rng.uniform(4, 14))), np.float32) * rng.uniform(0.2, 0.5)
    sprite.cover(np.full((SIDE, SIDE, 3), 215, np.float32), veil.astype(np.float32), (0, 0))
