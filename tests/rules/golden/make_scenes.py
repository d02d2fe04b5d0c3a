"""Writes the golden scenes: people, noise and looks that fail, at 25 frames a second. `python make_scenes.py`."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from rule_scenes import Step, written

from kitchenwatch.model import Kind

FPS = 25
Box = tuple[float, float, float, float]
Presence = list[tuple[float, float, int, tuple[float, float]]]  # from, to, track number, (x, y) of the feet
Bad = dict[Kind, list[tuple[float, float]]]  # when a kind is violated


def within(t: float, spans: list[tuple[float, float]]) -> bool:
    return any(begin <= t < end for begin, end in spans)


class Actor:
    """Somebody with places to be and rules to break; scores wander as a detector's do."""

    def __init__(self, presence: Presence, bad: Bad, seed: int) -> None:
        self.presence, self.bad = presence, bad
        self.random = np.random.default_rng(seed)
        self.mood = dict.fromkeys(Kind, 0.0)

    def at(self, t: float) -> tuple[int, Box] | None:
        for begin, end, track, (x, y) in self.presence:
            if begin <= t < end:
                dx, dy = self.random.normal(0, 1.5, 2)
                return track, (round(x - 30 + dx), round(y - 150 + dy), round(x + 30 + dx), round(y + dy))
        return None

    def look(self, t: float, kind: Kind) -> tuple[float, float] | None:
        """Scores that stay alike for some tenths of a second, around 0.8 and 0.1."""
        keep = 0.9
        self.mood[kind] = keep * self.mood[kind] + (1 - keep**2) ** 0.5 * self.random.normal()
        if self.random.random() < 0.25:
            return None
        shown = float(1 / (1 + np.exp(-(1.4 + self.mood[kind]))))
        hidden = float(np.clip(self.random.normal(0.08, 0.05), 0, 1))
        bad = within(t, self.bad.get(kind, []))
        if kind in (Kind.NO_HAT, Kind.NO_MASK):
            return (shown, hidden) if bad else (hidden, shown)
        return (shown if bad else 0.0), 0.0


def scene(actors: list[Actor], kinds: list[Kind], seconds: float) -> Iterator[Step]:
    for i in range(int(seconds * FPS)):
        t = round(i / FPS, 3)
        tracks, looks = [], []
        for actor in actors:
            if (found := actor.at(t)) is None:
                continue
            tracks.append(found)
            for kind in kinds:
                if (scores := actor.look(t, kind)) is not None:
                    looks.append((found[0], kind, round(scores[0], 2), round(scores[1], 2)))
        yield Step(t, tuple(tracks), tuple(looks))


def stove() -> Iterator[Step]:
    """Two cooks in the zone and a guest outside it.

    The first takes the hat off from 8 to 30 and gets a new track number half-way; the second has no mask from 20 to
    34 and a flicker of none at 5; the guest never wears a hat.
    """
    cook = Actor([(0, 19, 1, (200, 300)), (20, 60, 4, (215, 302))], {Kind.NO_HAT: [(8, 30)]}, 1)
    mate = Actor([(0, 60, 2, (330, 310))], {Kind.NO_MASK: [(5, 6), (20, 34)]}, 2)
    guest = Actor([(3, 50, 3, (600, 200))], {Kind.NO_HAT: [(0, 60)]}, 3)
    return scene([cook, mate, guest], [Kind.NO_HAT, Kind.NO_MASK], 60)


def yard() -> Iterator[Step]:
    """A smoker who leaves at 20 and is back under another number at 34, smoking until 55; somebody phones 10 to 40."""
    smoker = Actor([(0, 20, 1, (150, 340)), (34, 90, 5, (160, 335))], {Kind.SMOKING: [(4, 20), (34, 55)]}, 4)
    caller = Actor([(2, 90, 2, (450, 330))], {Kind.PHONE_USE: [(10, 40)]}, 5)
    return scene([smoker, caller], [Kind.SMOKING, Kind.PHONE_USE], 90)


SCENES: dict[str, Callable[[], Iterator[Step]]] = {"stove": stove, "yard": yard}

if __name__ == "__main__":
    for name, make in SCENES.items():
        lines = "\n".join(written(step) for step in make())
        (Path(__file__).parent / f"{name}.jsonl").write_text(lines + "\n")
