"""Zones: where in the picture a rule applies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from kitchenwatch.geometry import Boxes, inside
from kitchenwatch.rules.people import Person

# A step over the line and back within this time does not count; boxes jitter by a few pixels.
INERTIA_S = 1.0
# A point on the very edge of the picture lies in no polygon by the even-odd rule.
EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Zone:
    """A polygon in fractions of the picture; the rule applies `in` it, or everywhere but there (`out`)."""

    name: str
    polygon: tuple[tuple[float, float], ...]
    mode: Literal["in", "out"] = "in"

    def holds(self, point: tuple[float, float]) -> bool:
        """Whether the point lies in the polygon."""
        return inside(point, self.polygon)


def feet(box: Boxes, width: int, height: int) -> tuple[float, float]:
    """The middle of the box's lower edge, in fractions of the picture, brought into it."""
    return _fraction(float(box[0] + box[2]) / 2, width), _fraction(float(box[3]), height)


def applies(zones: Sequence[Zone], point: tuple[float, float]) -> bool:
    """Whether a person standing there is meant: in any `in` zone (if there is one), and in no `out` zone."""
    wanted = [zone for zone in zones if zone.mode == "in"]
    barred = any(zone.holds(point) for zone in zones if zone.mode == "out")
    return not barred and (not wanted or any(zone.holds(point) for zone in wanted))


@dataclass(slots=True)
class _Side:
    inside: bool
    other_since: float | None
    seen: float


class Gate:
    """Which people stand where a rule applies; crossing the line counts once it has lasted `INERTIA_S`."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self._zones = tuple(zones)
        self._sides: dict[int, _Side] = {}

    def admitted(self, t: float, people: Iterable[Person], size: tuple[int, int]) -> list[Person]:
        """The people to whom the rule applies; `size` is the picture's width and height in pixels."""
        if not self._zones:
            return list(people)
        admitted = [person for person in people if self._admits(t, person, size)]
        self._sides = {number: side for number, side in self._sides.items() if t - side.seen <= 2 * INERTIA_S}
        return admitted

    def _admits(self, t: float, person: Person, size: tuple[int, int]) -> bool:
        now_inside = applies(self._zones, feet(person.box, *size))
        side = self._sides.setdefault(person.number, _Side(now_inside, None, t))
        side.seen = t
        if now_inside == side.inside:
            side.other_since = None
        elif side.other_since is None:
            side.other_since = t
        elif t - side.other_since >= INERTIA_S:
            side.inside, side.other_since = now_inside, None
        return side.inside


def _fraction(pixels: float, extent: int) -> float:
    return min(max(pixels / extent, EDGE), 1 - EDGE)
