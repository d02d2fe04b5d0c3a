"""A camera that is being read, as tests of sources watch it."""

import threading
from collections.abc import Callable
from typing import Any

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.clock import SystemClock
from kitchenwatch.model import Frame, HealthChange
from kitchenwatch.ports import Attention, Clock
from kitchenwatch.sources.live import LiveSettings, LiveSource
from kitchenwatch.sources.stream import StreamSettings

# As patient as tests can afford: everything some five times quicker than in service.
QUICK = LiveSettings(
    silent_s=2.0,
    first_picture_s=6.0,
    retry_cap_s=0.5,
    denied_s=0.5,
    denied_cap_s=1.0,
    jitter_s=0.1,
    healthy_s=1.0,
    stream=StreamSettings(open_s=1.5, read_s=1.0),
)
# An upper guard only; what is waited for comes within a second or two.
GUARD_S = 40.0
POLL_S = 0.05


class Watched:
    """A live source that is being read; also the health log it writes to."""

    def __init__(
        self,
        url: str,
        settings: LiveSettings = QUICK,
        attention: Attention | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.changes: list[HealthChange] = []
        self.frames: list[Frame] = []
        self._more = threading.Condition()
        self.source = LiveSource("cam1", url, attention or FullAttention(5), settings, clock or SystemClock(), self)
        self.thread = threading.Thread(target=self._read, name="watched", daemon=True)
        self.thread.start()

    def record(self, change: HealthChange) -> None:
        with self._more:
            self.changes.append(change)
            self._more.notify_all()

    def wait(self, condition: Callable[[], Any]) -> None:
        """Until something is so; fails if it never is."""
        for _ in range(int(GUARD_S / POLL_S)):
            with self._more:
                if self._more.wait_for(condition, POLL_S):
                    return
        raise AssertionError("it never came")

    def wait_frames(self, more: int = 1) -> list[Frame]:
        """The next so many frames."""
        have = len(self.frames)
        self.wait(lambda: len(self.frames) >= have + more)
        return self.frames[have : have + more]

    def wait_offline(self, began: bool) -> HealthChange:
        """Until the camera's last health change is this one."""
        self.wait(lambda: self.changes and self.changes[-1].began == began)
        return self.changes[-1]

    def stop(self) -> None:
        self.source.stop()
        self.thread.join(GUARD_S)
        assert not self.thread.is_alive()

    def _read(self) -> None:
        for frame in self.source.frames():
            with self._more:
                self.frames.append(frame)
                self._more.notify_all()
