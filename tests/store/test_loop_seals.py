"""What cannot be sealed has not happened; what has happened proves itself."""

import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from desk import EVERYTHING, Desk
from filed import LI, NOW, WANG, Filed
from sqlalchemy import text

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import Forbidden, NotFound, StorageFull
from kitchenwatch.evidence.keys import SigningKey, load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.lifecycle import Act
from kitchenwatch.manifest import case_key
from kitchenwatch.model import CaseStatus, EvidenceFile, EvidenceKind, Kind, Role
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.loop import Actor, CaseLoop, Found
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.repair import Repair
from kitchenwatch.store.tables import CaseStep
from kitchenwatch.store.uploads import Uploads

STANDS = {
    Act.CONFIRM: CaseStatus.OPEN,
    Act.DISMISS: CaseStatus.OPEN,
    Act.REOPEN: CaseStatus.DISMISSED,
    Act.DISPATCH: CaseStatus.CONFIRMED,
    Act.RECTIFY: CaseStatus.DISPATCHED,
    Act.CLOSE: CaseStatus.RECTIFIED,
    Act.RETURN: CaseStatus.RECTIFIED,
}


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    """The key of `chain`."""
    return load_or_create_key(tmp_path / "key.pem")


def a_finding(desk: Desk, camera: str = "stove", site: str = "canteen") -> Found:
    """A finding of a patrol, its picture already written."""
    case = uuid4()
    file_key = case_key(site, NOW, case, "snapshot.jpg")
    desk.blobs.put(file_key, b"picture")
    picture = EvidenceFile(EvidenceKind.SNAPSHOT, file_key, sha256(b"picture").hexdigest(), 7, "image/jpeg")
    return Found(case, camera, Kind.OTHER, NOW, "地面油污", (picture,))


@pytest.mark.parametrize("act", STANDS)
def test_an_act_that_cannot_be_sealed_has_not_happened(
    act: Act, kitchen: Database, clock: ManualClock, small_disk: Path, tmp_path: Path
) -> None:
    """The disk of the evidence is full, that of the rows is not."""
    blobs = DiskBlobs(small_disk / "blobs")
    chain = FileChain(blobs, load_or_create_key(tmp_path / "other.pem"), clock, tmp_path / "other-locks")
    loop = CaseLoop(kitchen, chain, clock)
    filed = Filed(blobs, chain, SqlCases(kitchen, clock))
    desk = Desk(filed, loop, Uploads(kitchen, blobs, chain, clock), kitchen, blobs, clock)
    case = desk.open(STANDS[act])
    move, before, told = desk.move(case, act), desk.rows(), desk.case(case)
    fill(small_disk / "filler")
    by = WANG if act is Act.RECTIFY else LI
    with pytest.raises(StorageFull):
        loop.act(case, move, by)
    after = desk.case(case)
    assert desk.rows() == before
    assert (after.status, after.revision, after.seal_seq, after.decided_at) == (
        told.status,
        told.revision,
        told.seal_seq,
        told.decided_at,
    )
    (small_disk / "filler").unlink()
    assert loop.act(case, move, by) == told.revision + 1


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file, suppress(OSError):  # no space left
        while True:
            file.write(b"x" * 4096)


def test_an_act_whose_rows_are_refused_can_be_done_again(desk: Desk, chain: FileChain, key: SigningKey) -> None:
    """The chain then holds a step that the rows do not: nobody is told, and nothing has to be mended."""
    case = desk.open()
    with desk.database.session() as session:
        session.execute(text("ALTER TABLE audit RENAME TO audit_away"))
    with pytest.raises(Exception, match=r"(?i)audit"):
        desk.do(case, Act.CONFIRM)
    with desk.database.session() as session:
        session.execute(text("ALTER TABLE audit_away RENAME TO audit"))
    assert (desk.case(case).status, desk.case(case).steps) == ("open", [])
    desk.do(case, Act.CONFIRM)
    steps = [entry.manifest for entry in chain.entries("canteen") if entry.manifest["event"] == "step"]
    assert [(step["act"], step["revision"]) for step in steps] == [("confirm", 2)] * 2
    assert [step.seal_seq for step in desk.case(case).steps] == [steps[1]["seq"]]
    assert repair_of(desk, chain).check() == []
    assert verify_store(desk.blobs, key.public).findings == ()


