"""Who is who when track numbers change: a new track where somebody just vanished is the same person."""

from collections.abc import Iterable
from dataclasses import dataclass

from kitchenwatch.geometry import Boxes
from kitchenwatch.model import Track
from kitchenwatch.rules.place import distance, same_place

# Longer than a passer-by hides somebody, shorter than it takes to change places with them.
GRACE_S = 5.0
# A track number that returns is the same person, even after this long; trackers forget sooner.
REMEMBER_S = 120.0


@dataclass(slots=True)
class Person:
    """Somebody in view, through all their track numbers.

    Attributes:
        number: within the camera's line, from 1; never used twice.
        track: their present track number.
        box: `(4,)` pixels of the frame, where they were seen last.
        seen: media time of that.
        since: media time at which they were seen first.
    """

    number: int
    track: int
    box: Boxes
    seen: float
    since: float


class People:
    """Hands a person on to a new track for `GRACE_S` after they were last seen, and knows old numbers for longer."""

    def __init__(self) -> None:
        self._owner: dict[int, Person] = {}
        self._count = 0

    def update(self, t: float, tracks: Iterable[Track]) -> list[Person]:
        """Everybody seen at `t`, in the order of their first appearance."""
        self._forget(t)
        # The oldest track first: if its number returns after a newer one took its person, it gets them back.
        ordered = sorted(tracks, key=lambda track: (track.since, track.id))
        present: dict[int, Person] = {}
        strangers = []
        for track in ordered:
            person = self._owner.get(track.id)
            if person is None or person.number in present:
                strangers.append(track)
            else:
                present[person.number] = _seen(person, track, t)
        for track in strangers:
            person = self._vanished(track, t, present) or self._new(track, t)
            self._owner[track.id] = person
            present[person.number] = _seen(person, track, t)
        return sorted(present.values(), key=lambda person: person.number)

    def _forget(self, t: float) -> None:
        self._owner = {track: person for track, person in self._owner.items() if t - person.seen <= REMEMBER_S}

    def _vanished(self, track: Track, t: float, present: dict[int, Person]) -> Person | None:
        """Whoever vanished nearest to where this track appears."""
        near = [
            person
            for person in self._owner.values()
            if person.number not in present and t - person.seen <= GRACE_S and same_place(person.box, track.box)
        ]
        return min(near, key=lambda person: distance(person.box, track.box), default=None)

    def _new(self, track: Track, t: float) -> Person:
        self._count += 1
        return Person(self._count, track.id, track.box, t, t)


def _seen(person: Person, track: Track, t: float) -> Person:
    person.track, person.box, person.seen = track.id, track.box, t
    return person
