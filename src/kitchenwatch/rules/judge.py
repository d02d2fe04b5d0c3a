"""All rules of one camera."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from kitchenwatch.model import CameraRef, Change, Frame, Kind, Sighting, Track
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.cusum import Moment
from kitchenwatch.rules.people import People
from kitchenwatch.rules.rule import Rule, RuleSettings


class CameraJudge:
    """The port `Judge`: follows people through their track numbers and lets each rule weigh its sightings."""

    def __init__(self, camera: CameraRef, rules: Sequence[RuleSettings], calibration: Calibration) -> None:
        self._people = People()
        self._rules = [(settings.kind, Rule(camera, settings, calibration)) for settings in rules]

    def step(self, frame: Frame, tracks: Sequence[Track], sightings: Sequence[Sighting]) -> list[Change]:
        """Weigh what was seen at this frame; also closes what has ended by then."""
        now = Moment(frame.t, frame.at, frame.run)
        people = self._people.update(frame.t, tracks)
        looks: dict[Kind, dict[int, list[Sighting]]] = defaultdict(lambda: defaultdict(list))
        for sighting in sightings:
            looks[sighting.kind][sighting.track].append(sighting)
        return [change for kind, rule in self._rules for change in rule.step(now, frame.size, people, looks[kind])]

    @property
    def undecided(self) -> Mapping[int, float]:
        """See `ports.Judge`."""
        nearest: dict[int, float] = {}
        for _, rule in self._rules:
            for person, reached in rule.undecided:
                nearest[person.track] = max(reached, nearest.get(person.track, 0.0))
        return nearest

    def finish(self, t: float, at: datetime) -> list[Change]:
        """The footage is over: close what is still open, each at its own last evidence."""
        return [change for _, rule in self._rules for change in rule.finish()]
