"""Lines of several cameras stepped together: what the looks are asked, and that whoever fails does so alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import pytest

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.model import (
    CameraState,
    Change,
    Detections,
    Frame,
    HealthChange,
    Kind,
    Look,
    Phase,
    Scene,
    Sighting,
    Track,
    Violation,
    violation_id,
)
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.together import tell
from kitchenwatch.ports import FrameLook, PersonLook

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
EVERYBODY = ("cam-0", "cam-1", "cam-2", "cam-3")


class Eyes:
    """Both looks: see one person a frame, note who was looked at in one go, and fail at whoever is `hideous`."""

    def __init__(self, hideous: str = "", at: str = "") -> None:
        self._hideous, self._at = hideous, at
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    def people(self, frames: Sequence[Frame]) -> list[Detections]:
        self._note("look 1", [frame.camera for frame in frames])
        box = np.array([[10, 10, 30, 60]], np.float32)
        return [Detections(box, np.ones(1, np.float32), np.zeros(1, np.int64)) for _ in frames]

    def look(self, scenes: Sequence[Scene]) -> list[list[Look]]:
        self._note("look 2", [scene.frame.camera for scene in scenes])
        return [[seen(scene.frame, track) for track in scene.chosen] for scene in scenes]

    def _note(self, look: str, cameras: list[str]) -> None:
        self.asked.append((look, tuple(cameras)))
        if look == self._at and self._hideous in cameras:
            raise ZeroDivisionError(look)


def seen(frame: Frame, track: Track) -> Look:
    """Each camera's own: the score is the camera's number."""
    score = int(frame.camera.removeprefix("cam-")) / 10
    return Look(frame.t, track.id, Detections.none(), (Sighting(frame.t, track.id, Kind.NO_HAT, score, 0.0, 40.0),))


@dataclass
class Parts:
    """What a line has of its own; the part named in `failing` fails at every frame."""

    failing: str = ""
    blind: bool = False
    recorded: list[tuple[float, list[float]]] = field(default_factory=list)

    def fail(self, part: str) -> None:
        if self.failing == part:
            raise ZeroDivisionError(part)


@dataclass
class Picture:
    parts: Parts

    @property
    def blind(self) -> bool:
        return self.parts.blind

    def observe(self, frame: Frame) -> list[HealthChange]:
        self.parts.fail("picture")
        return [HealthChange(frame.camera, CameraState.BLACK, True, frame.at)]


@dataclass
class Health:
    parts: Parts

    def record(self, change: HealthChange) -> None:
        self.parts.fail("health")


@dataclass
class Tracker:
    parts: Parts

    def update(self, t: float, people: Detections) -> list[Track]:
        self.parts.fail("tracker")
        return [Track(1, box, 0.9, t, 0.0) for box in people.boxes]


@dataclass
class Judge:
    """Opens a violation at every sighting, with its score."""

    parts: Parts

    def step(self, frame: Frame, tracks: Sequence[Track], sightings: Sequence[Sighting]) -> list[Change]:
        self.parts.fail("judge")
        return [opened(frame, sighting) for sighting in sightings]

    @property
    def undecided(self) -> Mapping[int, float]:
        return {}

    def finish(self, t: float, at: datetime) -> list[Change]:
        return []


@dataclass
class Recorder:
    parts: Parts

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        self.parts.fail("recorder")
        self.parts.recorded.append((frame.t, [change.violation.score for change in changes]))

    def finish(self, changes: Sequence[Change]) -> None: ...


def opened(frame: Frame, sighting: Sighting) -> Change:
    violation = Violation(
        id=violation_id(frame.camera, sighting.kind, frame.run, sighting.track, frame.t),
        camera=frame.camera,
        site="site",
        kind=sighting.kind,
        run=frame.run,
        track=sighting.track,
        opened=frame.t,
        opened_at=frame.at,
        score=sighting.violating,
        box=(10, 10, 30, 60),
    )
    return Change(Phase.OPENED, violation)


def line(parts: Parts, people: FrameLook, person: PersonLook, tracker: Tracker | None = None) -> CameraLine:
    return CameraLine(
        attention=FullAttention(5),
        picture=Picture(parts),
        health=Health(parts),
        people=people,
        tracker=tracker or Tracker(parts),
        person=person,
        judge=Judge(parts),
        recorder=Recorder(parts),
    )


def frame(camera: str, t: float = 0.0) -> Frame:
    return Frame(camera, "run", t, NOON, ArrayPicture(np.zeros((80, 80, 3), np.uint8)))


def step_all(eyes: Eyes, crew: dict[str, Parts], t: float = 0.0) -> dict[str, Exception | list[float]]:
    """What each camera told, or what broke it off."""
    tellings = {camera: line(parts, eyes, eyes).telling(frame(camera, t)) for camera, parts in crew.items()}
    tell(list(tellings.values()))
    return {
        camera: telling.failure or [change.violation.score for change in telling.changes]
        for camera, telling in tellings.items()
    }


def test_each_look_is_given_once_to_all_cameras_and_each_gets_its_own_answer() -> None:
    eyes, crew = Eyes(), {camera: Parts() for camera in EVERYBODY}
    assert step_all(eyes, crew) == {"cam-0": [0.0], "cam-1": [0.1], "cam-2": [0.2], "cam-3": [0.3]}
    assert eyes.asked == [("look 1", EVERYBODY), ("look 2", EVERYBODY)]
    assert [parts.recorded for parts in crew.values()] == [[(0.0, [n / 10])] for n in range(4)]


def test_a_blind_camera_asks_for_nothing() -> None:
    eyes, crew = Eyes(), {camera: Parts(blind=camera == "cam-1") for camera in EVERYBODY}
    assert step_all(eyes, crew)["cam-1"] == []
    others = ("cam-0", "cam-2", "cam-3")
    assert eyes.asked == [("look 1", others), ("look 2", others)]


def test_who_wants_look_2_at_once_waits_until_it_can_be_given_to_all() -> None:
    class Remembers(Tracker):
        """Follows somebody whom look 1 does not see."""

        def update(self, t: float, people: Detections) -> list[Track]:
            return [Track(1, np.array([10, 10, 30, 60], np.float32), 0.9, t, 0.0)]

    eyes, parts = Eyes(), Parts(blind=True)
    blind = line(parts, eyes, eyes, Remembers(parts))
    tell([blind.telling(frame("cam-0")), line(Parts(), eyes, eyes).telling(frame("cam-1"))])
    assert eyes.asked == [("look 1", ("cam-1",)), ("look 2", ("cam-0", "cam-1"))]


@pytest.mark.parametrize("part", ["picture", "health", "tracker", "judge", "recorder"])
def test_one_cameras_failing_part_leaves_the_others_their_violations(part: str) -> None:
    crew = {camera: Parts(failing=part if camera == "cam-1" else "") for camera in EVERYBODY}
    told = step_all(Eyes(), crew)
    assert str(told.pop("cam-1")) == part
    assert told == {"cam-0": [0.0], "cam-2": [0.2], "cam-3": [0.3]}
    assert [len(parts.recorded) for parts in crew.values()] == [1, 0, 1, 1]


@pytest.mark.parametrize("look", ["look 1", "look 2"])
def test_a_picture_that_a_look_fails_at_costs_only_its_own_camera(look: str) -> None:
    told = step_all(Eyes("cam-2", look), {camera: Parts() for camera in EVERYBODY})
    assert isinstance(told.pop("cam-2"), ZeroDivisionError)
    assert told == {"cam-0": [0.0], "cam-1": [0.1], "cam-3": [0.3]}


def test_lines_with_other_looks_are_looked_at_apart() -> None:
    mine, theirs = Eyes(), Eyes()
    tell([line(Parts(), eyes, eyes).telling(frame(f"cam-{n}")) for n, eyes in enumerate((mine, theirs, mine))])
    assert mine.asked == [("look 1", ("cam-0", "cam-2")), ("look 2", ("cam-0", "cam-2"))]
    assert theirs.asked == [("look 1", ("cam-1",)), ("look 2", ("cam-1",))]


def test_a_line_alone_takes_the_same_steps_and_raises_what_fails() -> None:
    eyes, parts = Eyes(), Parts()
    alone = line(parts, eyes, eyes)
    assert [change.violation.score for change in alone.step(frame("cam-3"))] == [0.3]
    assert eyes.asked == [("look 1", ("cam-3",)), ("look 2", ("cam-3",))]
    parts.failing = "judge"
    with pytest.raises(ZeroDivisionError, match="judge"):
        alone.step(frame("cam-3", 0.2))
