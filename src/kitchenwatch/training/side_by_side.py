"""Many pictures looked at at a time, for commands that somebody waits for."""

from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")


def side_by_side(work: Callable[[Item], Made], items: Sequence[Item], threads: int) -> Generator[Made, None, None]:
    """What `work` makes of each item, in order; it may be called by several threads at once.

    Networks and OpenCV let go of the interpreter while they compute, so that threads are enough. What `work` raises is
    raised in its turn, and what was not begun by then is left.
    """
    with ThreadPoolExecutor(threads, "pictures") as pool:
        yield from pool.map(work, items)
