"""The schedule of retries."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kitchenwatch.alerts import schedule

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAYS = timedelta(days=3)


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 5), (1, 30), (2, 120), (3, 600), (4, 3600), (5, 3600), (70, 3600)]
)
def test_waits_grow_to_an_hour_with_some_jitter(attempts: int, seconds: float) -> None:
    waited = schedule.wait(attempts, None, Random(1)).total_seconds()
    assert seconds <= waited <= seconds * 1.2


@given(attempts=st.integers(0, 1000), after=st.none() | st.floats(0, allow_nan=False))
def test_a_receiver_may_ask_for_more_time_but_not_for_ever(attempts: int, after: float | None) -> None:
    waited = schedule.wait(attempts, after, Random(attempts)).total_seconds()
    assert min(after or 0, schedule.LONGEST) <= waited <= schedule.LONGEST * 1.2
    assert 0 < schedule.rest(attempts + 1, after) <= schedule.REST_LONGEST


def test_a_delivery_is_given_up_after_days_but_never_before_the_whole_schedule_was_tried() -> None:
    assert not schedule.spent(60, NOW - DAYS, NOW, DAYS)
    assert schedule.spent(60, NOW - DAYS - timedelta(seconds=1), NOW, DAYS)
    assert not schedule.spent(0, NOW - timedelta(days=30), NOW, DAYS)
