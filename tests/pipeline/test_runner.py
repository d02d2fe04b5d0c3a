import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Change, Detections, Frame, HealthChange, Look, Sighting, Track
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.runner import Post, Runner, replay
from kitchenwatch.pipeline.unrecorded import NoHealthLog, NoRecorder
from kitchenwatch.ports import Footage

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


class Frames:
    """A Source of plain frames that may break off or go on until it is stopped."""

    footage: Footage

    def __init__(self, camera: str, count: int, error: Exception | None = None, endless: bool = False) -> None:
        self._camera, self._count, self._error, self._endless = camera, count, error, endless
        self._stopped = threading.Event()

    def frames(self) -> Iterator[Frame]:
        i = 0
        while (self._endless or i < self._count) and not self._stopped.is_set():
            picture = ArrayPicture(np.zeros((4, 4, 3), np.uint8))
            yield Frame(self._camera, "run", i / 5, NOON + timedelta(seconds=i / 5), picture)
            i += 1
        if self._error:
            raise self._error

    def stop(self) -> None:
        self._stopped.set()


class Sight:
    """Every workshop of a line at once, noting what it was asked."""

    blind = False

    def __init__(self, fails_at: float | None = None) -> None:
        self.fails_at = fails_at
        self.seen: list[float] = []
        self.looked, self.finished = threading.Event(), threading.Event()

    def observe(self, frame: Frame) -> list[HealthChange]:
        return []

    def people(self, frame: Frame) -> Detections:
        self.seen.append(frame.t)
        self.looked.set()
        if frame.t == self.fails_at:
            raise ZeroDivisionError
        return Detections.none()

    def update(self, t: float, people: Detections) -> list[Track]:
        return []

    def look(self, frame: Frame, tracks: Sequence[Track]) -> list[Look]:
        return []


class Judge:
    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def step(self, frame: Frame, tracks: Sequence[Track], sightings: Sequence[Sighting]) -> list[Change]:
        return []

    def finish(self, t: float, at: datetime) -> list[Change]:
        self._sight.finished.set()
        return []


def line(sight: Sight) -> CameraLine:
    return CameraLine(
        picture=sight,
        health=NoHealthLog(),
        people=sight,
        tracker=sight,
        person=sight,
        judge=Judge(sight),
        recorder=NoRecorder(),
    )


def test_every_frame_of_a_film_is_seen_beside_others() -> None:
    sights = [Sight() for _ in range(3)]
    posts = [Post(f"film-{i}", Frames(f"film-{i}", 50), line(sight), live=False) for i, sight in enumerate(sights)]
    runner = Runner(posts, workers=2)
    runner.start()
    runner.wait()
    assert [len(sight.seen) for sight in sights] == [50, 50, 50]
    assert all(sight.finished.is_set() for sight in sights)


def test_one_broken_camera_does_not_stop_the_others() -> None:
    broken, failing, well = Sight(), Sight(fails_at=0.4), Sight()
    posts = [
        Post("broken", Frames("broken", 3, SourceUnreadable("broken.mp4 breaks off")), line(broken), live=False),
        Post("failing", Frames("failing", 10), line(failing), live=False),
        Post("well", Frames("well", 10), line(well), live=False),
    ]
    runner = Runner(posts, workers=1)
    runner.start()
    runner.wait()
    assert [len(sight.seen) for sight in (broken, failing, well)] == [3, 10, 10]
    assert [post.failures for post in posts] == [1, 1, 0]


def test_stop_ends_live_cameras_and_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    posts = [Post(f"live-{i}", Frames(f"live-{i}", 0, endless=True), line(Sight()), live=True) for i in range(4)]
    runner = Runner(posts, workers=2)
    runner.start()
    runner.stop()
    assert threading.active_count() == before


def test_a_camera_comes_and_goes_while_the_others_go_on() -> None:
    before = threading.active_count()
    stays, goes, comes = Sight(), Sight(), Sight()
    runner = Runner([endless("stays", stays), endless("goes", goes)], workers=1)
    runner.start()
    assert goes.looked.wait(5)
    runner.remove({"goes"})
    seen = len(goes.seen)
    assert goes.finished.is_set()
    assert not stays.finished.is_set()
    runner.add(endless("comes", comes))
    assert comes.looked.wait(5)
    stays.looked.clear()
    assert stays.looked.wait(5)
    assert len(goes.seen) == seen
    assert [post.camera for post in runner.posts] == ["stays", "comes"]
    runner.stop()
    assert stays.finished.is_set()
    assert comes.finished.is_set()
    assert threading.active_count() == before


def test_the_first_camera_may_come_later() -> None:
    sights = [Sight() for _ in range(3)]
    runner = Runner([], workers=2)
    runner.start()
    for sight in sights:
        runner.add(endless("late", sight))
    assert all(sight.looked.wait(5) for sight in sights)
    assert {thread.name for thread in threading.enumerate()} >= {"worker-0", "worker-1"}
    runner.remove({"late"})
    assert all(sight.finished.is_set() for sight in sights)
    runner.stop()


def endless(camera: str, sight: Sight) -> Post:
    return Post(camera, Frames(camera, 0, endless=True), line(sight), live=True)


def test_a_film_that_breaks_off_is_finished_before_it_is_told() -> None:
    sight = Sight()
    steps = replay(Frames("film", 3, SourceUnreadable("breaks off after 0.4 s")), line(sight))
    with pytest.raises(SourceUnreadable, match="breaks off"):
        for _ in steps:
            pass
    assert sight.finished.is_set()
