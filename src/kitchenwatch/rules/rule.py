"""One rule on one camera: one person, one violation, however the evidence comes and goes."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kitchenwatch.model import CameraRef, Change, Kind, Sighting
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.course import Course
from kitchenwatch.rules.cusum import Moment, threshold
from kitchenwatch.rules.people import GRACE_S, Person
from kitchenwatch.rules.place import same_place
from kitchenwatch.rules.schedule import Schedule
from kitchenwatch.rules.spell import Spell
from kitchenwatch.rules.zones import Gate, Zone

# Evidence adds up, in nats, while some look of the last seconds spoke for it; without one it only fades.
DOUBT = 0.5
DOUBT_S = 2.0
HERE_S = 1.0  # longer than a detector misses somebody now and then


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What a rule on one camera is told; all times in seconds.

    Attributes:
        false_alarms_per_day: how many a person-day the user will stand; it sets the threshold.
        for_s: a violation opens only once its evidence has been above zero for so long.
        merge_gap: evidence anew within this time of the end continues the same violation.
        cooldown: after a violation's end, no new one of the same person or place opens for so long.
        zones: where it applies; none means the whole picture.
        schedule: when it applies.
    """

    kind: Kind
    false_alarms_per_day: float = 0.1
    for_s: float = 3.0
    merge_gap: float = 30.0
    cooldown: float = 60.0
    zones: tuple[Zone, ...] = ()
    schedule: Schedule = field(default_factory=Schedule)


class Rule:
    """Weighs each person's looks and tells each violation once: opened, updated, closed.

    Somebody to whom the rule has not applied for `GRACE_S` (out of view, out of the zone, after hours) is let go:
    their evidence is forgotten and their violation lapses. A lapsed violation is told as closed when the merge gap
    is over and no evidence that began within it is still adding up.
    """

    def __init__(self, camera: CameraRef, settings: RuleSettings, calibration: Calibration) -> None:
        self._camera, self._settings, self._calibration = camera, settings, calibration
        self._threshold = threshold(settings.false_alarms_per_day)
        self._gate = Gate(settings.zones)
        self._spells: dict[int, Spell] = {}
        self._courses: list[Course] = []
        self._t = -math.inf

    def step(
        self,
        now: Moment,
        size: tuple[int, int],
        people: Sequence[Person],
        sightings: Mapping[int, Sequence[Sighting]],
    ) -> list[Change]:
        """Weigh this moment's sightings, which are keyed by track; `size` is the picture's width and height."""
        changes: list[Change] = []
        self._t = now.t
        for person in self._concerned(now, size, people):
            spell = self._spell_of(now, person)
            for sighting in sightings.get(person.track, ()):
                changes += self._weigh(now, spell, self._calibration.llr(sighting))
        self._let_go(now)
        return changes + self._closings(now)

    @property
    def undecided(self) -> Iterator[tuple[Person, float]]:
        """Those in view for whose violation evidence adds up that is neither told yet nor only waiting for its time,
        and how much of the threshold it has reached, 0 to 1."""
        for spell in self._spells.values():
            if self._adds_up(spell) and not self._is_told(spell.person):
                yield spell.person, min(1.0, spell.sum.sum / self._threshold)

    def finish(self) -> list[Change]:
        """Close all that is still open or lapsed."""
        changes = [course.close() for course in self._courses if not course.closed]
        self._spells.clear()
        self._courses.clear()
        return changes

    def _adds_up(self, spell: Spell) -> bool:
        here = self._t - spell.seen <= HERE_S
        fresh = spell.sum.sum >= DOUBT and self._t - spell.supported <= DOUBT_S
        ripe = spell.sum.sum >= self._threshold and spell.lasted(self._t) >= self._settings.for_s
        return here and fresh and not ripe

    def _is_told(self, person: Person) -> bool:
        return any(course.person is person and course.ended is None for course in self._courses)

    def _concerned(self, now: Moment, size: tuple[int, int], people: Sequence[Person]) -> list[Person]:
        if not self._settings.schedule.covers(now.at):
            return []
        return self._gate.admitted(now.t, people, size)

    def _spell_of(self, now: Moment, person: Person) -> Spell:
        spell = self._spells.setdefault(person.number, Spell(now, person))
        spell.seen = now.t
        return spell

    def _weigh(self, now: Moment, spell: Spell, llr: float) -> list[Change]:
        evidence = spell.weighted(now, llr)
        for course in self._courses:
            if course.person is spell.person and course.ended is None:
                return course.add(now, llr, evidence)
        spell.add(now, evidence)
        # The picture of this moment becomes the snapshot, so this very look must support the violation.
        if llr > 0 and spell.sum.sum >= self._threshold and spell.lasted(now.t) >= self._settings.for_s:
            return self._alarm(now, spell, llr)
        return []

    def _alarm(self, now: Moment, spell: Spell, llr: float) -> list[Change]:
        if earlier := self._continued_by(spell):
            change = earlier.resume(now, spell, llr)
        elif self._cooling(now, spell.person):
            return []  # The sum stands: it opens when the cooldown is over, if the violation lasts.
        else:
            course = Course(self._camera, self._settings.kind, now, spell, llr, self._threshold)
            self._courses.append(course)
            change = course.opened()
        spell.reset(now)
        return [change]

    def _continued_by(self, spell: Spell) -> Course | None:
        """The violation that this evidence continues: the latest of the same person or place."""
        for course in reversed(self._courses):
            if not course.closed and akin(course, spell.person) and self._within_gap(course, spell):
                return course
        return None

    def _within_gap(self, course: Course, spell: Spell) -> bool:
        if course.ended is None or spell.sum.left is None:
            return True
        return spell.sum.left.t - course.ended.t <= self._settings.merge_gap

    def _cooling(self, now: Moment, person: Person) -> bool:
        return any(
            course.ended is not None and akin(course, person) and now.t - course.ended.t < self._settings.cooldown
            for course in self._courses
        )

    def _let_go(self, now: Moment) -> None:
        gone = [number for number, spell in self._spells.items() if now.t - spell.seen > GRACE_S]
        people = [self._spells.pop(number).person for number in gone]
        for course in self._courses:
            if course.ended is None and any(course.person is person for person in people):
                course.lapse()

    def _closings(self, now: Moment) -> list[Change]:
        changes = [course.close() for course in self._courses if self._is_over(now, course)]
        self._courses = [course for course in self._courses if not self._is_past(now, course)]
        return changes

    def _is_over(self, now: Moment, course: Course) -> bool:
        if course.closed or course.ended is None or now.t - course.ended.t <= self._settings.merge_gap:
            return False
        ended, gap = course.ended.t, self._settings.merge_gap
        return not any(akin(course, spell.person) and spell.pending(now, ended, gap) for spell in self._spells.values())

    def _is_past(self, now: Moment, course: Course) -> bool:
        return course.closed and course.ended is not None and now.t - course.ended.t >= self._settings.cooldown


def akin(course: Course, person: Person) -> bool:
    """Whether this person may be the one whose violation it was.

    They are if they never left, or if they first appeared, on the same place, after that one was last seen. Two
    people who were once in view together are never taken for each other.
    """
    if course.person is person:
        return True
    return person.since > course.person.seen and same_place(course.place, person.box)
