"""An installation of the first release, with its rows, becomes one of today."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from alembic import command
from alembic.config import Config
from filed import LI
from sqlalchemy import Connection, MetaData, create_engine, insert

from kitchenwatch.clock import ManualClock
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, Role, Scope
from kitchenwatch.store.database import Database
from kitchenwatch.store.loop import CaseLoop, Move
from kitchenwatch.store.reading import CaseFilter, Reading
from kitchenwatch.store.users import Users

THEN = datetime(2026, 10, 1, 4, 0, tzinfo=UTC)
ADMIN = Scope("x", Role.ADMIN)
OPEN, DECIDED = UUID(int=1), UUID(int=2)


def rows() -> Iterator[tuple[str, dict[str, Any]]]:
    """Two cases, one of them decided, and the people and words around them."""
    yield "district", {"id": "east", "name": "东区"}
    yield "site", {"id": "canteen", "name": "第三食堂", "district_id": "east", "timezone": "Asia/Shanghai"}
    yield "camera", {"id": "stove", "site_id": "canteen", "name": "灶台", "active": True}
    person = {"password": "$argon2", "role": "regulator", "districts": ["east"], "sites": [], "created_at": THEN}
    yield "user", {"name": "li", **person}
    for case in (OPEN, DECIDED):
        shared = {"id": case, "camera_id": "stove", "kind": "no_hat", "opened_at": THEN, "score": 0.9}
        seen = {"run": "r", "track": 1, "opened": 1.0, "box": [1, 2, 3, 4], "scores": [[0.0, 1.0]]}
        yield "violation", {**shared, **seen}
        written = {"violation_id": case, "site_id": "canteen", "remark": "", "legal_hold": False, "revision": 1}
        decided = {"status": "confirmed", "reason": "violation", "decided_by": "li", "decided_at": THEN, "revision": 2}
        state = {"status": "open"} if case == OPEN else decided
        yield "case", {**shared, **written, **state, "seal_seq": 1, "seal_sha256": "0" * 64}
    file = {"kind": "snapshot", "key": "evidence/canteen/x.jpg", "bytes": 3, "media_type": "image/jpeg", "seal_seq": 1}
    yield "evidence", {"case_id": DECIDED, "sha256": hashlib.sha256(b"jpg").hexdigest(), **file}
    told = {"type": "cn.kitchenwatch.case.opened", "at": THEN, "subject": str(OPEN), "data": {"case": str(OPEN)}}
    yield "outbox", {"id": UUID(int=9), "site_id": "canteen", "fanned_out": True, **told}
    audit = {"action": "case.verdict", "subject": str(DECIDED), "address": "10.0.0.7", "data": {"status": "confirmed"}}
    yield "audit", {"at": THEN, "actor": "li", **audit}


@pytest.fixture
def first_release(database_url: str) -> Database:
    """A database as the first release left it."""
    database, engine = Database(database_url), create_engine(database_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", "kitchenwatch.store:migrations")
        command.upgrade(config, "0001")
        fill(connection)
    engine.dispose()
    return database


def fill(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    plain = connection.dialect.name == "sqlite"  # it knows no UUIDs
    for name, row in rows():
        values = {key: value.hex if plain and isinstance(value, UUID) else value for key, value in row.items()}
        connection.execute(insert(tables.tables[name]).values(values))


def test_every_row_is_kept_and_means_the_same(first_release: Database, clock: ManualClock) -> None:
    assert first_release.revision() == "0001"
    first_release.upgrade()
    reading = Reading(first_release)
    waiting, decided = reading.case(ADMIN, OPEN), reading.case(ADMIN, DECIDED)
    assert (waiting.status, waiting.revision, waiting.decided_by) == ("open", 1, None)
    assert (decided.status, decided.revision, decided.decided_by, decided.decided_at) == ("confirmed", 2, "li", THEN)
    for case in (waiting, decided):
        assert (case.origin, case.round, case.asked, case.deadline, case.overdue_at) == ("camera", 0, "", None, None)
        assert (case.severity, case.mistaken, case.found_by, case.steps, case.uploads) == (None, None, None, [], [])
        assert (case.site.name, case.camera.name, case.opened_at) == ("第三食堂", "灶台", THEN)
        assert case.violation
        assert case.violation.box == [1, 2, 3, 4]
    assert [piece.key for piece in decided.evidence] == ["evidence/canteen/x.jpg"]
    assert [alert.subject for alert in reading.alerts(ADMIN, 0)] == [str(OPEN)]
    assert [(row.actor, row.data) for row in reading.audit()] == [("li", {"status": "confirmed"})]
    (person,) = Users(first_release, clock).all()
    assert (person.name, person.districts, person.phone, person.revision) == ("li", ["east"], "", 1)
    assert reading.cases(ADMIN, CaseFilter(overdue=False)).cases


def test_old_cases_go_on_in_the_new_loop(first_release: Database, clock: ManualClock, chain: FileChain) -> None:
    first_release.upgrade()
    loop = CaseLoop(first_release, chain, clock)
    loop.act(OPEN, Move(Act.CONFIRM, 1), LI)
    loop.act(DECIDED, Move(Act.REOPEN, 2), LI)
    counts = Reading(first_release).counts(ADMIN, CaseFilter())
    assert {status: number for status, number in counts.items() if number} == {
        CaseStatus.OPEN: 1,
        CaseStatus.CONFIRMED: 1,
    }
