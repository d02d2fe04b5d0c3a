"""Which things there are to put on people, and where each of them goes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from numpy.random import Generator

from kitchenwatch.model import Label
from kitchenwatch.training.compose import gadgets, things
from kitchenwatch.training.compose.cuttings import Cutting
from kitchenwatch.training.compose.scenes import Place, Thing
from kitchenwatch.training.compose.sprite import Texture

Make: TypeAlias = Callable[[Generator], Thing]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of thing.

    Attributes:
        name: as it appears in the names of pictures.
        make: one of them.
        places: where it is seen, and how often.
        label: what the detector should see in it; None for what it should leave alone.
    """

    name: str
    make: Make
    places: dict[Place, float]
    label: Label | None = None


def _thin(draw: Callable[[Generator], Texture], held: float, from_mouth: bool = False) -> Make:
    return lambda rng: Thing(draw(rng), thin=True, from_mouth=from_mouth, held=held)


def _bulky(draw: Callable[[Generator], Texture]) -> Make:
    return lambda rng: Thing(draw(rng))


AT_MOUTH: dict[Place, float] = {"mouth": 0.75, "hand": 0.25}
AT_EAR: dict[Place, float] = {"ear": 0.35, "hand": 0.65}
IN_HAND: dict[Place, float] = {"hand": 1.0}

PHONE = Kind("phone", _bulky(gadgets.phone), {"ear": 0.42, "hand": 0.58}, Label.PHONE)
CIGARETTE = Kind("cigarette", _thin(things.cigarette, 0.5), {"mouth": 0.6, "hand": 0.4}, Label.CIGARETTE)
BARE_HAND = Kind("bare_hand", lambda rng: Thing(None), {"ear": 0.5, "mouth": 0.3, "hand": 0.2})

TAKEN_FOR_ONE = (
    BARE_HAND,
    BARE_HAND,
    Kind("spoon", _thin(things.spoon, 1.0, from_mouth=True), AT_MOUTH),
    Kind("chopsticks", _thin(things.chopsticks, 1.0, from_mouth=True), AT_MOUTH),
    Kind("straw", _thin(things.straw, 0.4), AT_MOUTH),
    Kind("pen", _thin(things.pen, 0.8), AT_MOUTH),
    Kind("thermometer", _thin(things.thermometer, 0.5), AT_MOUTH),
    Kind("knife", _bulky(things.knife), IN_HAND),
    Kind("calculator", _bulky(gadgets.calculator), AT_EAR),
    Kind("wallet", _bulky(gadgets.wallet), AT_EAR),
    Kind("card", _bulky(gadgets.card), IN_HAND),
    Kind("cup", _bulky(gadgets.cup), IN_HAND),
    Kind("towel", _bulky(gadgets.towel), IN_HAND),
)

# Only in the held-out pictures: what a detector does with things that it never saw.
NEVER_TRAINED_ON = (
    Kind("lollipop", _thin(things.lollipop, 0.4), AT_MOUTH),
    Kind("toothbrush", _thin(things.toothbrush, 1.0), AT_MOUTH),
    Kind("walkie_talkie", _bulky(gadgets.walkie_talkie), AT_EAR),
    Kind("remote", _bulky(gadgets.remote), AT_EAR),
)


def cut_out(kind: Kind, found: Sequence[Cutting]) -> Kind:
    """The same kind, made of cuttings instead of drawings; phones with a hand are not held to an ear."""

    def make(rng: Generator) -> Thing:
        cutting = found[int(rng.integers(len(found)))]
        low, high = (0.3, 0.5) if kind.label == Label.CIGARETTE else (0.75, 1.1) if cutting.with_hand else (0.5, 0.8)
        texture = replace(cutting.texture, length=float(rng.uniform(low, high)))
        if rng.random() < 0.5:
            texture = replace(texture, image=texture.image[:, ::-1].copy(), alpha=texture.alpha[:, ::-1].copy())
        return Thing(texture, thin=kind.label == Label.CIGARETTE, held=0.5, with_hand=cutting.with_hand)

    return replace(kind, make=make, places=kind.places if kind.label == Label.CIGARETTE else IN_HAND)
