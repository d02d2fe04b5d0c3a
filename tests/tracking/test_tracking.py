"""Following people: numbers stay with people at any rate of frames, irregular ones too."""

import math

import numpy as np
import pytest

from kitchenwatch.model import Detections
from kitchenwatch.tracking import Following, PeopleTracker

SIZE = np.array([80.0, 220.0])
STEPS = {
    "5 fps": np.arange(0, 10, 0.2),
    "10 fps": np.arange(0, 10, 0.1),
    "25 fps": np.arange(0, 10, 0.04),
    "irregular": np.cumsum(np.random.default_rng(5).uniform(0.03, 0.4, 48)),
}
every_rate = pytest.mark.parametrize("times", STEPS.values(), ids=STEPS.keys())


def people(*centres: tuple[float, float], score: float = 0.9) -> Detections:
    middle = np.array(centres, np.float32).reshape(-1, 2)
    boxes = np.concatenate([middle - SIZE / 2, middle + SIZE / 2], axis=1).astype(np.float32)
    return Detections(boxes, np.full(len(middle), score, np.float32), np.zeros(len(middle), np.int64))


def jitter(t: float) -> float:
    """A few pixels, as a detector's boxes wobble; a function of time, so that each rate sees the same film."""
    return 3 * math.sin(41 * t)


@every_rate
def test_two_people_crossing_keep_their_numbers(times: np.ndarray) -> None:
    tracker = PeopleTracker()
    for t in times:
        left, right = 100 + 90 * t + jitter(t), 1000 - 90 * t - jitter(t)
        hidden = abs(left - right) < 40  # one of two boxes goes in suppression
        seen = [(left, 400.0)] if hidden else [(left, 400.0), (right, 410.0)]
        tracks = tracker.update(float(t), people(*seen))
        if not hidden:
            assert {track.id: round(float(track.box[[0, 2]].mean())) for track in tracks} == {
                1: round(left),
                2: round(right),
            }


@every_rate
def test_a_walker_keeps_one_number_however_often_seen(times: np.ndarray) -> None:
    tracker = PeopleTracker()
    numbers = {tracker.update(float(t), people((80 + 110 * t, 300 + jitter(t))))[0].id for t in times}
    assert numbers == {1}


@every_rate
def test_two_people_side_by_side_are_not_mixed(times: np.ndarray) -> None:
    tracker = PeopleTracker()
    for t in times:
        tracks = tracker.update(float(t), people((300 + jitter(t), 300), (370 - jitter(t), 310)))
        assert [track.id for track in tracks] == [1, 2]
        assert tracks[0].box[0] < tracks[1].box[0]


def test_a_person_missed_for_two_seconds_is_the_same_person() -> None:
    tracker = PeopleTracker()
    tracker.update(0.0, people((300, 300)))
    assert tracker.update(1.0, Detections.none()) == []
    (track,) = tracker.update(2.0, people((310, 300)))
    assert (track.id, track.since, track.t) == (1, 0.0, 2.0)


def test_a_person_missed_longer_gets_a_new_number() -> None:
    tracker = PeopleTracker(Following(forget_s=3.0))
    tracker.update(0.0, people((300, 300)))
    (track,) = tracker.update(3.1, people((300, 300)))
    assert (track.id, track.since) == (2, 3.1)


def test_only_tracks_seen_now_are_told() -> None:
    tracker = PeopleTracker()
    tracker.update(0.0, people((300, 300), (800, 300)))
    assert [track.id for track in tracker.update(0.2, people((802, 300)))] == [2]


def test_a_weak_detection_continues_a_track_but_begins_none() -> None:
    tracker = PeopleTracker(Following(new_score=0.5))
    assert tracker.update(0.0, people((300, 300), score=0.4)) == []
    tracker.update(0.2, people((300, 300), score=0.6))
    (track,) = tracker.update(0.4, people((300, 300), score=0.4))
    assert track.id == 1
    assert track.score == pytest.approx(0.4)


def test_somebody_else_far_away_is_no_continuation() -> None:
    tracker = PeopleTracker()
    tracker.update(0.0, people((100, 300)))
    assert [track.id for track in tracker.update(0.2, people((900, 300)))] == [2]


def test_the_same_film_gives_the_same_numbers() -> None:
    def run() -> list[list[int]]:
        tracker, chance = PeopleTracker(), np.random.default_rng(3)
        return [
            [track.id for track in tracker.update(float(t), people(*map(tuple, chance.uniform(0, 900, (3, 2)))))]
            for t in STEPS["irregular"]
        ]

    assert run() == run()
