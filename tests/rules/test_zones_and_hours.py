"""Where and when a rule applies."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from rule_scenes import Box

from kitchenwatch.rules.people import Person
from kitchenwatch.rules.schedule import Hours, Schedule
from kitchenwatch.rules.zones import Gate, Zone, applies, feet

SIZE = (640, 360)
LEFT = Zone("left", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))
TILL = Zone("till", ((0.0, 0.5), (0.2, 0.5), (0.2, 1.0), (0.0, 1.0)), "out")


def person(x: float, y2: float = 300.0) -> Person:
    return Person(1, 1, np.array((x - 30, y2 - 150, x + 30, y2), np.float32), 0, 0)


@pytest.mark.parametrize(
    ("zones", "point", "meant"),
    [
        ([], (0.9, 0.9), True),
        ([LEFT], (0.3, 0.9), True),
        ([LEFT], (0.7, 0.9), False),
        ([TILL], (0.7, 0.9), True),
        ([TILL], (0.1, 0.9), False),
        ([LEFT, TILL], (0.3, 0.9), True),
        ([LEFT, TILL], (0.1, 0.9), False),
        ([LEFT, TILL], (0.7, 0.9), False),
    ],
)
def test_in_zones_admit_and_out_zones_bar(zones: list[Zone], point: tuple[float, float], meant: bool) -> None:
    assert applies(zones, point) is meant


@pytest.mark.parametrize("box", [(100, 200, 160, 360), (-20, 200, 10, 380), (0, 0, 0, 360)])
def test_feet_cut_off_by_the_edge_of_the_picture_are_in_a_zone_that_reaches_it(box: Box) -> None:
    assert LEFT.holds(feet(np.array(box, np.float32), *SIZE))


def test_the_feet_decide_not_the_head() -> None:
    lower = Zone("lower", ((0.0, 0.5), (1.0, 0.5), (1.0, 1.0), (0.0, 1.0)))
    assert Gate([lower]).admitted(0, [person(300, 250)], SIZE)
    assert not Gate([lower]).admitted(0, [person(300, 170)], SIZE)


@pytest.mark.parametrize("fps", [5, 25])
def test_a_step_over_the_line_counts_once_it_has_lasted(fps: int) -> None:
    gate = Gate([LEFT])
    admitted = []
    for i in range(6 * fps):
        t = i / fps
        outside = 1 <= t < 1.6 or t >= 3
        if not gate.admitted(t, [person(400 if outside else 250)], SIZE):
            admitted.append(t)
    assert min(admitted) == pytest.approx(4, abs=1 / fps)
    assert len(admitted) == pytest.approx(2 * fps, abs=1)


def moment(text: str) -> datetime:
    """A moment by the clock of Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ("2026-11-22 09:00:00", True),
        ("2026-11-22 13:59:59", True),
        ("2026-11-22 14:00:00", False),
        ("2026-11-22 08:59:59", False),
        ("2026-11-20 22:00:00", True),  # a Friday
        ("2026-11-21 01:59:59", True),  # its night
        ("2026-11-21 02:00:00", False),
        ("2026-11-22 01:00:00", False),  # the night of Saturday, which is not named
        ("2026-11-21 22:30:00", False),
    ],
)
def test_hours_are_the_sites_own_and_may_cross_midnight(text: str, open_: bool) -> None:
    lunch, friday_night = Hours(time(9), time(14)), Hours(time(22), time(2), frozenset({4}))
    schedule = Schedule((lunch, friday_night), ZoneInfo("Asia/Shanghai"))
    assert schedule.covers(moment(text)) is open_


def test_no_hours_mean_always_and_midnight_to_midnight_too() -> None:
    for hour in range(24):
        at = datetime(2026, 11, 22, hour, 30, tzinfo=UTC)
        assert Schedule().covers(at)
        assert Schedule((Hours(time(0), time(0)),)).covers(at)
