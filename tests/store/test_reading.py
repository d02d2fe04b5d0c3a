"""What people read, and what they do not get to see."""

import base64
import dataclasses
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from filed import LI

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Invalid, NotFound
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.lifecycle import Act, Severity
from kitchenwatch.model import (
    AlertType,
    CameraState,
    CaseStatus,
    Entry,
    EvidenceFile,
    EvidenceKind,
    HealthChange,
    Kind,
    Origin,
    Role,
    Scope,
    Violation,
    violation_id,
)
from kitchenwatch.store import tables
from kitchenwatch.store.announce import announce
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.database import Database
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.loop import CaseLoop, Found, Move
from kitchenwatch.store.reading import CaseFilter, Reading
from kitchenwatch.store.sight import hears

ALL = CaseFilter()
ADMIN, VIEWER = Scope("a", Role.ADMIN), Scope("v", Role.VIEWER)
EAST = Scope("e", Role.REGULATOR, districts=frozenset({"east"}))
WEST = Scope("w", Role.REGULATOR, districts=frozenset({"west"}))
WANG = Scope("b", Role.BUSINESS, sites=frozenset({"wang"}))
NOWHERE = [Scope("n", Role.REGULATOR), Scope("n", Role.BUSINESS)]

Open = Callable[..., UUID]


@pytest.fixture
def reading(database: Database) -> Reading:
    """Two districts, three sites with a camera each."""
    with database.session() as session:
        session.add_all([tables.District(id="east", name="东区"), tables.District(id="west", name="西区")])
        session.flush()
        for site, district in (("wang", "east"), ("li", "east"), ("zhao", "west")):
            session.add(tables.Site(id=site, name=site.title(), district_id=district, timezone="Asia/Shanghai"))
            session.flush()
            session.add(tables.Camera(id=f"{site}-wok", site_id=site, name="炒锅区"))
    return Reading(database)


@pytest.fixture
def open_case(database: Database, clock: ManualClock, reading: Reading) -> Open:
    """Opens a case at a site, with a snapshot."""
    cases = SqlCases(database, clock)

    def open_case(site: str = "wang", at: datetime | None = None, kind: Kind = Kind.NO_HAT, score: float = 0.9) -> UUID:
        at = at or clock.now()
        key = uuid4().hex
        violation = Violation(
            id=violation_id(f"{site}-wok", kind, key, 1, 0.0),
            camera=f"{site}-wok",
            site=site,
            kind=kind,
            run=key,
            track=1,
            opened=0.0,
            opened_at=at,
            score=score,
            box=(1, 2, 3, 4),
        )
        file = EvidenceFile(EvidenceKind.SNAPSHOT, f"evidence/{key}.jpg", "0" * 64, 3, "image/jpeg")
        assert cases.open(violation, [file], Entry(site, 1, {}, "0" * 64, "chain/1"))
        return violation.id

    return open_case


def found(reading: Reading, scope: Scope, asked: CaseFilter = ALL) -> set[UUID]:
    return {case.id for case in reading.cases(scope, asked).cases}


def test_everybody_sees_their_own_sites(reading: Reading) -> None:
    def seen(scope: Scope) -> set[str]:
        return {site.id for site in reading.sites(scope)}

    assert seen(ADMIN) == seen(VIEWER) == {"wang", "li", "zhao"}
    assert seen(EAST) == {"wang", "li"}
    assert seen(WEST) == {"zhao"}
    assert seen(WANG) == {"wang"}
    assert [seen(scope) for scope in NOWHERE] == [set(), set()]
    assert [district.id for district in reading.districts(WANG)] == ["east"]


def test_everybody_sees_their_own_cases(reading: Reading, open_case: Open) -> None:
    wang, li, zhao = open_case("wang"), open_case("li"), open_case("zhao")
    assert found(reading, ADMIN) == found(reading, VIEWER) == {wang, li, zhao}
    assert found(reading, EAST) == {wang, li}
    assert found(reading, WANG) == {wang}
    assert [found(reading, scope) for scope in NOWHERE] == [set(), set()]
    assert reading.counts(EAST, ALL) == dict.fromkeys(CaseStatus, 0) | {CaseStatus.OPEN: 2}
    # A filter narrows the scope; it never widens it.
    assert found(reading, EAST, CaseFilter(site="zhao")) == set()
    assert found(reading, EAST, CaseFilter(district="west")) == set()


