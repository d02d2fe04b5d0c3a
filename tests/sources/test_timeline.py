"""Media time of a run: the packets' own, unless they stray from the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from kitchenwatch.clock import ManualClock
from kitchenwatch.sources.timeline import LEEWAY_S, Timeline

START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_a_run_begins_where_the_line_has_got_to() -> None:
    clock = ManualClock(START)
    clock.advance(100)
    line = Timeline(clock, 0, floor=90)
    assert line.place(5000.0) == 100
    clock.advance(3)
    # A burst or a stall moves arrival, not media time.
    assert line.place(5001.0) == 101
    assert line.of(5000.5) == 100.5
    assert line.at(101) == START + timedelta(seconds=101)
    assert line.anchors == 1


def test_media_time_does_not_go_back_behind_the_run_before() -> None:
    clock = ManualClock(START)
    clock.advance(10)
    assert Timeline(clock, 0, floor=12).place(0.0) == 12


@pytest.mark.parametrize("leap", [-3600.0, 3600.0, LEEWAY_S + 1])
def test_a_camera_that_sets_its_clock_is_tied_anew(leap: float) -> None:
    clock = ManualClock(START)
    line = Timeline(clock, 0, floor=0)
    for second in range(10):
        assert line.place(float(second)) == second
        clock.advance(1)
    assert line.place(10 + leap) == 10
    assert line.place(10.5 + leap) == 10.5
    assert line.anchors == 2
    assert line.at(10) == START + timedelta(seconds=10)
