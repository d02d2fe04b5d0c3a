"""Captions: Chinese words, cut off at the picture's edge, on no other caption and on nothing shown if it can be."""

from itertools import combinations

import numpy as np
import pytest

from kitchenwatch.evidence.captions import Area, beside, caption, put

RED, WHITE = (40, 40, 230), (255, 255, 255)
PICTURE = (640, 360)


def apart(one: Area, other: Area) -> bool:
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def test_chinese_words_are_drawn_and_differ() -> None:
    hat, mask = caption("未戴帽", 18, RED, WHITE), caption("未戴罩", 18, RED, WHITE)
    assert hat.shape == mask.shape
    assert (hat != mask).any()
    assert {tuple(colour) for colour in hat.reshape(-1, 3)} >= {RED, WHITE}


def test_what_cannot_be_printed_is_left_out() -> None:
    assert np.array_equal(caption("厨\n房\x00", 18, RED, WHITE), caption("厨房", 18, RED, WHITE))
    assert caption("", 18, RED, WHITE).shape[0] > 18


@pytest.mark.parametrize(("left", "top"), [(-5, -3), (35, 5), (5, 25), (-500, 0), (0, 500), (39, 29)])
def test_what_reaches_out_of_the_picture_is_cut_off(left: int, top: int) -> None:
    image, words = np.zeros((30, 40, 3), np.uint8), np.full((10, 20, 3), 255, np.uint8)
    put(image, words, left, top)
    rows, columns = np.mgrid[0:30, 0:40]
    inside = (rows >= top) & (rows < top + 10) & (columns >= left) & (columns < left + 20)
    assert np.array_equal(image.any(axis=2), inside)


def test_head_and_face_are_named_without_hiding_either() -> None:
    words = caption("未戴工作帽 82%", 12, RED, WHITE)
    shown = [(200, 100, 260, 170), (210, 130, 250, 165), (300, 90, 360, 160), (310, 120, 350, 155)]
    taken: list[Area] = []
    for box in shown:
        taken.append(beside(box, words, taken, shown, PICTURE))
    assert all(apart(*pair) for pair in combinations(taken, 2))
    assert all(apart(area, box) for area in taken for box in shown)
    near = [abs(area[1] - box[1]) + abs(area[0] - box[0]) for area, box in zip(taken, shown, strict=True)]
    assert max(near) < 100


def test_in_a_crowd_captions_do_not_hide_each_other() -> None:
    words = caption("未戴工作帽 82%", 12, RED, WHITE)
    shown = [(x, y, x + 50, y + 50) for y in (60, 150, 240) for x in range(20, 600, 110)]
    taken: list[Area] = []
    for box in shown:
        taken.append(beside(box, words, taken, shown, PICTURE))
    assert all(apart(*pair) for pair in combinations(taken, 2))


@pytest.mark.parametrize("picture", [(1, 1), (30, 8), (640, 360)])
def test_there_is_a_place_in_any_picture(picture: tuple[int, int]) -> None:
    words = caption("手机 31%", 12, RED, WHITE)
    left, top, right, bottom = beside((0, 0, *picture), words, [], [(0, 0, *picture)], picture)
    assert (left, top) == (max(0, left), max(0, top))
    assert right <= max(picture[0], words.shape[1])
    assert bottom <= max(picture[1], words.shape[0])
