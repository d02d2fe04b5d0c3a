"""Which events of which cases a chain already holds, so that none is sealed twice.

Read from the chain once a site and kept up with it: after a crash between seal and row, or when a film is
replayed into a store whose rows are gone, the entry is there and must be found again.
"""

from collections.abc import Callable, Mapping
from typing import Any

from kitchenwatch.manifest import Event
from kitchenwatch.model import Entry

ONCE = (Event.OPENED, Event.CLIP, Event.CLOSED)


class Register:
    """Finds entries by case and event.

    Args:
        read: the entry of a site at a place, None where it is missing or damaged.
    """

    def __init__(self, read: Callable[[str, int], Entry | None]) -> None:
        self._read = read
        self._read_to: dict[str, int] = {}
        self._places: dict[tuple[str, str, str], int] = {}

    def find(self, site: str, last: int, manifest: Mapping[str, Any]) -> Entry | None:
        """The entry among the site's first `last` that tells the same event of the same case as `manifest`."""
        if manifest.get("event") not in ONCE:
            return None
        self._read_on(site, last)
        place = _place(site, manifest)
        seq = self._places.get(place)
        entry = self._read(site, seq) if seq is not None else None
        # The chain may have been rolled back behind our back; what is there now is what counts.
        return entry if entry and _place(site, entry.manifest) == place else None

    def _read_on(self, site: str, last: int) -> None:
        for seq in range(self._read_to.get(site, 0) + 1, last + 1):
            if (entry := self._read(site, seq)) is not None:
                self._places.setdefault(_place(site, entry.manifest), seq)
        self._read_to[site] = max(last, self._read_to.get(site, 0))


def _place(site: str, manifest: Mapping[str, Any]) -> tuple[str, str, str]:
    return site, str(manifest.get("case")), str(manifest.get("event"))
