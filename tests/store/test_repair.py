"""Every half-done act that a crash can leave is found and mended."""

from collections.abc import Callable

import pytest
from filed import PICTURES, Filed, a_violation, closed
from sqlalchemy import delete, select, update

from kitchenwatch.clock import ManualClock
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.manifest import Event, violation_body
from kitchenwatch.model import EvidenceKind
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.repair import Repair, Trouble
from kitchenwatch.store.retention import Retention
from kitchenwatch.store.tables import Case, Evidence, Outbox, Violation

CLIP, BEST = (EvidenceKind.CLIP,), (EvidenceKind.BEST,)
DAY = 86_400


@pytest.fixture
def repair(kitchen: Database, blobs: DiskBlobs, chain: FileChain, cases: SqlCases, clock: ManualClock) -> Repair:
    """Repair of the store."""
    return Repair(kitchen, blobs, chain, cases, clock)


def troubles(repair: Repair) -> list[Trouble]:
    return [problem.trouble for problem in repair.check()]


def outbox(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(str(row.id), row.type) for row in session.scalars(select(Outbox).order_by(Outbox.seq))]


def test_a_sound_store_has_no_problem(repair: Repair, filed: Filed) -> None:
    assert repair.check() == []
    filed.whole(a_violation(1))
    filed.whole(a_violation(1, camera="till", site="noodles"))
    assert repair.check() == []
    assert repair.run() == []


def test_what_is_sealed_but_not_in_the_rows_is_adopted(repair: Repair, filed: Filed, kitchen: Database) -> None:
    """Killed after each of the three seals: the case, its clip, its end."""
    opened, clipped, ended = (a_violation(n) for n in range(3))
    filed.sealed(Event.OPENED, opened, PICTURES)
    filed.open(clipped)
    filed.sealed(Event.CLIP, clipped, CLIP)
    filed.open(ended)
    filed.clip(ended)
    filed.sealed(Event.CLOSED, closed(ended), BEST)
    # Before `opened` is adopted nobody can say that it is left open.
    assert troubles(repair) == [Trouble.UNADOPTED] * 3 + [Trouble.LEFT_OPEN] * 2
    assert len(repair.run()) == 5
    assert repair.check() == []
    with kitchen.reading() as session:
        kinds = {case.id: {row.kind for row in case.evidence} for case in session.scalars(select(Case))}
        ended_row = session.get_one(Violation, ended.id)
        assert ended_row.closed == closed(ended).closed
    pictures = {"snapshot", "annotated", "crop"}
    assert kinds[opened.id] == pictures
    assert kinds[clipped.id] == pictures | {"clip"}
    assert kinds[ended.id] == pictures | {"clip", "best"}


def test_adopting_writes_the_alerts_that_the_crash_kept_from_being_written(
    repair: Repair, filed: Filed, kitchen: Database, cases: SqlCases
) -> None:
    violation = a_violation()
    files, entry = filed.sealed(Event.OPENED, violation, PICTURES)
    repair.run()
    told = outbox(kitchen)
    assert [type for _, type in told] == ["cn.kitchenwatch.case.opened", "cn.kitchenwatch.case.closed"]
    cases.open(violation, files, entry)
    repair.run()
    assert outbox(kitchen) == told


def test_rows_that_are_lost_come_back_from_the_chain(repair: Repair, filed: Filed, kitchen: Database) -> None:
    for number in range(3):
        filed.whole(a_violation(number))
    before = outbox(kitchen)
    with kitchen.session() as session:
        for table in (Outbox, Evidence, Case, Violation):
            session.execute(delete(table))
    repair.run()
    assert repair.check() == []
    assert sorted(outbox(kitchen)) == sorted(before)


def test_files_without_a_seal_are_deleted_and_others_are_not(repair: Repair, filed: Filed, blobs: DiskBlobs) -> None:
    filed.whole(a_violation())
    before = list(blobs.keys(""))
    blobs.put("evidence/canteen/2026-11-22/none/snapshot.jpg", b"half a case")
    blobs.put("models/yolo.onnx", b"not ours")
    assert troubles(repair) == [Trouble.ORPHAN]
    repair.run()
    assert list(blobs.keys("")) == sorted([*before, "models/yolo.onnx"])
    assert repair.check() == []


