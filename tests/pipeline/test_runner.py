import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from kitchenwatch.attention.full import FullAttention
from kitchenwatch.clock import ManualClock, SystemClock
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Change, Detections, Frame, HealthChange, Look, Scene, Sighting, Track
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.runner import TOGETHER, Post, Runner, Worker, replay
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

    def people(self, frames: Sequence[Frame]) -> list[Detections]:
        self.seen += [frame.t for frame in frames]
        self.looked.set()
        if self.fails_at in [frame.t for frame in frames]:
            raise ZeroDivisionError
        return [Detections.none() for _ in frames]

    def update(self, t: float, people: Detections) -> list[Track]:
        return []

    def look(self, scenes: Sequence[Scene]) -> list[list[Look]]:
        return [[] for _ in scenes]


class Judge:
    def __init__(self, sight: Sight) -> None:
        self._sight = sight

    def step(self, frame: Frame, tracks: Sequence[Track], sightings: Sequence[Sighting]) -> list[Change]:
        return []

    @property
    def undecided(self) -> Mapping[int, float]:
        return {}

    def finish(self, t: float, at: datetime) -> list[Change]:
        self._sight.finished.set()
        return []


def line(sight: Sight) -> CameraLine:
    return CameraLine(
        attention=FullAttention(5),
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
    runner = Runner(posts, workers=2, clock=SystemClock())
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
    runner = Runner(posts, workers=1, clock=SystemClock())
    runner.start()
    runner.wait()
    assert [len(sight.seen) for sight in (broken, failing, well)] == [3, 10, 10]
    assert [post.failures for post in posts] == [1, 1, 0]


def test_stop_ends_live_cameras_and_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    posts = [Post(f"live-{i}", Frames(f"live-{i}", 0, endless=True), line(Sight()), live=True) for i in range(4)]
    runner = Runner(posts, workers=2, clock=SystemClock())
    runner.start()
    runner.stop()
    assert threading.active_count() == before


def test_a_camera_comes_and_goes_while_the_others_go_on() -> None:
    before = threading.active_count()
    stays, goes, comes = Sight(), Sight(), Sight()
    runner = Runner([endless("stays", stays), endless("goes", goes)], workers=1, clock=SystemClock())
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
    runner = Runner([], workers=2, clock=SystemClock())
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


def test_whoever_has_a_frame_is_stepped_together_and_nobody_starves() -> None:
    """Cameras that always have a frame, more than are taken at once: all are seen equally often."""
    clock, sight = ManualClock(NOON), Batches()
    posts = [Post(f"cam-{n}", Frames(f"cam-{n}", 0), line(sight), live=True) for n in range(TOGETHER + 3)]
    worker = Worker("worker", clock)
    for post in posts:
        worker.add(post)
    for post in posts:
        post.slot.put(frame_of(post.camera))
    sight.after = lambda: refill(worker, posts, sight)
    worker.run()
    assert [len(batch) for batch in sight.batches[:12]] == [TOGETHER] * 12
    counts = Counter(camera for batch in sight.batches for camera in batch)
    assert set(counts) == {post.camera for post in posts}
    assert max(counts.values()) - min(counts.values()) <= 1


def test_what_is_there_is_stepped_without_waiting_for_the_others() -> None:
    sight = Batches()
    posts = [Post(f"cam-{n}", Frames(f"cam-{n}", 0), line(sight), live=True) for n in range(5)]
    worker = Worker("worker", ManualClock(NOON))
    for post in posts:
        worker.add(post)
    for post in posts[1:4:2]:
        post.slot.put(frame_of(post.camera))
    sight.after = lambda: end(worker, posts)
    worker.run()
    assert sight.batches == [["cam-1", "cam-3"]]


def test_a_post_tells_how_long_its_frame_waited() -> None:
    clock, sight = ManualClock(NOON), Batches()
    post = Post("cam", Frames("cam", 0), line(sight), live=True)
    worker = Worker("worker", clock)
    worker.add(post)
    assert post.waited_s == 0
    post.slot.put(frame_of("cam"))
    clock.advance(5)
    post.slot.put(frame_of("cam"))
    clock.advance(0.75)
    sight.after = lambda: end(worker, [post])
    worker.run()
    assert (post.waited_s, post.frames, post.skipped) == (0.75, 2, 0)


class Batches(Sight):
    """Notes which cameras were looked at together, and calls `after` each time."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[list[str]] = []
        self.after: Callable[[], None] = lambda: None

    def people(self, frames: Sequence[Frame]) -> list[Detections]:
        self.batches.append([frame.camera for frame in frames])
        self.after()
        return super().people(frames)


def frame_of(camera: str) -> Frame:
    return Frame(camera, "run", 0.0, NOON, ArrayPicture(np.zeros((4, 4, 3), np.uint8)))


def refill(worker: Worker, posts: Sequence[Post], sight: Batches) -> None:
    """Whoever has just been looked at has its next frame at once, until there were twelve rounds."""
    if len(sight.batches) >= 12:
        end(worker, posts)
    for post in posts:
        if post.camera in sight.batches[-1]:
            post.slot.put(frame_of(post.camera))


def end(worker: Worker, posts: Sequence[Post]) -> None:
    for post in posts:
        post.slot.close()
    worker.close()
