"""Time: the only module that asks the machine what time it is."""

import threading
import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since an arbitrary start; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        """Wait; an event that is set ends the wait early."""
        if wake is None:
            time.sleep(seconds)
        else:
            wake.wait(seconds)


class ManualClock:
    """A clock that moves only when told to: the test double, and what compresses hours in a trial."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        """Move on by `seconds` without waiting."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._elapsed += seconds


def cpu_seconds() -> float:
    """CPU seconds that this process has used so far, over all its threads."""
    return time.process_time()


def thread_cpu_seconds() -> float:
    """CPU seconds that the calling thread has used so far."""
    return time.thread_time()


def cpu_seconds_of(thread: int) -> float:
    """CPU seconds that a thread of this process has used so far.

    Args:
        thread: as Linux numbers it.
    """
    # Linux' number for that thread's clock, as `pthread_getcpuclockid` makes it, which takes only threads of its own.
    return time.clock_gettime((~thread << 3) | 6)
