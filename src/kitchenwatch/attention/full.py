"""The same attention always: every picture decoded, so many a second looked at, everybody each time."""

from collections.abc import Mapping, Sequence

from kitchenwatch.model import Attentiveness, Frame, Track
from kitchenwatch.picture import Picture
from kitchenwatch.sampling import Sampler


class FullAttention:
    """What attention that thinks is measured against. Implements `ports.Attention`.

    Args:
        fps: pictures looked at a second, by media time.
    """

    def __init__(self, fps: float) -> None:
        self._sampler = Sampler(fps)

    @property
    def state(self) -> Attentiveness:
        """Always the closest."""
        return Attentiveness.INQUIRING

    def decodes(self, t: float, key: bool, size: int) -> bool:
        """All."""
        return True

    def recalls(self, t: float, picture: Picture) -> bool:
        """Nothing is passed over."""
        return False

    def due(self, t: float) -> bool:
        """So many a second."""
        return self._sampler.due(t)

    def late(self, seconds: float) -> None:
        """Nothing to be done about it."""

    def searches(self, frame: Frame) -> bool:
        """Always."""
        return True

    def chooses(self, t: float, tracks: Sequence[Track]) -> list[Track]:
        """Everybody."""
        return list(tracks)

    def learn(self, frame: Frame, tracks: Sequence[Track], undecided: Mapping[int, float]) -> None:
        """Nothing to learn."""
