"""The newest alerts as the event stream sends them, kept for all listeners together."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Self

from sse_starlette import ServerSentEvent

from kitchenwatch.alerts.message import event_body
from kitchenwatch.model import Alert

KEPT = 1000  # alerts of 1 to 20 kB; a listener who is further behind reads the store


@dataclass(frozen=True, slots=True)
class News:
    """An alert about `site` (None: about no site), and the bytes that tell it."""

    seq: int
    site: str | None
    text: bytes

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """The alert as a server-sent event: `id` is its place in the outbox, `data` a CloudEvent in JSON."""
        event = ServerSentEvent(event_body(alert).decode(), event=alert.type, id=str(alert.seq))
        return cls(alert.seq, alert.site, event.encode())


class Recent:
    """All alerts beyond the place `begins`, in order."""

    def __init__(self, begins: int, room: int = KEPT) -> None:
        self.begins, self._room = begins, room
        self._kept: list[News] = []

    @property
    def newest(self) -> int:
        """The place of the newest alert."""
        return self._kept[-1].seq if self._kept else self.begins

    def add(self, news: Iterable[News]) -> None:
        """What has come after the newest; the oldest is forgotten where there is no more room."""
        self._kept += news
        if forgotten := self._kept[: -self._room]:
            self.begins = forgotten[-1].seq
            del self._kept[: len(forgotten)]

    def between(self, after: int, upto: int) -> Sequence[News]:
        """What came beyond `after`, which is not before `begins`, up to the place `upto`."""
        place = attrgetter("seq")
        return self._kept[bisect_right(self._kept, after, key=place) : bisect_right(self._kept, upto, key=place)]
