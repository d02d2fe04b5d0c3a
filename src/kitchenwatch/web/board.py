"""The figures of the first page, counted once for all readers who may see the same."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from kitchenwatch.model import Scope
from kitchenwatch.ports import Clock
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.today import Today

# Alerts tell of every case; what none tells of, such as a camera that was added, shows after this time.
LASTS = timedelta(seconds=10)
ROOM = 200  # different views, some kB each

View = tuple[str, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Counted:
    """Figures, and when they were counted: after which alert, and at which moment."""

    today: Today
    newest: int
    at: datetime


class Board:
    """Counts again when there is a new alert, or ten seconds have passed."""

    def __init__(self, reading: Reading, clock: Clock) -> None:
        self._reading, self._clock = reading, clock
        self._counted: OrderedDict[View, Counted] = OrderedDict()
        self._counting = threading.Lock()  # whoever waits for it finds the figures counted

    def today(self, scope: Scope) -> Today:
        """What this reader sees now."""
        view = (scope.role, scope.districts, scope.sites)
        with self._counting:
            now, newest = self._clock.now(), self._reading.newest_alert()
            known = self._counted.get(view)
            if known is None or known.newest != newest or not timedelta() <= now - known.at < LASTS:
                known = Counted(self._reading.today(scope, now), newest, now)
                self._counted[view] = known
                self._forget()
            return known.today

    def _forget(self) -> None:
        while len(self._counted) > ROOM:
            self._counted.popitem(last=False)
