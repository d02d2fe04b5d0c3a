"""Cases on SQLite and PostgreSQL: one transaction an act, and the same act twice is one act."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from filed import PICTURES, a_file, a_violation, closed, declare_kitchen
from sqlalchemy import func, select

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import NotFound
from kitchenwatch.model import Entry, EvidenceKind
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import Case, Evidence, Outbox, Violation

OPENED, CLIP = "cn.kitchenwatch.case.opened", "cn.kitchenwatch.case.clip"
CLOSED = "cn.kitchenwatch.case.closed"


def an_entry(seq: int = 1) -> Entry:
    return Entry("canteen", seq, {}, f"{seq:064d}", f"chain/canteen/{seq:08d}.json")


def alerts(database: Database) -> list[tuple[str, UUID, dict[str, Any]]]:
    with database.reading() as session:
        return [(row.type, row.id, row.data) for row in session.scalars(select(Outbox).order_by(Outbox.seq))]


def count(database: Database, table: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_case_is_opened_once_however_often_it_is_said(cases: SqlCases, kitchen: Database) -> None:
    violation = a_violation()
    files = [a_file(violation, kind) for kind in PICTURES]
    assert cases.open(violation, files, an_entry())
    assert not cases.open(violation, files, an_entry(2))
    assert [count(kitchen, table) for table in (Violation, Case, Evidence, Outbox)] == [1, 1, 3, 1]
    assert cases.known(violation.id) == {"snapshot", "annotated", "crop"}
    with kitchen.reading() as session:
        case = session.scalars(select(Case)).one()
        assert (case.id, case.violation_id, case.status, case.revision) == (violation.id, violation.id, "open", 1)
        assert case.opened_at == violation.opened_at


def test_what_is_told_of_a_case(cases: SqlCases, kitchen: Database) -> None:
    violation = a_violation(camera="till", site="noodles")
    cases.open(violation, [a_file(violation, EvidenceKind.SNAPSHOT, b"12345")], an_entry(7))
    ((type, id, data),) = alerts(kitchen)
    assert type == OPENED
    assert id != violation.id
    assert data["case"] == str(violation.id)
    assert data["url"] == f"/cases/{violation.id}"
    assert (data["kind"], data["status"], data["score"]) == ("no_hat", "open", 0.75)
    assert data["opened_at"] == "2026-11-22T03:01:00+00:00"
    assert data["opened_at_local"] == "2026-11-22T09:01:00+06:00"
    assert data["timezone"] == "Asia/Urumqi"
    assert data["closed_at"] is None
    assert data["site"] == {"id": "noodles", "name": "面馆"}
    assert data["camera"] == {"id": "till", "name": "收银"}
    assert data["district"] == "west"
    assert data["seal"] == {"seq": 7, "sha256": f"{7:064d}"}
    (piece,) = data["evidence"]
    assert piece["kind"] == "snapshot"
    assert piece["url"] == f"/api/v1/cases/{violation.id}/evidence/snapshot"
    assert piece["bytes"] == 5
    assert len(piece["sha256"]) == 64
    assert "key" not in piece
    with kitchen.reading() as session:
        row = session.scalars(select(Outbox)).one()
        assert (row.district_id, row.site_id, row.camera_id, row.kind) == ("west", "noodles", "till", "no_hat")
        assert (row.subject, row.at) == (str(violation.id), violation.opened_at)


def test_clip_and_end_come_later_and_once(cases: SqlCases, kitchen: Database, clock: ManualClock) -> None:
    violation = a_violation()
    clip, best = a_file(violation, EvidenceKind.CLIP), a_file(violation, EvidenceKind.BEST)
    cases.open(violation, [], an_entry())
    for _ in range(2):
        cases.add_evidence(violation.id, [clip], an_entry(2))
        cases.close(closed(violation), [best], an_entry(3))
    assert cases.known(violation.id) == {"clip", "best", "closed"}
    told = alerts(kitchen)
    assert [type for type, _, _ in told] == [OPENED, CLIP, CLOSED]
    assert [len(data["evidence"]) for _, _, data in told] == [0, 1, 2]
    assert [data["seal"]["seq"] for _, _, data in told] == [1, 2, 3]
    assert told[2][2]["closed_at"] == "2026-11-22T03:01:12.500000+00:00"
    assert told[2][2]["score"] == 0.9
    with kitchen.reading() as session:
        row = session.scalars(select(Evidence).where(Evidence.kind == "clip")).one()
        assert (row.key, row.begins, row.seal_seq) == (clip.key, violation.opened_at, 2)


def test_the_first_end_of_a_violation_counts(cases: SqlCases, kitchen: Database) -> None:
    violation = a_violation()
    cases.open(violation, [], an_entry())
    for after in (12.5, 99.0):
        cases.close(closed(violation, after), [], an_entry(2))
    with kitchen.reading() as session:
        assert session.get_one(Violation, violation.id).closed == violation.opened + 12.5


def test_ids_of_alerts_are_the_same_in_every_database(cases: SqlCases, kitchen: Database) -> None:
    cases.open(a_violation(), [], an_entry())
    assert alerts(kitchen)[0][1] == UUID("df9f5d0b-f932-53bf-9ed8-df8ab37ebd1f")


def test_what_is_unknown_is_told(cases: SqlCases, kitchen: Database) -> None:
    violation = a_violation()
    assert cases.known(violation.id) == frozenset()
    with pytest.raises(NotFound):
        cases.add_evidence(violation.id, [a_file(violation, EvidenceKind.CLIP)], an_entry())
    with pytest.raises(NotFound):
        cases.close(closed(violation), [], an_entry())
    with pytest.raises(NotFound, match=r"'roof'.*declare"):
        cases.open(a_violation(camera="roof"), [], an_entry())
    assert [count(kitchen, table) for table in (Violation, Case, Outbox)] == [0, 0, 0]


def test_a_transaction_that_fails_leaves_no_part_of_a_case(cases: SqlCases, kitchen: Database) -> None:
    first, second = a_violation(1), a_violation(2, site="nowhere")
    cases.open(first, [a_file(first, EvidenceKind.SNAPSHOT)], an_entry())
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        cases.open(second, [a_file(second, EvidenceKind.SNAPSHOT)], an_entry(2))
    assert [count(kitchen, table) for table in (Violation, Case, Evidence, Outbox)] == [1, 1, 1, 1]


def test_many_threads_file_cases_at_once(sqlite_url: str, clock: ManualClock) -> None:
    """Eight cameras' threads, twenty-five cases each, some said twice: none lost, none doubled, none refused."""
    database = Database(sqlite_url)
    database.upgrade()
    declare_kitchen(database)
    cases = SqlCases(database, clock)

    def watch(thread: int) -> None:
        for number in range(25):
            violation = a_violation(100 * thread + number)
            for _ in range(2 if number % 5 == 0 else 1):
                cases.open(violation, [a_file(violation, EvidenceKind.SNAPSHOT)], an_entry())

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(watch, range(8)))
    assert [count(database, table) for table in (Violation, Case, Evidence, Outbox)] == [200, 200, 200, 200]
