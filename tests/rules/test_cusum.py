"""Page's sum, its weights and its threshold."""

import math
from itertools import pairwise

import pytest
from rule_scenes import START

from kitchenwatch.rules.cusum import Cusum, Moment, threshold
from kitchenwatch.rules.trace import MOST, Trace
from kitchenwatch.weight import TAU_S, weight


def at(t: float) -> Moment:
    return Moment(t, START, "film")


def test_a_look_weighs_by_how_long_ago_the_last_one_was() -> None:
    assert weight(0) == 0
    assert weight(TAU_S) == pytest.approx(math.tanh(1))
    assert weight(100) == pytest.approx(1)
    assert weight(None) == weight(0.2)
    assert weight(-1) == 0


@pytest.mark.parametrize("fps", [5, 10, 25])
def test_a_second_of_looks_weighs_about_one_independent_look_at_any_rate(fps: int) -> None:
    assert 0.98 / TAU_S < fps * weight(1 / fps) <= 1 / TAU_S


def test_fewer_false_alarms_need_a_higher_sum() -> None:
    assert threshold(86_400 / TAU_S) == 0
    assert threshold(0.1) - threshold(1) == pytest.approx(math.log(10))


def test_the_sum_never_falls_below_zero_and_knows_when_it_left_it() -> None:
    cusum = Cusum(at(0))
    for t, evidence, total, left in [(1, -5, 0, None), (2, 2, 2, 2), (3, 1, 3, 2), (4, -9, 0, None), (5, 1, 1, 5)]:
        cusum.add(at(t), evidence)
        assert cusum.sum == total
        assert (cusum.left.t if cusum.left else None) == left
    assert cusum.zero.t == 4


def test_a_long_trace_keeps_its_span_and_stays_short() -> None:
    trace = Trace()
    for i in range(90_001):
        trace.add(i / 25, float(i))
        assert i % 5000 or len(trace.points()) <= MOST
    points = trace.points()
    assert points[0] == (0, 0)
    assert points[-1] == (3600, 90_000)
    assert MOST // 3 <= len(points) <= MOST
    assert all(0 < b[0] - a[0] < 60 for a, b in pairwise(points))


def test_an_empty_trace_has_no_points() -> None:
    assert Trace().points() == ()