def test_what_lies_outside_the_scope_is_not_found(reading: Reading, open_case: Open) -> None:
    case = open_case("zhao")
    assert reading.case(WEST, case).site.name == "Zhao"
    assert reading.evidence(WEST, case, EvidenceKind.SNAPSHOT).case_id == case
    for scope in (EAST, WANG, *NOWHERE):
        with pytest.raises(NotFound):
            reading.case(scope, case)
        with pytest.raises(NotFound):
            reading.evidence(scope, case, EvidenceKind.SNAPSHOT)
        with pytest.raises(NotFound):
            reading.site(scope, "zhao")
        with pytest.raises(NotFound):
            reading.camera(scope, "zhao-wok")
        assert not [now for now in reading.cameras(scope) if now.camera.site_id == "zhao"]


def test_a_case_comes_whole(reading: Reading, open_case: Open) -> None:
    case = reading.case(ADMIN, open_case())
    assert case.violation
    assert (case.violation.box, case.camera.name, case.site.timezone) == ([1, 2, 3, 4], "炒锅区", "Asia/Shanghai")
    assert [piece.kind for piece in case.evidence] == [EvidenceKind.SNAPSHOT]


def test_evidence_that_retention_took_is_not_found(reading: Reading, open_case: Open, database: Database) -> None:
    case = open_case()
    with database.session() as session:
        session.get_one(tables.Evidence, 1).deleted_at = session.get_one(tables.Case, case).opened_at
    with pytest.raises(NotFound):
        reading.evidence(ADMIN, case, EvidenceKind.SNAPSHOT)
    assert reading.case(ADMIN, case).evidence[0].deleted_at


def test_filters(reading: Reading, open_case: Open, database: Database, clock: ManualClock, chain: FileChain) -> None:
    noon = clock.now()
    hat = open_case("wang", noon)
    mask = open_case("li", noon + timedelta(hours=1), Kind.NO_MASK, 0.6)
    smoke = open_case("zhao", noon + timedelta(hours=2), Kind.SMOKING, 0.8)
    loop, now = CaseLoop(database, chain, clock), clock.now()
    loop.act(mask, Move(Act.CONFIRM, 1), LI)
    patrol = loop.find(Found(uuid4(), "li-wok", Kind.OTHER, noon + timedelta(hours=3)), LI)
    late = open_case("zhao", noon + timedelta(hours=4))
    loop.act(late, Move(Act.CONFIRM, 1), LI)
    loop.act(late, Move(Act.DISPATCH, 2, severity=Severity.MINOR, deadline=now + timedelta(seconds=1)), LI)
    clock.advance(2)
    loop.escalate_overdue()
    asked = {
        CaseFilter(site="li"): {mask, patrol},
        CaseFilter(district="east"): {hat, mask, patrol},
        CaseFilter(camera="zhao-wok"): {smoke, late},
        CaseFilter(kind=Kind.NO_HAT): {hat, late},
        CaseFilter(status=CaseStatus.CONFIRMED): {mask},
        CaseFilter(since=noon + timedelta(hours=2)): {smoke, patrol, late},
        CaseFilter(until=noon + timedelta(hours=1)): {hat},
        CaseFilter(min_score=0.8): {hat, smoke, patrol, late},
        CaseFilter(district="east", status=CaseStatus.OPEN): {hat, patrol},
        CaseFilter(origin=Origin.PATROL): {patrol},
        CaseFilter(overdue=True): {late},
        CaseFilter(overdue=False): {hat, mask, smoke, patrol},
    }
    assert {each: found(reading, ADMIN, each) for each in asked} == asked


