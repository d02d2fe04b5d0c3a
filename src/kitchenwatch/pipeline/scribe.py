"""One thread that writes evidence in order, patiently when the disk is full."""

import logging
import queue
import threading
from collections.abc import Callable

from kitchenwatch.errors import KitchenwatchError, StorageError
from kitchenwatch.model import HealthChange
from kitchenwatch.ports import Clock, HealthLog

log = logging.getLogger(__name__)

Job = Callable[[], None]

# A job holds some 0.5 MB of pictures, or a clip of 5 to 10 MB: a few hundred MB at worst on a full disk.
ROOM = 64
# Often enough that room made by retention is used at once, seldom enough to spare the log.
RETRY_S = 5.0


class Scribe:
    """Runs jobs one after another; a job that fails for lack of storage is tried again until it succeeds.

    When `ROOM` jobs wait, `submit` blocks: cameras are still read, but nothing is forgotten.
    """

    def __init__(self, clock: Clock, retry_s: float = RETRY_S) -> None:
        self._clock, self._retry_s = clock, retry_s
        self._jobs: queue.Queue[Job | None] = queue.Queue(ROOM)
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="scribe", daemon=True)
        self.trouble: str | None = None

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job; it may be run more than once, so it must be idempotent."""
        self._jobs.put(job)

    def hurry(self) -> None:
        """Try each job once more at most from now on, so that whoever waits in `submit` can go on and end."""
        self._hurry.set()

    def stop(self) -> None:
        """Write what waits, in a hurry, then end."""
        self.hurry()
        self._jobs.put(None)
        self._thread.join()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._jobs.qsize()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._do(job)

    def _do(self, job: Job) -> None:
        while not self._attempt(job):
            if self._hurry.is_set():
                log.error("evidence lost at shutdown: %s", self.trouble)
                return
            self._clock.sleep(self._retry_s, self._hurry)

    def _attempt(self, job: Job) -> bool:
        """Whether the job is settled: done, or failed for a reason that time does not mend."""
        try:
            job()
        except StorageError as error:
            if self.trouble is None:
                log.error("evidence waits: %s", error)
            self.trouble = str(error)
            return False
        except KitchenwatchError as error:
            log.error("evidence lost: %s", error)
        except Exception:  # a supervisor: one bad job must not end the writing of all others
            log.exception("evidence lost")
        self.trouble = None
        return True


class ScribedHealth:
    """A health log whose writing may wait, so that no camera stands still for a full disk. A `ports.HealthLog`."""

    def __init__(self, log: HealthLog, submit: Callable[[Job], None]) -> None:
        self._log, self._submit = log, submit

    def record(self, change: HealthChange) -> None:
        """Have it written in its turn."""
        self._submit(lambda: self._log.record(change))
