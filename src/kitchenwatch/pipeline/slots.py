"""Between a camera's reader and its worker: few frames wait, and the policy says what gives way."""

import threading
from collections import deque

from kitchenwatch.model import Frame
from kitchenwatch.ports import Clock


class Slot:
    """Holds the frames that wait. All slots of a worker share its condition, so that it can wait for any of them.

    Args:
        room: for so many frames.

    Attributes:
        skipped: frames that gave way before anybody took them.
        waited_s: how long the frame taken last had waited, in seconds.
    """

    def __init__(self, ready: threading.Condition, clock: Clock, room: int = 1) -> None:
        self._ready, self._clock, self._room = ready, clock, room
        self._waiting: deque[tuple[Frame, float]] = deque()
        self._closed = False
        self.skipped = 0
        self.waited_s = 0.0

    def put(self, frame: Frame) -> None:
        """Offer a frame; after `close` it is dropped."""
        with self._ready:
            self._make_room()
            if not self._closed:
                self._waiting.append((frame, self._clock.monotonic()))
                self._ready.notify_all()

    def take(self) -> Frame | None:
        """The frame that waits longest, if any. Call with the condition held."""
        if not self._waiting:
            return None
        frame, since = self._waiting.popleft()
        self.waited_s = self._clock.monotonic() - since
        self._ready.notify_all()
        return frame

    def close(self) -> None:
        """No frame will follow; those that wait are still taken."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    @property
    def over(self) -> bool:
        """Closed and empty."""
        return self._closed and not self._waiting

    @property
    def _full(self) -> bool:
        return len(self._waiting) >= self._room

    def _make_room(self) -> None:
        raise NotImplementedError


class NewestSlot(Slot):
    """Live: the oldest frame that nobody took gives way to the newest, and is counted."""

    def _make_room(self) -> None:
        if self._full and not self._closed:
            self._waiting.popleft()
            self.skipped += 1


class EverySlot(Slot):
    """Films: the reader waits until there is room."""

    def _make_room(self) -> None:
        self._ready.wait_for(lambda: not self._full or self._closed)
