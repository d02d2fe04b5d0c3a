"""What people do with cases, on SQLite and PostgreSQL: each act is one transaction with all that tells of it."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from desk import DAY, Desk
from filed import LI, WANG, a_violation

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Conflict, Forbidden, Invalid, NotFound
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.lifecycle import MAY, Act
from kitchenwatch.model import CaseStatus, EvidenceKind, Mistaken, Role, VerdictReason
from kitchenwatch.store.loop import Actor, CaseLoop, Move

LIFE = (Act.CONFIRM, Act.DISPATCH, Act.RECTIFY, Act.RETURN, Act.RECTIFY, Act.CLOSE)
STATUSES = ["confirmed", "dispatched", "rectified", "dispatched", "rectified", "closed"]
STANDS = {  # where each act can be done
    Act.CONFIRM: CaseStatus.OPEN,
    Act.DISMISS: CaseStatus.OPEN,
    Act.REOPEN: CaseStatus.DISMISSED,
    Act.DISPATCH: CaseStatus.CONFIRMED,
    Act.RECTIFY: CaseStatus.DISPATCHED,
    Act.CLOSE: CaseStatus.RECTIFIED,
    Act.RETURN: CaseStatus.RECTIFIED,
    Act.ESCALATE: CaseStatus.DISPATCHED,
}


def test_a_whole_life_is_told_four_times_alike(desk: Desk, chain: FileChain) -> None:
    """By its steps, by the site's chain, by the alerts and by the audit log."""
    case = desk.open()
    for act in LIFE:
        desk.clock.advance(3600)
        desk.do(case, act, remark=f"其 {act}")
    told = desk.case(case)
    assert (told.status, told.revision, told.round, told.deadline) == ("closed", 7, 2, None)

    steps = told.steps
    assert [(step.act, step.by, step.role, step.remark) for step in steps] == [
        (act, *(("wang", "business") if act is Act.RECTIFY else ("li", "regulator")), f"其 {act}") for act in LIFE
    ]
    assert [step.status for step in steps] == STATUSES
    assert [step.revision for step in steps] == [2, 3, 4, 5, 6, 7]
    assert [step.round for step in steps] == [0, 1, 1, 2, 2, 2]
    assert all(later.at > earlier.at for earlier, later in pairwise(steps))

    sealed = [entry.manifest for entry in chain.entries("canteen") if entry.manifest["event"] == "step"]
    assert [(body["case"], body["act"], body["by"], body["remark"], body["revision"]) for body in sealed] == [
        (str(case), step.act, step.by, step.remark, step.revision) for step in steps
    ]
    assert [body["seq"] for body in sealed] == [step.seal_seq for step in steps]
    assert told.seal_seq == steps[-1].seal_seq

    alerts = desk.alerts()[-len(LIFE) :]
    kinds = ["verdict", "dispatched", "rectified", "rechecked", "rectified", "rechecked"]
    assert [alert.type for alert in alerts] == [f"cn.kitchenwatch.case.{kind}" for kind in kinds]
    assert [(alert.data["status"], alert.data["revision"], alert.data["seal"]["seq"]) for alert in alerts] == [
        (step.status, step.revision, step.seal_seq) for step in steps
    ]
    assert len({alert.id for alert in alerts}) == len(LIFE)

    acts = [row for row in desk.audit() if row.action != "case.upload"]
    assert [(row.actor, row.action, row.subject, row.at) for row in acts] == [
        (step.by, f"case.{step.act}", str(case), step.at) for step in steps
    ]
    assert {row.address for row in acts} == {"10.0.0.7", "10.0.0.8"}
    assert [row.data["revision"] for row in acts] == [2, 3, 4, 5, 6, 7]


def test_a_dismissal_says_why_and_can_be_taken_back(desk: Desk) -> None:
    case = desk.open()
    desk.do(case, Act.DISMISS, reason=VerdictReason.FALSE_ALARM, mistaken=Mistaken.HEADSCARF, remark="白色头巾")
    told = desk.case(case)
    assert (told.status, told.reason, told.mistaken, told.remark) == (
        "dismissed",
        "false_alarm",
        "headscarf",
        "白色头巾",
    )
    assert (told.decided_by, told.decided_at) == ("li", desk.clock.now())
    assert desk.alerts()[-1].data["reason"] == "false_alarm"
    assert desk.audit()[-1].data | {"status": "dismissed", "mistaken": "headscarf"} == desk.audit()[-1].data
    desk.do(case, Act.REOPEN)
    told = desk.case(case)
    assert (told.status, told.reason, told.mistaken, told.remark) == ("open", None, None, "")
    assert (told.decided_by, told.decided_at) == (None, None)
    assert [step.data for step in told.steps] == [{"reason": "false_alarm", "mistaken": "headscarf"}, {}]
    desk.do(case, Act.CONFIRM)
    assert (desk.case(case).reason, desk.case(case).decided_by) == ("violation", "li")


def test_of_four_who_act_at_once_one_does_and_the_others_are_told(desk: Desk) -> None:
    case = desk.open()
    before = desk.rows()

    def confirm(name: str) -> str | None:
        try:
            desk.loop.act(case, Move(Act.CONFIRM, 1), Actor(name, Role.REGULATOR))
        except Conflict:
            return None
        return name

    with ThreadPoolExecutor(4) as reviewers:
        first = [name for name in reviewers.map(confirm, "abcd") if name]
    assert [desk.case(case).decided_by] == first
    assert [after - was for was, after in zip(before, desk.rows(), strict=True)] == [0, 1, 0, 1, 1, 1]