def test_a_violation_whose_process_died_is_closed_with_a_seal(
    repair: Repair, filed: Filed, kitchen: Database, chain: FileChain
) -> None:
    violation = a_violation()
    filed.open(violation)
    assert troubles(repair) == [Trouble.LEFT_OPEN]
    repair.run()
    assert repair.check() == []
    entry = list(chain.entries("canteen"))[-1]
    assert (entry.manifest["event"], entry.manifest["reason"]) == ("closed", "interrupted")
    with kitchen.reading() as session:
        row = session.get_one(Violation, violation.id)
        assert (row.closed, row.closed_at) == (violation.opened, violation.opened_at)


def test_a_removal_is_carried_through_from_wherever_it_stopped(
    repair: Repair, filed: Filed, kitchen: Database, blobs: DiskBlobs, chain: FileChain
) -> None:
    sealed, marked = a_violation(1), a_violation(2)
    for violation in (sealed, marked):
        filed.whole(violation)
        body = {"event": Event.REMOVED, "case": str(violation.id), "violation": violation_body(violation)}
        with kitchen.reading() as session:
            keys = list(session.scalars(select(Evidence.key).where(Evidence.case_id == violation.id)))
        files = [file for entry in chain.entries("canteen") for file in entry.manifest["files"] if file["key"] in keys]
        chain.append("canteen", body | {"files": files, "reason": "its time is over"})
    with kitchen.session() as session:
        session.execute(update(Evidence).where(Evidence.case_id == marked.id).values(deleted_at=marked.opened_at))
    assert troubles(repair) == [Trouble.UNADOPTED] + [Trouble.LEFTOVER] * 10
    repair.run()
    assert repair.check() == []
    assert list(blobs.keys("evidence/")) == []


def test_after_retention_there_is_nothing_to_mend(
    repair: Repair, filed: Filed, kitchen: Database, blobs: DiskBlobs, chain: FileChain, clock: ManualClock
) -> None:
    filed.whole(a_violation())
    clock.advance(31 * DAY)
    Retention(kitchen, blobs, chain, clock, RetentionPolicy(floor_bytes=0, warn_bytes=0)).run_once()
    assert repair.check() == []


def test_a_file_that_is_gone_is_named_and_stays_named(repair: Repair, filed: Filed, blobs: DiskBlobs) -> None:
    violation = a_violation()
    filed.whole(violation)
    key = f"evidence/canteen/2026-11-22/{violation.id}/clip.mp4"
    blobs.delete(key)
    assert repair.run() == []
    (problem,) = repair.check()
    assert (problem.trouble, problem.place, problem.mendable) == (Trouble.MISSING, key, False)
    assert "restore" in problem.text


def test_a_case_of_an_undeclared_camera_stays_named(repair: Repair, filed: Filed, blobs: DiskBlobs) -> None:
    filed.sealed(Event.OPENED, a_violation(camera="roof"), PICTURES)
    assert repair.run() == []
    assert troubles(repair) == [Trouble.UNADOPTED]
    assert len(list(blobs.keys("evidence/"))) == 3


def test_where_the_chain_has_a_hole_no_file_is_deleted(
    repair: Repair, filed: Filed, blobs: DiskBlobs, kitchen: Database, hole: Callable[[], None]
) -> None:
    for number in range(3):
        filed.sealed(Event.OPENED, a_violation(number), PICTURES)
    hole()
    repair.run()
    assert len(list(blobs.keys("evidence/"))) == 9
    assert troubles(repair) == [Trouble.ORPHAN] * 3
    assert not any(problem.mendable for problem in repair.check())


@pytest.fixture
def hole(blobs: DiskBlobs) -> Callable[[], None]:
    """Takes the second entry out of the canteen's chain."""
    return lambda: blobs.delete("chain/canteen/00000002.json")


def test_a_manifest_that_says_nothing_is_named(repair: Repair, chain: FileChain) -> None:
    chain.append("canteen", {"event": "opened", "case": "not a case"})
    (problem,) = repair.check()
    assert (problem.trouble, problem.mendable) == (Trouble.UNREADABLE, False)
    assert problem.place == "chain/canteen/00000001.json"
    assert repair.run() == []
