"""What ceiling cameras do to a picture, imitated."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.training import degrade
from kitchenwatch.training.dataset import pictures

Picture = NDArray[np.uint8]
SIDE = 96


@pytest.fixture
def cook(kitchen_pictures: object) -> Picture:
    """A cook's head and shoulders, 96 × 96."""
    image = pictures(kitchen_pictures, "train")[0].image()  # type: ignore[arg-type]
    return np.ascontiguousarray(image[130:226, 190:286])


@pytest.fixture
def dot() -> Picture:
    """One white pixel amid black."""
    image = np.zeros((41, 41, 3), np.uint8)
    image[20, 20] = 255
    return image


def detail(image: Picture) -> float:
    return float(np.abs(cv2.Laplacian(image, cv2.CV_32F)).mean())


def test_a_third_of_the_pictures_is_left_alone_and_the_others_keep_their_size(cook: Picture) -> None:
    before = cook.copy()
    seen = [degrade.imitate(cook, np.random.default_rng(seed)) for seed in range(200)]
    assert {(one.shape, one.dtype) for one in seen} == {((SIDE, SIDE, 3), np.dtype(np.uint8))}
    assert 40 <= sum(np.array_equal(one, cook) for one in seen) <= 80
    assert np.array_equal(cook, before)


def test_most_pictures_are_changed_mildly_and_some_strongly(cook: Picture) -> None:
    seen = [degrade.imitate(cook, np.random.default_rng(seed)) for seed in range(200)]
    change = np.array([np.abs(one.astype(int) - cook).mean() for one in seen])
    assert np.median(change) < 8
    assert np.mean(change > 20) > 0.05
    assert min(one.max() - one.min() for one in seen) > 60  # something can still be seen on each


def test_the_same_draw_gives_the_same_picture(cook: Picture) -> None:
    once, again = ([degrade.imitate(cook, np.random.default_rng(seed)) for seed in range(60)] for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(once, again, strict=True))
    assert len({one.tobytes() for one in once}) > 30


def test_small_heads_are_not_shrunk_until_nobody_knows_them(cook: Picture) -> None:
    small, large = (
        np.mean([detail(degrade.imitate(cook, np.random.default_rng(seed), head_px)) for seed in range(150)])
        for head_px in (12.0, 90.0)
    )
    assert small > 1.1 * large


def test_movement_draws_a_line_and_loses_no_light(dot: Picture) -> None:
    across = degrade.motion_blur(dot, 8, 0.0)[..., 0]
    down = degrade.motion_blur(dot, 8, np.pi / 2)[..., 0]
    assert np.flatnonzero(across.any(axis=0)).tolist() == list(range(16, 25))
    assert np.flatnonzero(across.any(axis=1)).tolist() == [20]
    assert np.flatnonzero(down.any(axis=1)).tolist() == list(range(16, 25))
    assert 245 <= across.sum() <= 265


def test_nothing_that_stands_still_is_blurred(cook: Picture) -> None:
    assert np.array_equal(degrade.motion_blur(cook, 0, 1.0), cook)


def test_a_lens_out_of_focus_spreads_a_dot(dot: Picture) -> None:
    seen = degrade.defocus(dot, 2.0)[..., 0].astype(float)
    rows = np.arange(41) - 20
    assert np.sqrt((seen.sum(axis=1) * rows**2).sum() / seen.sum()) == pytest.approx(2.0, abs=0.3)


def test_larger_pixels_lose_detail(cook: Picture) -> None:
    small = degrade.shrunk(cook, 2.0)
    assert small.shape == (48, 48, 3)
    assert detail(degrade.enlarged(small, SIDE, SIDE)) < 0.7 * detail(cook)
    assert degrade.shrunk(cook, 1.0) is cook


def test_steam_whitens_a_part_of_the_picture() -> None:
    dark = np.full((120, 160, 3), 40, np.uint8)
    seen = degrade.steam(dark, np.random.default_rng(1), 0.6)[..., 0].astype(int)
    assert seen.min() >= 40
    assert seen.max() > 80
    assert np.mean(seen < 50) > 0.2


def test_darkness_grows_with_its_strength_and_brings_noise(cook: Picture) -> None:
    dull, night = (degrade.low_light(cook, np.random.default_rng(1), strength) for strength in (0.1, 0.9))
    assert cook.mean() > dull.mean() > night.mean() > 25
    grey = np.full((80, 80, 3), 120, np.uint8)
    assert degrade.low_light(grey, np.random.default_rng(1), 0.9).std() > 5


def test_noise_is_as_strong_as_told_and_weaker_in_colour() -> None:
    grey = np.full((200, 200, 3), 128, np.uint8)
    seen = cv2.cvtColor(degrade.sensor_noise(grey, np.random.default_rng(2), 6.0), cv2.COLOR_BGR2YCrCb)
    bright, red, _ = (float(part.std()) for part in cv2.split(seen))
    assert bright == pytest.approx(6.0, rel=0.1)
    assert 0.5 < red < 4


def test_compression_leaves_blocks(cook: Picture) -> None:
    seen = degrade.block_noise(cook, 15).astype(int)
    steps = np.abs(np.diff(seen, axis=1)).mean(axis=(0, 2))
    at_edges, within = steps[7::8].mean(), np.delete(steps, np.s_[7::8]).mean()
    plain = np.abs(np.diff(cook.astype(int), axis=1)).mean(axis=(0, 2))
    assert at_edges / within > 1.3 * plain[7::8].mean() / np.delete(plain, np.s_[7::8]).mean()
