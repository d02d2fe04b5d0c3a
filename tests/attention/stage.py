"""A camera's attention in media time: packets that come, looks that find what a script says."""

from collections.abc import Callable, Iterator

import numpy as np
from kitchen import frame, track

from kitchenwatch.attention.budget import Budget
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.attention.settings import AttentionSettings
from kitchenwatch.model import Attentiveness
from kitchenwatch.picture import ArrayPicture

FPS = 25
EMPTY = ArrayPicture(np.full((54, 96, 3), 90, np.uint8))
CHANGED = ArrayPicture(np.full((54, 96, 3), 90, np.uint8))
CHANGED.bgr()[10:30, 40:60] = 200
Tells = Callable[[float], bool]


def never(t: float) -> bool:
    return False


def within(*spans: tuple[float, float]) -> Tells:
    return lambda t: any(begin <= t < end for begin, end in spans)


class Stage:
    """Feeds a camera's attention as its source and its line do.

    Attributes:
        decoded, searched: times of what was decoded and of look 1.
        chosen: times of look 2.
        states: each state with the time at which it began.
    """

    def __init__(self, gop: float = 2.0, budget: Budget | None = None, camera: str = "stove") -> None:
        self.attention = CameraAttention(camera, AttentionSettings(), budget)
        self.gop, self.next_key = gop, 0.0
        self.reached = 0.55  # of the threshold, by those in doubt
        self.decoded, self.searched, self.chosen = list[float](), list[float](), list[float]()
        self.states: list[tuple[float, Attentiveness]] = []

    def play(
        self,
        begin: float,
        end: float,
        people: Tells = never,
        doubt: Tells = never,
        moves: Tells | None = None,
        size: Callable[[float], int] = lambda t: 800,
    ) -> "Stage":
        """Media time from `begin` to `end`; `moves` says when the picture differs from the empty room."""
        for t in self._times(begin, end):
            key = t >= self.next_key - 1e-6
            self.next_key = t + self.gop if key else self.next_key
            if self.attention.decodes(t, key, 40_000 if key else size(t)):
                self.decoded.append(t)
                if self.attention.due(t):
                    self._line(t, people(t), doubt(t), (moves or people)(t))
        return self

    def _times(self, begin: float, end: float) -> Iterator[float]:
        yield from (round(begin + number / FPS, 2) for number in range(round((end - begin) * FPS)))

    def _line(self, t: float, people: bool, doubt: bool, moved: bool) -> None:
        looked = frame(t, CHANGED if moved else EMPTY)
        if not self.attention.searches(looked):
            return
        self.searched.append(t)
        tracks = [track(1, t)] if people else []
        self.chosen += [t] * len(self.attention.chooses(t, tracks))
        self.attention.learn(looked, tracks, {1: self.reached} if doubt and people else {})
        if not self.states or self.states[-1][1] is not self.attention.state:
            self.states.append((t, self.attention.state))

    def decoded_in(self, begin: float, end: float) -> list[float]:
        return [t for t in self.decoded if begin <= t < end]

    def searched_in(self, begin: float, end: float) -> list[float]:
        return [t for t in self.searched if begin <= t < end]
