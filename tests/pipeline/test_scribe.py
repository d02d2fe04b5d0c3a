import threading

from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import SealError, StorageFull
from kitchenwatch.pipeline.scribe import ROOM, Scribe


class TellingClock(SystemClock):
    """Tells when somebody begins to wait."""

    def __init__(self) -> None:
        self.waiting = threading.Event()

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        self.waiting.set()
        super().sleep(seconds, wake)


def test_jobs_wait_for_room_and_keep_their_order() -> None:
    clock = TellingClock()
    scribe = Scribe(clock, retry_s=0.01)
    full, written = [True], []

    def first() -> None:
        if full[0]:
            raise StorageFull("no room in var/evidence")
        written.append(1)

    scribe.start()
    scribe.submit(first)
    scribe.submit(lambda: written.append(2))
    assert clock.waiting.wait(5)
    assert scribe.trouble == "no room in var/evidence"
    assert written == []
    full[0] = False
    scribe.stop()
    assert written == [1, 2]
    assert scribe.trouble is None


def test_a_job_that_cannot_succeed_does_not_stop_the_others() -> None:
    scribe, written = Scribe(SystemClock()), []

    def forged() -> None:
        raise SealError("no key")

    def broken() -> None:
        raise ZeroDivisionError

    for job in (forged, broken, lambda: written.append(3)):
        scribe.submit(job)
    scribe.start()
    scribe.stop()
    assert written == [3]


def test_stopping_on_a_full_disk_ends() -> None:
    scribe = Scribe(SystemClock(), retry_s=60)

    def never() -> None:
        raise StorageFull("no room")

    scribe.start()
    scribe.submit(never)
    scribe.stop()


def test_who_waits_for_a_full_disk_is_let_go_when_all_ends() -> None:
    scribe = Scribe(SystemClock(), retry_s=60)

    def never() -> None:
        raise StorageFull("no room")

    def fill() -> None:
        for _ in range(ROOM + 2):
            scribe.submit(never)

    scribe.start()
    worker = threading.Thread(target=fill, daemon=True)
    worker.start()
    worker.join(0.2)
    assert worker.is_alive()
    scribe.hurry()
    worker.join(5)
    assert not worker.is_alive()
    scribe.stop()
