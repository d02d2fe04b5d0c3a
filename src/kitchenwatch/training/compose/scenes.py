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
STEAMY = 0.12  # share of scenes with smoke or steam, whatever the thing is
TURNED = 0.35  # a face that looks aside by more than this is not seen from the front


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
class _Stick:
    """A thin thing, its lower end at the frame's origin."""

    texture: Texture
    frame: Frame
    tilt: float

    def on(self, sprite: Sprite) -> None:
        sprite.put(self.texture, self.frame, 0.0, self.tilt)


@dataclass(frozen=True, slots=True)
class Scene:
    """A sprite and the point of the picture, in pixels, where its middle goes."""

    sprite: Sprite
    at: tuple[float, float]


def scene(person: Person, thing: Thing, place: Place, rng: Generator) -> Scene:
    """One of the ways in which this thing is seen at this place."""
    made = {"mouth": _at_mouth, "ear": _at_ear, "hand": _in_hand}[place](person, thing, rng)
    if rng.random() < STEAMY:
        _wisp(made.sprite, rng)
    return made


def _at_mouth(person: Person, thing: Thing, rng: Generator) -> Scene:
    """Out of the lips, by itself or with a hand on it."""
    sprite, side = Sprite(), _side(person, rng)
    if thing.texture is None:
        hand = Frame((side * rng.uniform(0, 0.1), 0.05), rng.uniform(-0.5, 0.5), side)
        _fingers_on(sprite, hand, _arm(person, rng), rng, None)
        return Scene(sprite, person.mouth)
    texture = _upside_down(thing.texture) if thing.from_mouth else thing.texture
    stick = _out_of_mouth(texture, person, side, rng)
    if rng.random() >= thing.held:
        stick.on(sprite)
        return Scene(sprite, person.mouth)
    away = rng.uniform(0.55, 0.95) if thing.from_mouth else rng.uniform(0.1, 0.45)
    grip = stick.frame.moved(0.0, -away * texture.length * np.cos(stick.tilt)).origin
    hand = Frame(grip, -side * rng.uniform(-0.5, 0.7), side)
    _fingers_on(sprite, hand, _arm(person, rng), rng, stick)
    return Scene(sprite, person.mouth)


def _out_of_mouth(texture: Texture, person: Person, side: int, rng: Generator) -> _Stick:
    """Where the face looks; steeply down and foreshortened when it looks at the viewer."""
    if abs(person.looks) > TURNED:
        angle, tilt = np.pi / 2 + rng.uniform(-0.3, 0.55), rng.uniform(-0.4, 0.4)
    else:
        angle, tilt = np.pi * rng.uniform(0.5, 0.92), rng.uniform(-0.9, 0.9)
    return _Stick(texture, Frame(angle=float(side * angle)), tilt)


def _fingers_on(sprite: Sprite, hand: Frame, arm: Arm, rng: Generator, stick: _Stick | None) -> None:
    """A hand from below whose fingertips meet on the stick, or on nothing."""
    palm(sprite, hand.moved(0.06, 0.36), arm, rng, (rng.uniform(0.1, 0.5), rng.uniform(1.2, 1.5)))
    between = rng.random() < 0.5
    if between:
        scissored(sprite, hand, arm, rng, before=False)
    if stick:
        stick.on(sprite)
    if between:
        scissored(sprite, hand, arm, rng, before=True)
    else:
        pinching(sprite, hand, arm, rng)


def _at_ear(person: Person, thing: Thing, rng: Generator) -> Scene:
    """Along the cheek, its lower end towards the mouth; the hand lies on it or reaches round it."""
    sprite, side = Sprite(), -_side(person, rng)
    ear, mouth = person.ear(side), person.mouth
    lean = float(np.arctan2(ear[0] - mouth[0], mouth[1] - ear[1]) * rng.uniform(0.2, 0.7))
    lean = float(np.clip(lean, -0.9, 0.9))
    profile = abs(person.looks) > 0.5
    turn = side * (rng.uniform(-0.4, 0.5) if profile else rng.uniform(0.5, 1.3))
    out = 0.0 if profile else side * rng.uniform(-0.05, 0.07)
    frame = Frame((out, rng.uniform(0.12, 0.3)), lean, float(side))
    hold = _hand_on_it if rng.random() < 0.5 else _hand_round_it
    hold(sprite, frame, thing, turn, _arm(person, rng), rng)
    return Scene(sprite, ear)


def _hand_on_it(sprite: Sprite, frame: Frame, thing: Thing, turn: float, arm: Arm, rng: Generator) -> None:
    """The back of the hand hides most of it; the frame's origin is the middle of the thing."""
    if thing.texture:
        sprite.put(thing.texture, frame.moved(0.0, 0.26), turn, rng.uniform(-0.2, 0.2))
    hand = frame.moved(rng.uniform(0.02, 0.14), rng.uniform(0.08, 0.25), rng.normal(0, 0.2))
    palm(sprite, hand, arm, rng, (rng.uniform(0.0, 0.6), rng.uniform(1.2, 1.5)))
    laid_along(sprite, hand, arm, rng)


