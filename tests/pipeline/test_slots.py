import threading
from datetime import UTC, datetime

import numpy as np

from kitchenwatch.clock import SystemClock
from kitchenwatch.model import Frame
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.slots import EverySlot, NewestSlot

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def frame(t: float) -> Frame:
    return Frame("stove", "run", t, NOON, ArrayPicture(np.zeros((2, 2, 3), np.uint8)))


def test_newest_slot_keeps_the_newest_and_counts_what_gave_way() -> None:
    slot = NewestSlot(ready := threading.Condition(), SystemClock())
    for t in (0.0, 0.2, 0.4):
        slot.put(frame(t))
    with ready:
        taken = slot.take()
    assert taken is not None
    assert (taken.t, slot.skipped) == (0.4, 2)


def test_every_slot_makes_the_reader_wait_so_that_no_frame_is_lost() -> None:
    slot = EverySlot(ready := threading.Condition(), SystemClock())
    times = [i / 5 for i in range(20)]

    def read() -> None:
        for t in times:
            slot.put(frame(t))
        slot.close()

    reader = threading.Thread(target=read)
    reader.start()
    seen = []
    while not slot.over:
        with ready:
            ready.wait_for(lambda: bool(slot._waiting) or slot.over, timeout=5)
            if (taken := slot.take()) is not None:
                seen.append(taken.t)
    reader.join()
    assert seen == times
    assert slot.skipped == 0


def test_a_closed_slot_lets_a_waiting_reader_go() -> None:
    slot = EverySlot(threading.Condition(), SystemClock())
    slot.put(frame(0))
    reader = threading.Thread(target=slot.put, args=(frame(0.2),))
    reader.start()
    slot.close()
    reader.join(timeout=5)
    assert not reader.is_alive()


def test_a_newest_slot_with_room_lets_the_oldest_give_way() -> None:
    ready = threading.Condition()
    slot = NewestSlot(ready, SystemClock(), room=3)
    for n in range(5):
        slot.put(frame(n / 5))
    with ready:
        taken = [slot.take(), slot.take(), slot.take(), slot.take()]
    assert [each.t if each else None for each in taken] == [0.4, 0.6, 0.8, None]
    assert slot.skipped == 2
