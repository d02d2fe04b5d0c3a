"""The newest frame of each camera as a small JPEG: made twice a second at most, however many ask."""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from kitchenwatch.pipeline.onlooker import Seen
from kitchenwatch.ports import Clock
from kitchenwatch.sources.still import still

EVERY_S = 0.5
# Pixels. Few, so that a picture made for one tile serves the next.
WIDTHS = (320, 640, 1280)
ROOM = 600  # stills, of some 20 to 200 kB; the one asked for longest ago is forgotten first


@dataclass(frozen=True, slots=True)
class _Still:
    made: float
    data: bytes


class Stills:
    """Keeps the latest still of each camera and width; thread-safe."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, int], _Still] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, seen: Seen, width: int) -> bytes:
        """A JPEG at least as wide as asked, where the frame and `WIDTHS` allow it."""
        key = seen.frame.camera, next((each for each in WIDTHS if each >= width), WIDTHS[-1])
        with self._lock:
            kept, now = self._kept.get(key), self._clock.monotonic()
            if kept is None or now - kept.made >= EVERY_S:
                kept = self._kept[key] = _Still(now, still(seen.frame.image, key[1]))
            self._kept.move_to_end(key)
            while len(self._kept) > ROOM:
                self._kept.popitem(last=False)
            return kept.data
