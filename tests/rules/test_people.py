"""People keep their identity when their track number changes."""

import numpy as np
import pytest
from rule_scenes import FAR, HERE, Box

from kitchenwatch.model import Track
from kitchenwatch.rules.people import GRACE_S, People

NEAR: Box = (240.0, 110.0, 300.0, 255.0)


def track(number: int, box: Box, t: float, since: float | None = None) -> Track:
    return Track(number, np.array(box, np.float32), 0.9, t, t if since is None else since)


def test_a_new_track_where_somebody_vanished_is_the_same_person() -> None:
    people = People()
    (first,) = people.update(0, [track(1, HERE, 0)])
    (second,) = people.update(3, [track(2, NEAR, 3)])
    assert second is first
    assert (second.track, second.seen, second.since) == (2, 3, 0)


@pytest.mark.parametrize(("box", "t"), [(FAR, 3.0), (NEAR, GRACE_S + 0.1)])
def test_a_new_track_elsewhere_or_later_is_somebody_else(box: Box, t: float) -> None:
    people = People()
    (first,) = people.update(0, [track(1, HERE, 0)])
    (second,) = people.update(t, [track(2, box, t)])
    assert second is not first


def test_somebody_beside_a_person_in_view_is_somebody_else() -> None:
    people = People()
    people.update(0, [track(1, HERE, 0)])
    both = people.update(1, [track(1, HERE, 1, 0), track(2, NEAR, 1)])
    assert [person.track for person in both] == [1, 2]
    assert both[0].number != both[1].number


def test_the_nearest_of_two_who_vanished_comes_back() -> None:
    people = People()
    left, right = people.update(0, [track(1, HERE, 0), track(2, (300.0, 100.0, 360.0, 250.0), 0)])
    (back,) = people.update(1, [track(3, (290.0, 100.0, 350.0, 250.0), 1)])
    assert back is right
    assert back is not left


def test_a_number_that_returns_gets_its_person_back_from_a_newer_one() -> None:
    people = People()
    (first,) = people.update(0, [track(1, HERE, 0)])
    people.update(1, [track(2, NEAR, 1)])
    both = people.update(2, [track(2, NEAR, 2, 1), track(1, HERE, 2, 0)])
    assert {person.track: person is first for person in both} == {1: True, 2: False}


def test_a_number_that_returns_after_a_long_time_is_the_same_person() -> None:
    people = People()
    (first,) = people.update(0, [track(1, HERE, 0)])
    (again,) = people.update(60, [track(1, FAR, 60, 0)])
    assert again is first
