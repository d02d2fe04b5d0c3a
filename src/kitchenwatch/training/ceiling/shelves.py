"""Where small pictures stand on a frame: on a few counters one behind the other, none over another."""

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

Size = tuple[int, int]  # width, height in pixels
SHELVES = 3  # rows of people that a camera sees, one behind the other


@dataclass(slots=True)
class Shelf:
    """One counter: what stands on it, by number.

    Attributes:
        width, height: taken so far, in pixels.
    """

    things: list[int] = field(default_factory=list)
    width: int = 0
    height: int = 0


class Shelves:
    """The counters of one frame.

    Args:
        width, height: of the frame, in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._frame = width, height
        self._sizes: list[Size] = []
        self._shelves = [Shelf() for _ in range(SHELVES)]

    def __len__(self) -> int:
        return len(self._sizes)

    def put(self, size: Size, rng: Generator) -> bool:
        """Find room for one more picture, on any counter; False if there is none."""
        room = [shelf for shelf in self._shelves if self._fits(shelf, size)]
        if not room:
            return False
        shelf = room[int(rng.integers(len(room)))]
        shelf.things.append(len(self._sizes))
        shelf.width, shelf.height = shelf.width + size[0], max(shelf.height, size[1])
        self._sizes.append(size)
        return True

    def corners(self, rng: Generator) -> tuple[list[tuple[int, int]], list[int]]:
        """The upper left corner of each picture in the order in which they were put, and the counters' heights.

        What room is left goes between the pictures and between the counters, at random.
        """
        found: list[tuple[int, int]] = [(0, 0)] * len(self)
        free = _parted(self._frame[1] - sum(shelf.height for shelf in self._shelves), SHELVES + 1, rng)
        edge, edges = 0, []
        for shelf, above in zip(self._shelves, free[:SHELVES], strict=True):
            edge += above + shelf.height
            edges.append(edge)
            self._stand(shelf, edge, found, rng)
        return found, edges

    def _stand(self, shelf: Shelf, edge: int, found: list[tuple[int, int]], rng: Generator) -> None:
        x = 0
        free = _parted(self._frame[0] - shelf.width, len(shelf.things) + 1, rng)
        for thing, before in zip(shelf.things, free[:-1], strict=True):
            width, height = self._sizes[thing]
            x += before
            found[thing] = x, edge - height
            x += width

    def _fits(self, shelf: Shelf, size: Size) -> bool:
        taken = sum(other.height for other in self._shelves if other is not shelf)
        return shelf.width + size[0] <= self._frame[0] and max(shelf.height, size[1]) + taken <= self._frame[1]


def _parted(length: int, parts: int, rng: Generator) -> list[int]:
    """A length cut into parts at random."""
    cuts = np.sort(rng.integers(0, length + 1, parts - 1))
    return [int(part) for part in np.diff([0, *cuts, length])]
