"""The life of a case, over every way it can go."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kitchenwatch.errors import Conflict, Forbidden, Invalid
from kitchenwatch.lifecycle import (
    LEADS,
    LONGEST,
    MAY,
    SEVERITY,
    TIME_TO_RECTIFY,
    Act,
    Severity,
    Standing,
    acts_for,
    after,
    check_may,
    deadline_for,
    is_overdue,
)
from kitchenwatch.model import UPHELD, CaseStatus, Kind, Role

NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
DAY = timedelta(days=1)
VERDICTS = (Act.CONFIRM, Act.DISMISS, Act.REOPEN)

lives = some.lists(some.tuples(some.integers(0, 9), some.integers(0, 5)), max_size=40)
moments = some.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=some.just(UTC))  # noqa: DTZ001


def live(turns: Sequence[tuple[int, int]]) -> list[tuple[Act, Standing]]:
    """What comes of a life: at each turn so many days pass, and one of the acts that lead on is done."""
    standing, now, lived = Standing(), NOW, []
    for choice, days in turns:
        now += days * DAY
        ways = [act for act in Act if (standing.status, act) in LEADS]
        if ways:
            act = ways[choice % len(ways)]
            try:
                standing = after(standing, act, now, now + 2 * DAY)
            except Conflict:
                assert act is Act.ESCALATE
                continue
            lived.append((act, standing))
    return lived


@given(lives)
def test_nothing_is_closed_that_was_not_confirmed_dispatched_and_answered(turns: list[tuple[int, int]]) -> None:
    done: list[Act] = []
    for act, standing in live(turns):
        done.append(act)
        if standing.status is CaseStatus.CLOSED:
            last = [step for step in done if step in (Act.CONFIRM, Act.DISPATCH, Act.RETURN, Act.RECTIFY, Act.CLOSE)]
            assert last[-2:] == [Act.RECTIFY, Act.CLOSE]
            assert last[-3] in (Act.DISPATCH, Act.RETURN)
            assert Act.CONFIRM in done
            # Whatever was decided before, it was upheld when the order was given.
            ordered = max(index for index, step in enumerate(done) if step is Act.DISPATCH)
            assert [step for step in done[:ordered] if step in VERDICTS][-1] is Act.CONFIRM


@given(lives)
def test_what_is_asked_of_a_business_has_a_round_and_a_deadline(turns: list[tuple[int, int]]) -> None:
    rounds = 0
    for act, standing in live(turns):
        rounds += act in (Act.DISPATCH, Act.RETURN)
        assert standing.round == rounds
        assert (standing.deadline is not None) == (standing.status is CaseStatus.DISPATCHED)
        assert standing.overdue_at is None or standing.status is CaseStatus.DISPATCHED


@given(lives)
def test_an_order_is_escalated_once_and_only_when_overdue(turns: list[tuple[int, int]]) -> None:
    escalated: set[int] = set()
    for act, standing in live(turns):
        if act is Act.ESCALATE:
            assert standing.round not in escalated
            assert standing.deadline
            assert standing.overdue_at
            assert standing.overdue_at > standing.deadline
            escalated.add(standing.round)


def test_only_a_closed_case_is_at_its_end() -> None:
    left = {status for status, _ in LEADS}
    assert set(CaseStatus) - left == {CaseStatus.CLOSED}


def test_every_status_is_reached() -> None:
    reached, waiting = {CaseStatus.OPEN}, [CaseStatus.OPEN]
    while waiting:
        status = waiting.pop()
        found = {to for (origin, _), to in LEADS.items() if origin is status} - reached
        reached |= found
        waiting += found
    assert reached == set(CaseStatus)


def test_an_answer_is_rechecked_before_anything_else() -> None:
    assert {act for status, act in LEADS if status is CaseStatus.RECTIFIED} == {Act.CLOSE, Act.RETURN}


def test_who_upholds_a_case_has_confirmed_it() -> None:
    ways = {act for (origin, act), to in LEADS.items() if to in UPHELD and origin not in UPHELD}
    assert ways == {Act.CONFIRM}


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("act", Act)
def test_what_the_table_does_not_lead_to_is_a_conflict(status: CaseStatus, act: Act) -> None:
    standing = Standing(status, 1, NOW - DAY if status is CaseStatus.DISPATCHED else None)
    if (status, act) in LEADS:
        assert after(standing, act, NOW, NOW + DAY).status is LEADS[status, act]
    else:
        with pytest.raises(Conflict, match=f"{status}.*`{act}`"):
            after(standing, act, NOW, NOW + DAY)


@pytest.mark.parametrize("status", CaseStatus)
@pytest.mark.parametrize("role", Role)
def test_what_is_offered_can_be_done_and_what_can_be_done_is_offered(status: CaseStatus, role: Role) -> None:
    standing = Standing(status, 1, NOW - DAY if status is CaseStatus.DISPATCHED else None)

    def can(act: Act) -> bool:
        try:
            check_may(act, role)
            after(standing, act, NOW, NOW + DAY)
        except (Conflict, Forbidden):
            return False
        return True

    assert acts_for(standing, role) == tuple(act for act in Act if can(act))


def test_who_may_do_what() -> None:
    """Written out a second time: who changes the roles must mean it."""
    by_role = {role: {act for act in Act if role in MAY[act]} for role in Role}
    assert by_role == {
        Role.ADMIN: set(Act) - {Act.RECTIFY, Act.ESCALATE},
        Role.REGULATOR: set(Act) - {Act.RECTIFY, Act.ESCALATE},
        Role.BUSINESS: {Act.RECTIFY},
        Role.VIEWER: set(),
    }


@pytest.mark.parametrize("act", [Act.DISPATCH, Act.RETURN])
@pytest.mark.parametrize("deadline", [None, NOW - DAY, NOW, NOW + LONGEST + timedelta(microseconds=1)])
def test_an_order_lies_ahead_and_within_a_year(act: Act, deadline: datetime | None) -> None:
    standing = Standing(CaseStatus.CONFIRMED if act is Act.DISPATCH else CaseStatus.RECTIFIED)
    with pytest.raises(Invalid, match="deadline"):
        after(standing, act, NOW, deadline)
    assert after(standing, act, NOW, NOW + LONGEST).deadline == NOW + LONGEST


@given(moments, some.sampled_from(Severity))
def test_a_proposed_deadline_is_one_that_is_accepted(at: datetime, severity: Severity) -> None:
    proposed = deadline_for(severity, at)
    assert after(Standing(CaseStatus.CONFIRMED), Act.DISPATCH, at, proposed).deadline == proposed


def test_the_worse_it_is_the_sooner_it_must_be_put_right() -> None:
    assert TIME_TO_RECTIFY[Severity.SERIOUS] < TIME_TO_RECTIFY[Severity.ORDINARY] < TIME_TO_RECTIFY[Severity.MINOR]
    assert set(SEVERITY) == set(Kind)


@given(moments, some.timedeltas(-2 * DAY, 2 * DAY))
def test_overdue_is_what_a_business_has_not_answered_in_time(deadline: datetime, later: timedelta) -> None:
    now = deadline + later
    assert is_overdue(Standing(CaseStatus.DISPATCHED, 1, deadline), now) == (later > timedelta(0))
    assert not any(is_overdue(Standing(status, 1, None), now) for status in CaseStatus)
    assert not is_overdue(Standing(CaseStatus.RECTIFIED, 1, deadline), now)
