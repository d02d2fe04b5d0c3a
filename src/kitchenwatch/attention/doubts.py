"""Who is worth inquiring into: those about whom evidence adds up within reason."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from kitchenwatch.attention.settings import AttentionSettings
from kitchenwatch.weight import weight


@dataclass(slots=True)
class _Doubt:
    """About one person.

    Attributes:
        looked: independent looks since it began; about one a second at full rate, fewer where looks are rare.
        seen: when it was last worth inquiring into.
        rests: until then it is left alone.
    """

    looked: float = 0.0
    seen: float = -math.inf
    rests: float = -math.inf


class Doubts:
    """Follows the doubts about everybody in view.

    A doubt has patience for so many looks, and for few of them while its evidence is faint: a spoon at the mouth stays
    faint, a cigarette does not. Slight evidence is left to keyframes.

    Attributes:
        newest: when anybody was last worth inquiring into.
    """

    def __init__(self, settings: AttentionSettings) -> None:
        self._settings = settings
        self._doubts: dict[int, _Doubt] = {}
        self._t: float | None = None
        self.newest = -math.inf

    def learn(self, t: float, undecided: Mapping[int, float]) -> None:
        """After each look.

        Args:
            undecided: by track, the share of the threshold that evidence has reached, as `Judge` tells it.
        """
        worth, self._t = weight(None if self._t is None else t - self._t), t
        rest_s = self._settings.rest_s
        self._doubts = {id: each for id, each in self._doubts.items() if t - each.seen <= rest_s or t < each.rests}
        for track, reached in undecided.items():
            if reached < self._settings.slight:
                continue
            doubt = self._doubts.setdefault(track, _Doubt())
            doubt.looked += worth
            if t >= doubt.rests:
                self._weigh(t, doubt, reached)

    def _weigh(self, t: float, doubt: _Doubt, reached: float) -> None:
        settings = self._settings
        if doubt.looked > (settings.patience if reached >= settings.faint else settings.brief):
            doubt.rests = t + settings.rest_s
        else:
            doubt.seen = self.newest = t
