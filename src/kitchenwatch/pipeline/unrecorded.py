"""A line that only tells: for replays and measurements that leave nothing behind, and the seams' test doubles."""

from collections.abc import Sequence

from kitchenwatch.model import Change, Frame, HealthChange, Look, Track


class NoRecorder:
    """Implements `ports.Recorder` and fixes nothing."""

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Nothing."""

    def finish(self, changes: Sequence[Change]) -> None:
        """Nothing."""


class NoHealthLog:
    """Implements `ports.HealthLog` and keeps what it was told."""

    def __init__(self) -> None:
        self.changes: list[HealthChange] = []

    def record(self, change: HealthChange) -> None:
        """Keep it."""
        self.changes.append(change)