def repair_of(desk: Desk, chain: FileChain) -> Repair:
    return Repair(desk.database, desk.blobs, chain, SqlCases(desk.database, desk.clock), desk.clock)


def live_a_life(desk: Desk) -> list[UUID]:
    """A case of the machine, returned once, and one of a patrol."""
    case = desk.open()
    patrol = desk.loop.find(a_finding(desk), LI)
    for act in (Act.CONFIRM, Act.DISPATCH, Act.RECTIFY, Act.RETURN, Act.RECTIFY, Act.CLOSE):
        desk.do(case, act)
    for act in (Act.DISMISS, Act.CONFIRM, Act.DISPATCH):
        desk.do(patrol, act)
    desk.send(patrol)
    return [case, patrol]


def test_after_all_that_people_do_the_store_is_sound_and_proves_itself(
    desk: Desk, chain: FileChain, key: SigningKey
) -> None:
    live_a_life(desk)
    repair = repair_of(desk, chain)
    assert repair.check() == []
    assert repair.run() == []
    report = verify_store(desk.blobs, key.public)
    assert (report.findings, report.unsealed) == ((), ())
    # Five of the machine, one of the patrol, five uploads with their copies for people.
    assert report.files == 5 + 1 + 2 * 5


def test_a_photo_that_was_changed_is_found(desk: Desk, key: SigningKey) -> None:
    case, patrol = live_a_life(desk)
    photo = desk.case(case).uploads[0]
    picture = desk.case(patrol).evidence[0]
    for piece in (photo, picture):
        desk.blobs.put(piece.key, b"another one")
    findings = verify_store(desk.blobs, key.public).findings
    assert {(finding.key, finding.problem) for finding in findings} == {
        (photo.key, "changed"),
        (picture.key, "changed"),
    }


def test_a_patrol_finding_said_twice_is_one_case(desk: Desk, chain: FileChain) -> None:
    found = a_finding(desk)
    assert desk.loop.find(found, LI) == desk.loop.find(found, LI) == found.id
    case = Reading(desk.database).case(EVERYTHING, found.id)
    assert (case.origin, case.found_by, case.kind, case.status, case.violation_id) == (
        "patrol",
        "li",
        "other",
        "open",
        None,
    )
    assert (case.opened_at, case.site_id, case.camera_id) == (NOW, "canteen", "stove")
    assert [(step.act, step.by, step.remark) for step in case.steps] == [("find", "li", "地面油污")]
    assert [piece.kind for piece in case.evidence] == ["snapshot"]
    assert [entry.manifest["event"] for entry in chain.entries("canteen")] == ["found", "step"]
    (alert,) = desk.alerts()
    assert (alert.type, alert.data["origin"], alert.data["seal"]["seq"]) == ("cn.kitchenwatch.case.opened", "patrol", 2)
    assert [(row.actor, row.action) for row in desk.audit()] == [("li", "case.find")]


def test_who_may_not_patrol_finds_nothing(desk: Desk) -> None:
    found = a_finding(desk)
    for role in (Role.BUSINESS, Role.VIEWER):
        with pytest.raises(Forbidden):
            desk.loop.find(found, Actor("x", role))
    with pytest.raises(NotFound, match="'roof'"):
        desk.loop.find(a_finding(desk, camera="roof"), LI)
    assert desk.rows() == [0] * 6


def test_steps_are_not_invented_from_a_chain(desk: Desk, chain: FileChain) -> None:
    """Rows that are lost come back only as far as the machine wrote them; the chain still tells the steps."""
    case = desk.open(CaseStatus.CONFIRMED)
    with desk.database.session() as session:
        session.query(CaseStep).delete()
    assert repair_of(desk, chain).run() == []
    assert desk.case(case).steps == []
    assert "confirm" in [entry.manifest.get("act") for entry in chain.entries("canteen")]


def test_a_copy_of_the_store_can_be_verified_elsewhere(desk: Desk, key: SigningKey, tmp_path: Path) -> None:
    case, _ = live_a_life(desk)
    shutil.copytree(tmp_path / "blobs", tmp_path / "copy")
    report = verify_store(tmp_path / "copy", key.public, case=case)
    assert (report.findings, report.unsealed, report.files) == ((), (), 5 + 2 * 4)
