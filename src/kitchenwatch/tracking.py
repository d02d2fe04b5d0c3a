"""Follows people through irregular time steps: constant velocity in seconds, nearest box first.

Why it is our own is written in docs/decisions/0002-tracking.md.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, centre, iou
from kitchenwatch.model import Detections, Track


@dataclass(frozen=True, slots=True)
class Following:
    """How people are followed.

    Attributes:
        forget_s: seconds without a detection after which a track is given up.
        new_score: a person detection must reach this to begin a track; a weaker one can only continue one.
        reach: how far from where it was expected a box may lie, in its own widths and heights, to be the same
            person; plus `walk` a second since it was last seen.
        walk: widths and heights a second that people stray from a constant velocity.
        response_s: a change of velocity is believed after about so many seconds.
        coast_s: a person out of sight is expected to walk on for about so long, then to have stopped.
    """

    forget_s: float = 3.0
    new_score: float = 0.45
    reach: float = 0.5
    walk: float = 0.6
    response_s: float = 0.5
    coast_s: float = 0.6


@dataclass(slots=True)
class _Followed:
    """A track while it lives: what is told of it, and its velocity in pixels a second, `(4,)` a side of the box."""

    track: Track
    velocity: NDArray[np.float32]


class PeopleTracker:
    """Gives each person a number, from 1 in order of appearance; the same input always gives the same numbers."""

    def __init__(self, following: Following | None = None) -> None:
        self._following = following or Following()
        self._alive: list[_Followed] = []
        self._count = 0

    def update(self, t: float, people: Detections) -> list[Track]:
        """The tracks seen at `t`; a track not seen for long is forgotten.

        Args:
            t: media time in seconds, never less than at the call before.
            people: detections of `person`, in pixels of the frame.
        """
        self._alive = [one for one in self._alive if t - one.track.t <= self._following.forget_s]
        pairs = self._pairs(t, people.boxes)
        for followed, index in pairs:
            self._move(followed, t, people.boxes[index], float(people.scores[index]))
        taken = {index for _, index in pairs}
        for index in range(len(people)):
            if index not in taken and people.scores[index] >= self._following.new_score:
                self._begin(t, people.boxes[index], float(people.scores[index]))
        return [one.track for one in self._alive if one.track.t == t]

    def _pairs(self, t: float, boxes: Boxes) -> list[tuple[_Followed, int]]:
        """Tracks and detections that belong together, the best pair first."""
        if not self._alive or not len(boxes):
            return []
        expected = np.stack([self._expected(one, t) for one in self._alive])
        age = np.array([t - one.track.t for one in self._alive], np.float32)
        reach = self._following.reach + self._following.walk * age[:, None]
        away = _distance(expected, boxes)
        cost = np.where(away <= reach, away - iou(expected, boxes), np.inf)
        pairs: list[tuple[_Followed, int]] = []
        while np.isfinite(cost).any():
            row, column = np.unravel_index(int(np.argmin(cost)), cost.shape)
            pairs.append((self._alive[int(row)], int(column)))
            cost[row, :] = cost[:, column] = np.inf
        return pairs

    def _expected(self, followed: _Followed, t: float) -> Boxes:
        """Where the box should be at `t`: on at its velocity, which dies away when unseen."""
        coast = self._following.coast_s
        way = coast * (1 - np.exp(-(t - followed.track.t) / coast))
        return np.asarray(followed.track.box + followed.velocity * way, np.float32)

    def _move(self, followed: _Followed, t: float, box: Boxes, score: float) -> None:
        track = followed.track
        step = t - track.t
        if step > 0:
            trust = np.float32(1 - np.exp(-step / self._following.response_s))
            followed.velocity += trust * ((box - track.box) / np.float32(step) - followed.velocity)
        followed.track = Track(track.id, box.astype(np.float32), score, t, track.since)

    def _begin(self, t: float, box: Boxes, score: float) -> None:
        self._count += 1
        track = Track(self._count, box.astype(np.float32), score, t, t)
        self._alive.append(_Followed(track, np.zeros(4, np.float32)))


def _distance(expected: Boxes, boxes: Boxes) -> NDArray[np.float32]:
    """How far centres lie apart and sizes differ, in sizes of the expected box, `(N, M)`."""
    size = np.maximum(expected[:, 2:] - expected[:, :2], 1)[:, None]
    apart = np.abs(centre(expected)[:, None] - centre(boxes)[None]) / size
    shrunk = np.abs((boxes[:, 2:] - boxes[:, :2])[None] / size - 1)
    return np.asarray(apart.max(axis=2) + shrunk.max(axis=2) / 4, np.float32)
