"""Orders: their deadlines, answers that are returned, and those that nobody answers."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

import pytest
from desk import DAY, Desk
from filed import LI

from kitchenwatch.errors import Conflict, Invalid
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.lifecycle import Act, Severity
from kitchenwatch.model import CaseStatus, EvidenceKind
from kitchenwatch.store.loop import CaseLoop, Move

HOUR_S = 3600.0


def test_an_order_says_what_is_asked_and_by_when(desk: Desk) -> None:
    case, deadline = desk.open(CaseStatus.CONFIRMED), desk.clock.now() + DAY
    desk.do(case, Act.DISPATCH, severity=Severity.SERIOUS, deadline=deadline, asked="清理烟灰")
    told = desk.case(case)
    assert (told.status, told.severity, told.asked, told.round, told.deadline) == (
        "dispatched",
        "serious",
        "清理烟灰",
        1,
        deadline,
    )
    data = desk.alerts()[-1].data
    assert (data["asked"], data["round"]) == ("清理烟灰", 1)
    assert (data["deadline"], data["deadline_local"]) == ("2026-11-23T03:30:00+00:00", "2026-11-23T11:30:00+08:00")
    assert told.steps[-1].data == {"severity": "serious", "deadline": "2026-11-23T03:30:00+00:00", "asked": "清理烟灰"}


@pytest.mark.parametrize("days", [None, -1, 0, 367])
def test_an_order_without_a_sensible_deadline_is_not_given(days: int | None, desk: Desk) -> None:
    case = desk.open(CaseStatus.CONFIRMED)
    before = desk.rows()
    with pytest.raises(Invalid, match="deadline"):
        desk.do(case, Act.DISPATCH, deadline=None if days is None else desk.clock.now() + days * DAY)
    assert desk.rows() == before


def test_an_answer_that_is_returned_is_asked_for_anew(desk: Desk) -> None:
    case = desk.open(CaseStatus.RECTIFIED)
    assert desk.case(case).deadline is None
    deadline = desk.clock.now() + DAY
    desk.do(case, Act.RETURN, remark="看不到工作帽", deadline=deadline)
    told = desk.case(case)
    assert (told.status, told.round, told.deadline, told.asked) == ("dispatched", 2, deadline, "戴好工作帽")
    desk.do(case, Act.RECTIFY)
    desk.do(case, Act.CLOSE)
    told = desk.case(case)
    assert (told.status, told.round, told.deadline) == ("closed", 2, None)
    assert {(upload.round, upload.purpose) for upload in told.uploads} == {
        (number, kind) for number in (1, 2) for kind in (EvidenceKind.PHOTO, EvidenceKind.PORTRAIT)
    }


def test_what_nobody_answers_is_escalated_once(desk: Desk) -> None:
    late, later, answered = (desk.open(CaseStatus.DISPATCHED) for _ in range(3))
    desk.do(answered, Act.RECTIFY)
    assert desk.loop.escalate_overdue() == 0
    desk.clock.advance((3 * DAY).total_seconds())
    assert desk.loop.escalate_overdue() == 0  # the deadline itself is in time
    desk.clock.advance(1)
    assert [case for case, _ in desk.loop.overdue()] == [late, later]
    assert desk.loop.escalate_overdue() == 2
    assert desk.loop.escalate_overdue() == 0
    for case in (late, later):
        told = desk.case(case)
        assert (told.status, told.overdue_at, told.revision) == ("dispatched", desk.clock.now(), 4)
        step = told.steps[-1]
        assert (step.act, step.by, step.role) == ("escalate", "system", None)
    assert [alert.type for alert in desk.alerts()[-2:]] == ["cn.kitchenwatch.case.overdue"] * 2
    assert [(row.actor, row.action) for row in desk.audit()[-2:]] == [("system", "case.escalate")] * 2


def test_an_overdue_order_can_still_be_answered(desk: Desk) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    desk.clock.advance((4 * DAY).total_seconds())
    desk.loop.escalate_overdue()
    desk.do(case, Act.RECTIFY)
    assert (desk.case(case).status, desk.case(case).overdue_at) == ("rectified", None)
    desk.do(case, Act.RETURN)
    assert desk.loop.escalate_overdue() == 0
    desk.clock.advance((2 * DAY).total_seconds())
    # A new question, a new deadline, and again no answer.
    assert desk.loop.escalate_overdue() == 1
    escalations = [step for step in desk.case(case).steps if step.act == Act.ESCALATE]
    assert [step.round for step in escalations] == [1, 2]


def test_two_services_escalate_each_order_once(desk: Desk) -> None:
    cases = [desk.open(CaseStatus.DISPATCHED) for _ in range(6)]
    desk.clock.advance((4 * DAY).total_seconds())
    with ThreadPoolExecutor(2) as services:
        escalated = list(services.map(lambda _: desk.loop.escalate_overdue(), range(2)))
    assert sum(escalated) == len(cases)
    for case in cases:
        assert [step.act for step in desk.case(case).steps].count("escalate") == 1


class Interrupted(CaseLoop):
    """Something happens between the look for overdue orders and their escalation."""

    happens: Callable[[], object]

    def overdue(self) -> Sequence[tuple[UUID, int]]:
        waiting = super().overdue()
        self.happens()
        return waiting


def test_an_answer_that_comes_in_between_keeps_no_other_order_from_being_escalated(
    desk: Desk, chain: FileChain
) -> None:
    answered, late = desk.open(CaseStatus.DISPATCHED), desk.open(CaseStatus.DISPATCHED)
    desk.clock.advance((4 * DAY).total_seconds())
    loop = Interrupted(desk.database, chain, desk.clock)
    loop.happens = lambda: desk.do(answered, Act.RECTIFY)
    assert loop.escalate_overdue() == 1
    assert (desk.case(answered).status, desk.case(late).overdue_at) == ("rectified", desk.clock.now())


def test_an_order_is_withdrawn_by_dismissing_the_case(desk: Desk) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    desk.do(case, Act.DISMISS)
    told = desk.case(case)
    assert (told.status, told.deadline, told.overdue_at) == ("dismissed", None, None)
    desk.clock.advance((4 * DAY).total_seconds())
    assert desk.loop.overdue() == []
    with pytest.raises(Conflict):
        desk.send(case)


def test_a_deadline_is_kept_to_the_second_in_every_zone(desk: Desk) -> None:
    case = desk.open(CaseStatus.CONFIRMED)
    deadline = desk.clock.now() + timedelta(hours=5, seconds=7)
    desk.loop.act(case, Move(Act.DISPATCH, 2, severity=Severity.MINOR, deadline=deadline), LI)
    assert desk.case(case).deadline == deadline
    desk.clock.advance(5 * HOUR_S + 7)
    assert desk.loop.overdue() == []
    desk.clock.advance(0.5)
    assert len(desk.loop.overdue()) == 1
