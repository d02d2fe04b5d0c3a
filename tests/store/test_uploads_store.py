"""Uploads after a crash, under retention and in the proof: rows, seals and files stay together."""

from uuid import UUID

import pytest
from desk import EVERYTHING, Desk
from filed import WANG, sent

from kitchenwatch.errors import Conflict, Forbidden, NotFound
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.lifecycle import Act
from kitchenwatch.manifest import Event
from kitchenwatch.model import CaseStatus, Doubt, EvidenceKind, Role
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.loop import Actor
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.repair import Repair, Trouble
from kitchenwatch.store.retention import Retention
from kitchenwatch.store.tables import Upload
from kitchenwatch.store.uploads import waiting

COLUMNS = [column.key for column in Upload.__table__.columns]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: what differs between the two databases is tested elsewhere."""
    return sqlite_url


@pytest.fixture
def repair(kitchen: Database, blobs: DiskBlobs, chain: FileChain, cases: SqlCases, desk: Desk) -> Repair:
    """Looks after the store."""
    return Repair(kitchen, blobs, chain, cases, desk.clock)


def row(desk: Desk, upload: UUID) -> Upload:
    with desk.database.reading() as session:
        found = session.get(Upload, upload)
        assert found is not None
        return found


def values(upload: Upload) -> dict[str, object]:
    return {name: getattr(upload, name) for name in COLUMNS}


def troubles(repair: Repair) -> list[Trouble]:
    return [problem.trouble for problem in repair.check()]


def test_an_upload_whose_row_was_lost_comes_back_from_its_seal(desk: Desk, repair: Repair) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    upload = desk.send(case)
    before = values(row(desk, upload))
    with desk.database.session() as session:
        session.delete(session.get(Upload, upload))
    assert troubles(repair) == [Trouble.UNADOPTED]
    repair.run()
    assert (troubles(repair), values(row(desk, upload))) == ([], before)


def test_a_removal_that_stopped_half_way_is_carried_through(desk: Desk, repair: Repair, blobs: DiskBlobs) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    upload = desk.send(case)
    there = row(desk, upload)
    files = {key: blobs.get(key) for key in (there.key, there.shown_key)}
    desk.uploads.take_back(case, upload, WANG)
    with desk.database.session() as session:  # sealed, but neither noted nor done
        session.get(Upload, upload).deleted_at = None  # type: ignore[union-attr]
    for key, data in files.items():
        blobs.put(key, data)
    assert set(troubles(repair)) == {Trouble.UNADOPTED, Trouble.LEFTOVER}
    repair.run()
    assert troubles(repair) == []
    assert row(desk, upload).deleted_at == desk.clock.now()
    assert not files.keys() & set(blobs.keys("evidence"))


def test_a_photo_that_is_gone_is_named(desk: Desk, repair: Repair, blobs: DiskBlobs) -> None:
    upload = row(desk, desk.send(desk.open(CaseStatus.DISPATCHED)))
    blobs.delete(upload.shown_key)
    assert [(problem.trouble, problem.place) for problem in repair.check()] == [(Trouble.MISSING, upload.shown_key)]


def test_a_step_whose_rows_were_lost_stops_nothing(desk: Desk, repair: Repair, chain: FileChain) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    chain.append("canteen", {"event": str(Event.STEP), "case": str(case), "violation": None, "files": []})
    assert troubles(repair) == []


def test_retention_takes_the_photos_with_the_evidence(
    desk: Desk, repair: Repair, blobs: DiskBlobs, chain: FileChain
) -> None:
    case = desk.open(CaseStatus.CLOSED)
    spare = desk.open(CaseStatus.DISPATCHED)
    kept = row(desk, desk.send(spare))
    desk.clock.advance(40 * 86_400)
    policy = RetentionPolicy(confirmed_days=30, floor_bytes=0, warn_bytes=0)
    report = Retention(desk.database, blobs, chain, desk.clock, policy).run_once()
    assert report.expired.files == 9  # five of evidence, and two each of a photo and a portrait
    gone = Reading(desk.database).case(EVERYTHING, case).uploads
    assert [upload.deleted_at is not None for upload in gone] == [True, True]
    assert [key for key in blobs.keys("evidence") if str(case) in key] == []
    assert blobs.size(kept.key) > 0
    assert troubles(repair) == []


def test_whats_waiting_is_of_this_person_and_round(desk: Desk) -> None:
    case = desk.open(CaseStatus.DISPATCHED)
    desk.send(case, by=Actor("cook", Role.BUSINESS))
    mine, portrait = desk.send(case), desk.send(case, EvidenceKind.PORTRAIT)
    left = desk.send(case)
    reading = Reading(desk.database)
    assert [upload.id for upload in waiting(reading.case(EVERYTHING, case), "wang")] == [mine, portrait, left]
    desk.do(case, Act.RECTIFY, uploads=(mine, portrait))
    assert [upload.id for upload in waiting(reading.case(EVERYTHING, case), "wang")] == [left]
    desk.do(case, Act.RETURN)
    assert waiting(reading.case(EVERYTHING, case), "wang") == []


def test_only_a_business_sends_and_only_what_is_asked(desk: Desk, blobs: DiskBlobs) -> None:
    case = desk.open(CaseStatus.CONFIRMED)
    photo = sent(blobs, desk.clock.now(), EvidenceKind.PHOTO, b"x")
    with pytest.raises(Conflict):
        desk.uploads.add(case, photo, WANG)
    with pytest.raises(Forbidden):
        desk.uploads.add(case, photo, Actor("viewer", Role.VIEWER))
    with pytest.raises(NotFound):
        desk.uploads.add(photo.id, photo, WANG)
    assert [key for key in blobs.keys("evidence") if "photo" in key] == []


@pytest.mark.parametrize(("phash", "like"), [("000000000000003f", True), ("000000000000007f", False)])
def test_six_bits_are_near_and_seven_are_not(phash: str, like: bool, desk: Desk, blobs: DiskBlobs) -> None:
    first, second = desk.open(CaseStatus.DISPATCHED), desk.open(CaseStatus.DISPATCHED)
    now = desk.clock.now()
    desk.uploads.add(first, sent(blobs, now, EvidenceKind.PHOTO, b"one", "0" * 16), WANG)
    upload = desk.uploads.add(second, sent(blobs, now, EvidenceKind.PHOTO, b"two", phash), WANG)
    told = [{"code": str(Doubt.SIMILAR), "at": now.isoformat(), "case": str(first)}]
    assert upload.doubts == (told if like else [])


def test_the_proof_covers_photos_and_copies(desk: Desk, blobs: DiskBlobs, chain: FileChain) -> None:
    case = desk.open(CaseStatus.RECTIFIED)
    key = chain._key.public
    report = verify_store(blobs, key, case=case)
    assert (report.findings, report.unsealed, report.files) == ((), (), 9)