def _hand_round_it(sprite: Sprite, frame: Frame, thing: Thing, turn: float, arm: Arm, rng: Generator) -> None:
    """The hand is behind it, its fingers come round the edges."""
    palm(sprite, frame.moved(0.1, 0.15), arm, rng, (rng.uniform(0.0, 0.6), rng.uniform(1.2, 1.5)))
    if thing.texture:
        sprite.put(thing.texture, frame.moved(0.0, 0.26), turn, rng.uniform(-0.2, 0.2))
    width = (thing.texture.width if thing.texture else 0.25) * max(abs(np.cos(turn)), 0.3)
    wrapped(sprite, frame.moved(0.0, 0.12), arm, rng, float(width))


def _in_hand(person: Person, thing: Thing, rng: Generator) -> Scene:
    """In a hand of the person if one is seen, else in a drawn one before the body."""
    hands = person.hands() if thing.texture else []
    real = bool(hands) and rng.random() < 0.75
    at = hands[int(rng.integers(len(hands)))] if real else _before_body(person, rng)
    side = 1.0 if at[0] > (person.head[0] + person.head[2]) / 2 else -1.0
    sprite, arm = Sprite(), _arm(person, rng)
    if thing.with_hand and thing.texture:
        sprite.put(thing.texture, Frame((0.0, 0.3 * thing.texture.length), rng.normal(0, 0.2)), 0.0, 0.0)
    elif thing.thin:
        _between_fingers(sprite, Frame(angle=rng.normal(0, 0.6), mirror=side), thing, arm, real, rng)
    else:
        mirror = side if rng.random() < 0.8 else -side
        _in_fist(sprite, Frame(angle=rng.normal(0, 0.45), mirror=mirror), thing, arm, real, rng)
    return Scene(sprite, at)


def _in_fist(sprite: Sprite, frame: Frame, thing: Thing, arm: Arm, real: bool, rng: Generator) -> None:
    """Its lower half in the palm; of a real hand only the fingers are drawn anew."""
    if not real:
        palm(sprite, frame, arm, rng, (rng.uniform(-0.2, 0.7), rng.uniform(1.2, 1.5)))
    turn = rng.uniform(-1.0, 1.0)
    if thing.texture:
        sprite.put(thing.texture, frame.moved(0, 0.12), turn, rng.normal(0, 0.45))
    width = (thing.texture.width if thing.texture else 0.2) * np.cos(turn)
    wrapped(sprite, frame, arm, rng, float(max(width, 0.08)))


def _between_fingers(sprite: Sprite, hand: Frame, thing: Thing, arm: Arm, real: bool, rng: Generator) -> None:
    """Most of it on one side of them."""
    if not real:
        palm(sprite, hand.moved(0.06, 0.36), arm, rng, (0.3, 1.3))
    scissored(sprite, hand, arm, rng, before=False)
    if thing.texture:
        angle = float(hand.angle + rng.choice([-1, 1]) * rng.uniform(0.5, 1.7))
        back = rng.uniform(0.05, 0.3) * thing.texture.length
        _Stick(thing.texture, Frame(angle=angle).moved(0.0, back), rng.normal(0, 0.5)).on(sprite)
    if rng.random() < 0.5:
        scissored(sprite, hand, arm, rng, before=True)
    else:
        pinching(sprite, hand, arm, rng)


def _before_body(person: Person, rng: Generator) -> tuple[float, float]:
    """Beside the face now and then, mostly before chest and belly."""
    x, y = (person.head[:2] + person.head[2:]) / 2
    side = rng.choice([-1, 1])
    if rng.random() < 0.25:
        aside, down = rng.uniform(0.7, 1.2), rng.uniform(-0.1, 0.6)
    else:
        aside, down = rng.uniform(0.1, 1.0), rng.uniform(0.9, 1.8)
    return float(x + side * aside * person.height), float(y + down * person.height)


def _arm(person: Person, rng: Generator) -> Arm:
    light = np.array([rng.uniform(-0.6, 0.6), rng.uniform(-0.7, -0.1), 0.8], np.float32)
    skin = np.minimum(person.skin * rng.uniform(1.0, 1.18), 250).astype(np.float32)
    return Arm(skin, person.cloth, light / np.linalg.norm(light), bool(rng.random() < 0.3))


def _side(person: Person, rng: Generator) -> int:
    """Towards which edge of the picture the face looks; chance decides if it looks straight."""
    if abs(person.looks) > 0.2:
        return 1 if person.looks > 0 else -1
    return int(rng.choice([-1, 1]))


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