def test_who_saw_an_older_case_is_told(desk: Desk) -> None:
    case = desk.open(CaseStatus.CONFIRMED)
    with pytest.raises(Conflict, match="changed meanwhile"):
        desk.loop.act(case, Move(Act.DISMISS, 1, reason=VerdictReason.UNCLEAR), LI)
    assert desk.case(case).status == "confirmed"


def test_what_cannot_be_done_now_is_a_conflict(desk: Desk) -> None:
    case = desk.open(CaseStatus.CLOSED)
    before = desk.rows()
    for act in set(Act) - {Act.FIND, Act.RECTIFY}:
        with pytest.raises(Conflict):
            desk.do(case, act, Actor("clock", None))
    assert desk.rows() == before


@pytest.mark.parametrize("role", Role)
def test_each_role_does_its_own(role: Role, desk: Desk) -> None:
    for act, status in STANDS.items():
        case = desk.open(status)
        if act is Act.ESCALATE:
            desk.clock.advance(4 * DAY.total_seconds())
        move, before = desk.move(case, act), desk.rows()
        try:
            desk.loop.act(case, move, Actor("wang", role))
            allowed = True
        except Forbidden:
            allowed = False
            assert desk.rows() == before
        assert allowed == (role in MAY[act])


@pytest.mark.parametrize(
    "move",
    [
        Move(Act.FIND, 1),
        Move(Act.DISMISS, 1),
        Move(Act.DISMISS, 1, reason=VerdictReason.VIOLATION),
        Move(Act.DISPATCH, 1),
        Move(Act.RETURN, 1, remark=" \n"),
    ],
)
def test_an_act_without_what_it_needs_is_refused(move: Move, desk: Desk) -> None:
    case = desk.open()
    with pytest.raises(Invalid):
        desk.loop.act(case, move, Actor("x", None))
    assert desk.case(case).revision == 1


def test_a_case_that_is_not_there(loop: CaseLoop) -> None:
    with pytest.raises(NotFound):
        loop.act(uuid4(), Move(Act.CONFIRM, 1), LI)
    with pytest.raises(NotFound):
        loop.hold(uuid4(), True, LI)


def test_a_legal_hold_is_set_once_and_audited(desk: Desk) -> None:
    case = desk.open()
    for hold in (True, True, False):
        desk.loop.hold(case, hold, LI)
        assert desk.case(case).legal_hold is hold
    assert [(row.action, row.data["hold"]) for row in desk.audit()] == [("case.hold", True), ("case.hold", False)]
    # A hold is no step: whoever decides meanwhile is not sent away.
    assert desk.case(case).revision == 1


def test_many_people_work_on_many_cases_at_once(desk: Desk, clock: ManualClock) -> None:
    cases = [desk.open() for _ in range(12)]

    def handle(case: UUID) -> None:
        for act in LIFE:
            desk.do(case, act)

    with ThreadPoolExecutor(6) as people:
        list(people.map(handle, cases))
    assert [desk.case(case).status for case in cases] == ["closed"] * 12
    alerts = desk.alerts()[-12 * len(LIFE) :]
    for case in cases:
        assert [alert.data["revision"] for alert in alerts if alert.subject == str(case)] == [2, 3, 4, 5, 6, 7]


def test_an_answer_needs_photos_of_its_own(desk: Desk) -> None:
    case, other = desk.open(CaseStatus.DISPATCHED), desk.open(CaseStatus.DISPATCHED)
    photo, portrait = desk.send(case), desk.send(case, EvidenceKind.PORTRAIT)
    theirs = desk.send(other)
    stranger = desk.send(case, by=Actor("wu", Role.BUSINESS))
    for uploads in ((), (photo,), (portrait,)):
        with pytest.raises(Invalid, match="portrait"):
            desk.do(case, Act.RECTIFY, uploads=uploads)
    for wrong in (theirs, stranger, uuid4()):
        with pytest.raises(NotFound, match="send it again"):
            desk.do(case, Act.RECTIFY, uploads=(portrait, wrong))
    desk.do(case, Act.RECTIFY, uploads=(photo, portrait))
    desk.do(case, Act.RETURN)
    # What was shown once is no answer to the next question.
    with pytest.raises(NotFound):
        desk.do(case, Act.RECTIFY, uploads=(photo, portrait))
    again = (desk.send(case), desk.send(case, EvidenceKind.PORTRAIT))
    desk.do(case, Act.RECTIFY, uploads=again)
    answers = [step.uploads for step in desk.case(case).steps if step.act == Act.RECTIFY]
    assert [{upload.id for upload in uploads} for uploads in answers] == [{photo, portrait}, set(again)]


def test_the_step_that_answers_seals_what_it_shows(desk: Desk, chain: FileChain) -> None:
    case = desk.open(CaseStatus.RECTIFIED)
    sealed = next(entry.manifest for entry in chain.entries("canteen") if entry.manifest.get("act") == "rectify")
    uploads = desk.case(case).uploads
    assert {(body["id"], body["sha256"]) for body in sealed["uploads"]} == {
        (str(upload.id), upload.sha256) for upload in uploads
    }
    assert len(uploads) == 2
    assert WANG.name == sealed["by"]
    assert a_violation(1).id == case
