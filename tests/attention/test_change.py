"""What counts as a change in an empty kitchen."""

import cv2
import numpy as np
import pytest
from kitchen import room, seen, with_clock, with_person

from kitchenwatch.attention.change import SceneChange


@pytest.fixture
def scene() -> SceneChange:
    """That knows the empty kitchen."""
    known = SceneChange()
    known.empty(seen(with_clock(room(), "2026-11-22 19:59:58"), seed=0))
    return known


def test_without_an_empty_picture_everything_is_new() -> None:
    assert SceneChange().changed(seen(room(), seed=1))


@pytest.mark.parametrize("seed", range(1, 6))
def test_noise_is_no_change(scene: SceneChange, seed: int) -> None:
    assert not scene.changed(seen(with_clock(room(), "2026-11-22 19:59:58"), seed))


def test_a_ticking_clock_is_a_change_until_it_is_known_for_one(scene: SceneChange) -> None:
    assert not scene.changed(seen(with_clock(room(), "2026-11-22 19:59:59"), seed=7))
    told = []
    for second in range(2, 400, 7):
        picture = seen(with_clock(room(), f"2026-11-22 20:{second // 60:02}:{second % 60:02}"), seed=second)
        told.append(scene.changed(picture))
        scene.empty(picture)
    assert told[0]  # six digits at once, as large as a person: it costs a look
    assert sum(told[30:]) <= 2
    entered = with_clock(with_person(room(), 1200, 500), "2026-11-22 20:01:44")
    assert scene.changed(seen(entered, seed=1))


def test_who_was_missed_once_and_went_leaves_no_doubt_behind() -> None:
    scene = SceneChange()
    scene.empty(seen(room(), seed=0))
    scene.empty(seen(with_person(room(), 1200, 500), seed=1))
    for number in range(1, 11):  # daylight that comes in from one side, slowly
        lit = room().astype(np.float32)
        lit[:, 1300:] += 4 * number
        picture = seen(np.clip(lit, 0, 255).astype(np.uint8), seed=number)
        assert not scene.changed(picture)
        scene.empty(picture)


def test_a_room_that_flickers_all_over_is_never_taken_for_known(scene: SceneChange) -> None:
    lit = room()
    lit[:, 1300:] = np.clip(lit[:, 1300:].astype(np.int16) + 40, 0, 255)
    for number in range(6):
        scene.empty(seen(lit if number % 2 else room(), seed=number))
    assert scene.changed(seen(with_person(lit, 1500, 500), seed=9))


def test_a_light_that_is_dimmed_evenly_is_no_change(scene: SceneChange) -> None:
    assert not scene.changed(seen(with_clock(room(), "2026-11-22 19:59:58"), seed=8, light=0.95))


def test_daylight_that_fades_slowly_is_no_change() -> None:
    """Over an hour, if nobody is found every half minute."""
    scene = SceneChange()
    scene.empty(seen(room(), seed=0))
    for number in range(1, 31):
        picture = seen(room(), seed=number, light=1 - 0.02 * number)
        assert not scene.changed(picture)
        scene.empty(picture)


# Against the tiles, half hidden by the edge of the dark stove, before the bright hood, and in the corner.
@pytest.mark.parametrize("at", [(1200, 500), (885, 600), (600, 120), (0, 1000), (1890, 990)])
def test_a_person_far_away_is_a_change(scene: SceneChange, at: tuple[int, int]) -> None:
    entered = with_clock(with_person(room(), *at), "2026-11-22 20:00:00")
    assert scene.changed(seen(entered, seed=9))


def test_a_person_is_a_change_though_the_light_went_down_as_well(scene: SceneChange) -> None:
    assert scene.changed(seen(with_person(room(), 1200, 500), seed=10, light=0.9))


def test_a_light_that_is_switched_on_over_a_part_of_the_room_is_a_change(scene: SceneChange) -> None:
    lit = room()
    lit[:, 1300:] = np.clip(lit[:, 1300:].astype(np.int16) + 40, 0, 255)
    assert scene.changed(seen(lit, seed=11))


def test_one_look_that_finds_nobody_does_not_make_a_change_the_usual(scene: SceneChange) -> None:
    entered = with_person(room(), 1200, 500)
    for seed in (21, 22):
        scene.empty(seen(entered, seed))
        assert scene.changed(seen(entered, seed + 10))
    scene.empty(seen(entered, seed=23))
    assert not scene.changed(seen(entered, seed=33))


def test_a_camera_that_changes_its_resolution_is_known_again_after_some_looks(scene: SceneChange) -> None:
    smaller = np.asarray(cv2.resize(room(), (1280, 720), interpolation=cv2.INTER_AREA), np.uint8)
    for seed in (10, 11, 12):
        scene.empty(seen(smaller, seed))
    assert not scene.changed(seen(smaller, seed=13))
    assert scene.changed(seen(with_person(smaller, 600, 300), seed=14))