def test_pages_neither_repeat_nor_miss_while_cases_arrive(
    reading: Reading, open_case: Open, clock: ManualClock
) -> None:
    noon = clock.now()
    # Several at the same moment: the order must still be one.
    there = {open_case(at=noon + timedelta(seconds=number // 4)) for number in range(23)}
    seen: list[UUID] = []
    cursor: str | None = None
    while True:
        page = reading.cases(ADMIN, ALL, cursor, limit=5)
        seen += [case.id for case in page.cases]
        open_case(at=noon + timedelta(hours=1))
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 23
    assert set(seen) == there


def test_the_last_page_says_so(reading: Reading, open_case: Open) -> None:
    assert reading.cases(ADMIN, ALL).next is None
    for _ in range(3):
        open_case()
    assert reading.cases(ADMIN, ALL, limit=3).next is None
    assert reading.cases(ADMIN, ALL, limit=2).next


@pytest.mark.parametrize(
    "cursor", ["", "x", "…", "AAAA", "MjAyNi0xMS0yMg==", "bm90LWEtZGF0ZS9ub3QtYS11dWlk", "A" * 5000, "\x00", "-1"]
)
def test_a_cursor_that_is_none_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        Cursor.read(cursor)


def test_a_cursor_from_the_end_of_time_is_refused() -> None:
    text = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+14:00/{uuid4()}".encode()).decode()
    with pytest.raises(Invalid):
        Cursor.read(text)


def test_a_camera_shows_the_worst_of_its_troubles(reading: Reading, database: Database, clock: ManualClock) -> None:
    log = SqlHealthLog(database)
    began = [
        HealthChange("wang-wok", state, True, clock.now())
        for state in (CameraState.MOVED, CameraState.BLACK, CameraState.BLURRED)
    ]
    for change in began:
        log.record(change)
    now = reading.camera(WANG, "wang-wok")
    assert (now.state, len(now.troubles)) == (CameraState.BLACK, 3)
    clock.advance(60)
    for change in began[1:]:
        log.record(dataclasses.replace(change, began=False, at=clock.now()))
    assert reading.camera(WANG, "wang-wok").state is CameraState.MOVED
    assert reading.camera(EAST, "li-wok").state is CameraState.ONLINE
    assert [row.closed_at is None for row in reading.health(EAST)] == [False, False, True]
    assert len(reading.health(EAST, before=reading.health(EAST)[0].id)) == 2
    assert not reading.health(WEST)


def test_alerts_are_told_in_order_and_in_scope(reading: Reading, open_case: Open, database: Database) -> None:
    wang, zhao = open_case("wang"), open_case("zhao")
    with database.session() as session:
        for channel in (None, "wecom"):
            session.add(
                tables.Outbox(
                    id=uuid4(),
                    type="cn.kitchenwatch.storage.pressure",
                    at=session.get_one(tables.Case, wang).opened_at,
                    subject="storage",
                    data={},
                    only_channel=channel,
                )
            )
    newest = reading.newest_alert()
    assert [alert.subject for alert in reading.alerts(ADMIN, 0)] == [str(wang), str(zhao), "storage"]
    assert [alert.subject for alert in reading.alerts(EAST, 0)] == [str(wang)]
    assert [alert.subject for alert in reading.alerts(WEST, 0)] == [str(zhao)]
    first = reading.alerts(ADMIN, 0, limit=1)[0]
    assert [alert.subject for alert in reading.alerts(ADMIN, first.seq)] == [str(zhao), "storage"]
    assert newest == first.seq + 3
    assert not reading.alerts(ADMIN, newest)


@pytest.mark.parametrize("scope", [ADMIN, VIEWER, EAST, WEST, WANG, *NOWHERE])
def test_an_alert_that_was_read_already_is_in_the_same_scope(
    scope: Scope, reading: Reading, open_case: Open, database: Database, clock: ManualClock
) -> None:
    for site in ("wang", "zhao", "li"):
        open_case(site)
    with database.session() as session:
        announce(session, AlertType.STORAGE_PRESSURE, "storage", clock.now(), {})
        announce(session, AlertType.TEST, "gone", clock.now(), {}, site=tables.Site(id="gone", district_id="east"))
    whereabouts = reading.whereabouts()
    told = [alert.seq for alert in reading.alerts(ADMIN, 0) if hears(scope, alert.site, whereabouts)]
    assert told == [alert.seq for alert in reading.alerts(scope, 0)]


def test_what_cameras_had_shown_before_is_read_for_many_cases_at_once(
    reading: Reading, open_case: Open, clock: ManualClock
) -> None:
    found: dict[str, list[UUID]] = {"wang": [], "zhao": []}
    for site in ("wang", "wang", "zhao", "wang", "wang"):
        clock.advance(60)
        found[site].append(open_case(site))
    cases = [reading.case(ADMIN, case) for case in (found["wang"][3], found["wang"][1], found["zhao"][0])]
    before = reading.earlier(ADMIN, cases, 2)
    assert {case: [row.id for row in rows] for case, rows in before.items()} == {
        found["wang"][3]: [found["wang"][2], found["wang"][1]],
        found["wang"][1]: [found["wang"][0]],
        found["zhao"][0]: [],
    }
    assert [piece.kind for piece in before[found["wang"][1]][0].evidence] == [EvidenceKind.SNAPSHOT]
    assert not any(reading.earlier(WEST, cases[:2], 2).values())
