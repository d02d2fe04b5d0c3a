"""Movement told by the sizes of encoded pictures."""

from collections.abc import Iterable
from itertools import count

import numpy as np

from kitchenwatch.attention.surge import Surge

STEP = 0.04
Part = tuple[float, float]
"""Seconds, and bytes a picture."""


def felt(parts: Iterable[Part], surge: Surge | None = None, begin: float = 0.0) -> list[float]:
    """At which times a surge is felt."""
    surge, times, random = surge or Surge(), count(), np.random.default_rng(5)
    found = []
    for seconds, size in parts:
        for _ in range(round(seconds / STEP)):
            t = begin + next(times) * STEP
            if surge.felt(t, int(size * random.uniform(0.7, 1.3))):
                found.append(t)
    return found


def test_an_even_stream_is_no_surge() -> None:
    assert not felt([(120, 800)])


def test_somebody_who_walks_in_is_felt_within_half_a_second() -> None:
    times = felt([(30, 800), (3, 4000)])
    assert 30 <= times[0] < 30.5
    assert times[-1] > 32


def test_one_large_picture_is_no_surge() -> None:
    assert not felt([(30, 800), (STEP, 4000), (30, 800)])


def test_a_little_more_of_very_little_is_no_surge() -> None:
    assert not felt([(30, 20), (5, 100)])


def test_nothing_is_felt_before_the_usual_is_known() -> None:
    assert not felt([(1, 200), (2, 4000)])


def test_who_comes_soon_after_somebody_has_left_is_felt() -> None:
    times = felt([(30, 800), (300, 4000), (10, 800), (3, 4000)])
    assert any(340 <= t < 341 for t in times)


def test_after_an_hour_without_pictures_it_goes_on() -> None:
    surge = Surge()
    assert not felt([(30, 800)], surge)
    assert not felt([(30, 800)], surge, begin=3600)
    assert felt([(2, 4000)], surge, begin=3640)
