import threading

from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import SealError, StorageFull
from kitchenwatch.pipeline.scribe import Scribe


def test_jobs_wait_for_room_and_keep_their_order() -> None:
    scribe = Scribe(SystemClock(), retry_s=0.01)
    full, written = [True], []
    refused = threading.Event()

    def first() -> None:
        if full[0]:
            refused.set()
            raise StorageFull("no room in var/evidence")
        written.append(1)

    scribe.start()
    scribe.submit(first)
    scribe.submit(lambda: written.append(2))
    assert refused.wait(5)
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
