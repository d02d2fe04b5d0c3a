"""Between a camera's reader and its worker: at most one frame waits, and the policy says what gives way."""

import threading

from kitchenwatch.model import Frame
from kitchenwatch.ports import Clock


class Slot:
    """Holds one frame. All slots of a worker share its condition, so that it can wait for any of them.

    Attributes:
        skipped: frames that gave way before anybody took them.
        waited_s: how long the frame taken last had waited, in seconds.
    """

    def __init__(self, ready: threading.Condition, clock: Clock) -> None:
        self._ready, self._clock = ready, clock
        self._frame: Frame | None = None
        self._since = 0.0
        self._closed = False
        self.skipped = 0
        self.waited_s = 0.0

    def put(self, frame: Frame) -> None:
        """Offer a frame; after `close` it is dropped."""
        with self._ready:
            self._make_room()
            if not self._closed:
                self._frame, self._since = frame, self._clock.monotonic()
                self._ready.notify_all()

    def take(self) -> Frame | None:
        """The waiting frame, if any. Call with the condition held."""
        frame, self._frame = self._frame, None
        if frame is not None:
            self.waited_s = self._clock.monotonic() - self._since
            self._ready.notify_all()
        return frame

    def close(self) -> None:
        """No frame will follow; one that waits is still taken."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    @property
    def over(self) -> bool:
        """Closed and empty."""
        return self._closed and self._frame is None

    def _make_room(self) -> None:
        raise NotImplementedError


class NewestSlot(Slot):
    """Live: an older frame that nobody took gives way to the newer one, and is counted."""

    def _make_room(self) -> None:
        if self._frame is not None and not self._closed:
            self.skipped += 1


class EverySlot(Slot):
    """Films: the reader waits until the frame before was taken."""

    def _make_room(self) -> None:
        self._ready.wait_for(lambda: self._frame is None or self._closed)
