"""CPU time of the threads that an engine computes in, while those who asked it wait."""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from kitchenwatch.clock import cpu_seconds_of

Made = TypeVar("Made")

TASKS = Path("/proc/self/task")


def threads_begun(make: Callable[[], Made]) -> tuple[Made, set[int]]:
    """What `make` makes, and the threads that it leaves at work, as Linux numbers them; elsewhere none."""
    before = _threads()
    made = make()
    return made, _threads() - before


class EngineThreads:
    """Charges what an engine's threads do to the runs under way, in equal parts where there are several.

    That is fair where each run has as many threads as any other.

    Args:
        ids: of the threads; none where an engine computes in the thread that asks. Those that begin during a run
            are added: OpenVINO has some for each network that it compiles for a shape that comes often.
    """

    def __init__(self, ids: Collection[int] = ()) -> None:
        self._taken = dict.fromkeys(ids, 0.0)  # seconds by thread
        self._lock = threading.Lock()
        self._running: list[str] = []
        self._counted = self._spent()
        self.seconds: dict[str, float] = {}
        """CPU seconds by stage."""

    @contextmanager
    def run(self, stage: str) -> Iterator[None]:
        """A run for that stage is under way."""
        before = _threads()
        self._charge(self._running.append, stage)
        try:
            yield
        finally:
            self._add(_threads() - before)
            self._charge(self._running.remove, stage)

    def _add(self, begun: set[int]) -> None:
        pythons = {thread.native_id for thread in threading.enumerate()}
        with self._lock:
            self._taken |= dict.fromkeys(begun - pythons - self._taken.keys(), 0.0)

    def _charge(self, turn: Callable[[str], None], stage: str) -> None:
        with self._lock:
            spent = self._spent()
            for running in self._running:
                part = (spent - self._counted) / len(self._running)
                self.seconds[running] = self.seconds.get(running, 0.0) + part
            self._counted = spent
            turn(stage)

    def _spent(self) -> float:
        """Of all so far; of those that have ended, what they had taken when they were last asked."""
        for thread in list(self._taken):
            with suppress(OSError):
                self._taken[thread] = cpu_seconds_of(thread)
        return sum(self._taken.values())


def _threads() -> set[int]:
    return {int(task.name) for task in TASKS.iterdir()} if TASKS.exists() else set()
