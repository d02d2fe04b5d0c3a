"""What is removed, when, and in which order."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filed import LI, Filed, a_violation
from sqlalchemy import select

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import StorageFull
from kitchenwatch.evidence.keys import load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.lifecycle import Act
from kitchenwatch.manifest import Event
from kitchenwatch.model import Kind, VerdictReason, Violation
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.keeping import Due, Keeping
from kitchenwatch.store.loop import CaseLoop, Move
from kitchenwatch.store.retention import BALLAST, Retention
from kitchenwatch.store.tables import Audit, Case, Evidence, Outbox

DAY = 86_400
POLICY = RetentionPolicy(rolling_days=30, dismissed_days=7, floor_bytes=0, warn_bytes=0)

Run = Callable[..., Retention]


@pytest.fixture
def retention(kitchen: Database, blobs: DiskBlobs, chain: FileChain, clock: ManualClock) -> Run:
    """Retention with a policy of its own, on the disk or on blobs that pretend to be a smaller one."""

    def make(policy: RetentionPolicy = POLICY, on: DiskBlobs = blobs) -> Retention:
        return Retention(kitchen, on, chain, clock, policy)

    return make


class SmallDisk(DiskBlobs):
    """A disk that would hold `total` bytes of evidence."""

    total = 100_000

    def free(self) -> tuple[int, int]:
        return self.total - sum(self.size(key) for key in self.keys("evidence/")), self.total


@pytest.fixture
def small(blobs: DiskBlobs, tmp_path: Path) -> SmallDisk:
    """The same blobs, on a small disk."""
    return SmallDisk(tmp_path / "blobs")


def kept(database: Database, violation: Violation) -> set[str]:
    with database.reading() as session:
        query = select(Evidence.kind).where(Evidence.case_id == violation.id, Evidence.deleted_at.is_(None))
        return set(session.scalars(query))


def on_disk(blobs: DiskBlobs, violation: Violation) -> set[str]:
    return {Path(key).stem for key in blobs.keys("evidence/") if str(violation.id) in key}


def removals(chain: FileChain) -> Iterator[dict[str, Any]]:
    for entry in chain.entries("canteen"):
        if entry.manifest["event"] == Event.REMOVED:
            yield entry.manifest


def alarms(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        query = select(Outbox).where(Outbox.type == "cn.kitchenwatch.storage.pressure").order_by(Outbox.seq)
        return [row.data for row in session.scalars(query)]


def dismiss(loop: CaseLoop, violation: Violation) -> None:
    loop.act(violation.id, Move(Act.DISMISS, 1, reason=VerdictReason.FALSE_ALARM), LI)


def confirm(loop: CaseLoop, violation: Violation) -> None:
    loop.act(violation.id, Move(Act.CONFIRM, 1), LI)


ALL = {"snapshot", "annotated", "crop", "clip", "best"}
PER_CASE = 5 * 1000


def test_each_goes_when_its_own_time_is_over(
    retention: Run, filed: Filed, loop: CaseLoop, kitchen: Database, clock: ManualClock
) -> None:
    unseen, wrong, right, held, smoke = (a_violation(n) for n in range(5))
    smoke = replace(smoke, kind=Kind.SMOKING)
    for violation in (unseen, wrong, right, held, smoke):
        filed.whole(violation)
    dismiss(loop, wrong)
    confirm(loop, right)
    loop.hold(held.id, True, LI)
    remover = retention(replace(POLICY, kind_days={Kind.SMOKING: 60}))
    everything = [unseen, wrong, right, held, smoke]
    for days, gone in (
        (6.9, []),
        (0.2, [wrong]),
        (22.8, [wrong]),
        (0.2, [wrong, unseen]),
        (30, [wrong, unseen, smoke]),
    ):
        clock.advance(days * DAY)
        remover.run_once()
        assert [v for v in everything if not kept(kitchen, v)] == [v for v in everything if v in gone]
    clock.advance(9000 * DAY)
    assert remover.run_once().expired.cases == 0
    assert kept(kitchen, right) == kept(kitchen, held) == ALL


def test_confirmed_cases_go_only_if_the_policy_says_so(
    retention: Run, filed: Filed, loop: CaseLoop, kitchen: Database, clock: ManualClock
) -> None:
    right = a_violation()
    filed.whole(right)
    confirm(loop, right)
    clock.advance(800 * DAY)
    retention(replace(POLICY, confirmed_days=730)).run_once()
    assert kept(kitchen, right) == set()


def test_what_has_no_end_is_kept(
    retention: Run, filed: Filed, loop: CaseLoop, kitchen: Database, clock: ManualClock
) -> None:
    unseen, wrong = a_violation(1), a_violation(2)
    filed.open(unseen)
    filed.open(wrong)
    dismiss(loop, wrong)
    clock.advance(9000 * DAY)
    report = retention(replace(POLICY, rolling_days=None, dismissed_days=None)).run_once()
    assert report.expired.files == 0


def test_a_removal_is_sealed_marked_done_and_audited(
    retention: Run, filed: Filed, blobs: DiskBlobs, chain: FileChain, kitchen: Database, clock: ManualClock
) -> None:
    violation = a_violation()
    filed.whole(violation)
    clock.advance(31 * DAY)
    report = retention().run_once()
    assert (report.expired.cases, report.expired.files, report.expired.bytes) == (1, 5, PER_CASE)
    assert on_disk(blobs, violation) == set()
    (manifest,) = removals(chain)
    assert manifest["case"] == str(violation.id)
    assert manifest["reason"] == "its time is over"
    assert {file["kind"] for file in manifest["files"]} == ALL
    assert manifest["violation"]["id"] == str(violation.id)
    with kitchen.reading() as session:
        case = session.get_one(Case, violation.id)
        assert case.seal_seq == manifest["seq"]
        assert {row.deleted_at for row in case.evidence} == {clock.now()}
        assert [(row.actor, row.action) for row in session.scalars(select(Audit))] == [("retention", "case.removed")]
    assert retention().run_once().expired.files == 0


def test_under_pressure_files_go_in_the_stated_order(
    retention: Run, filed: Filed, loop: CaseLoop, kitchen: Database, small: SmallDisk
) -> None:
    wrong_old, open_old, right, held, wrong_new, open_new = (a_violation(n) for n in range(6))
    everything = (wrong_old, open_old, right, held, wrong_new, open_new)
    for violation in everything:
        filed.whole(violation)
    for violation in (wrong_new, wrong_old):
        dismiss(loop, violation)
    confirm(loop, right)
    loop.hold(held.id, True, LI)
    gone: list[tuple[int, str]] = []
    before = {(n, kind) for n, v in enumerate(everything) for kind in kept(kitchen, v)}
    while True:
        floor = small.free()[0] + 1
        report = retention(replace(POLICY, floor_bytes=floor), small).run_once()
        now = {(n, kind) for n, v in enumerate(everything) for kind in kept(kitchen, v)}
        gone += sorted(before - now)
        before = now
        if report.short:
            break
    pictures = ["annotated", "best", "crop"]
    assert gone == (
        [(0, kind) for kind in sorted(ALL)]
        + [(4, kind) for kind in sorted(ALL)]
        + [(1, kind) for kind in pictures]
        + [(5, kind) for kind in pictures]
        + [(1, "clip"), (5, "clip")]
    )
    for violation in everything:
        assert on_disk(small, violation) == kept(kitchen, violation)


def test_pressure_stops_at_the_floor(retention: Run, filed: Filed, kitchen: Database, small: SmallDisk) -> None:
    first, second = a_violation(1), a_violation(2)
    filed.whole(first)
    filed.whole(second)
    report = retention(replace(POLICY, floor_bytes=small.total - 2 * PER_CASE + 2500), small).run_once()
    assert (report.pressed.cases, report.pressed.files, report.short) == (1, 3, False)
    assert kept(kitchen, first) == {"snapshot", "clip"}
    assert kept(kitchen, second) == ALL


def test_operators_are_told_before_when_and_after_the_floor_bites(
    retention: Run, filed: Filed, kitchen: Database, small: SmallDisk, clock: ManualClock
) -> None:
    policy = replace(POLICY, floor_bytes=small.total - 8000, warn_bytes=small.total - 4000)
    filed.open(a_violation(1))
    retention(policy, small).run_once()
    assert alarms(kitchen) == []
    filed.clip(a_violation(1), size=3000)
    for _ in range(2):
        retention(policy, small).run_once()
    filed.open(a_violation(2))
    retention(policy, small).run_once()
    filed.open(a_violation(3), size=9000)
    retention(policy, small).run_once()
    told = alarms(kitchen)
    assert [data["level"] for data in told] == ["low", "pressed", "short"]
    assert "will be removed before its time" in told[0]["detail"]
    assert "2 files of 1 cases were removed before their time" in told[1]["detail"]
    assert told[1]["removed"] == {"cases": 1, "files": 2, "bytes": 2000}
    assert "add disk space" in told[2]["detail"]
    clock.advance(DAY)
    retention(policy, small).run_once()
    assert [data["level"] for data in alarms(kitchen)] == ["low", "pressed", "short", "short"]


class Interrupted(DiskBlobs):
    """Somebody does something while a file is deleted."""

    def __init__(self, root: Path, act: Callable[[], None]) -> None:
        super().__init__(root)
        self._act = act

    def delete(self, key: str) -> None:
        self._act()
        super().delete(key)


def test_a_hold_that_comes_in_between_is_respected(
    retention: Run,
    filed: Filed,
    loop: CaseLoop,
    kitchen: Database,
    clock: ManualClock,
    chain: FileChain,
    tmp_path: Path,
) -> None:
    first, second = a_violation(1), a_violation(2)
    filed.open(first)
    filed.open(second)
    clock.advance(31 * DAY)
    retention(on=Interrupted(tmp_path / "blobs", lambda: loop.hold(second.id, True, LI))).run_once()
    assert kept(kitchen, first) == set()
    assert kept(kitchen, second) == {"snapshot", "annotated", "crop"}
    assert len(list(removals(chain))) == 1


def test_a_disk_without_a_byte_left_is_freed_by_giving_up_the_ballast(
    filed: Filed, kitchen: Database, clock: ManualClock, small_disk: Path, tmp_path: Path
) -> None:
    """Sealing a removal needs room itself."""
    blobs = DiskBlobs(small_disk / "blobs")
    chain = FileChain(blobs, load_or_create_key(tmp_path / "other.pem"), clock, tmp_path / "other-locks")
    on_small_disk = Filed(blobs, chain, SqlCases(kitchen, clock))
    blobs.put(BALLAST, b"x" * 100_000)
    violation = a_violation()
    on_small_disk.open(violation, size=100_000)
    with pytest.raises(OSError, match="No space left"):
        fill(small_disk / "filler")
    with pytest.raises(StorageFull):
        blobs.put("evidence/more", b"x")
    clock.advance(31 * DAY)
    report = Retention(kitchen, blobs, chain, clock, POLICY).run_once()
    assert report.expired.files == 3
    assert next(removals(chain))["case"] == str(violation.id)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_ballast_is_taken_aboard_while_there_is_room(retention: Run, blobs: DiskBlobs) -> None:
    retention().run_once()
    assert blobs.size(BALLAST) > 0


def test_what_a_shorter_period_would_take_is_known_before(
    retention: Run, filed: Filed, loop: CaseLoop, kitchen: Database, clock: ManualClock
) -> None:
    unseen, wrong, right, held, young = (a_violation(n) for n in range(5))
    for violation in (unseen, wrong, right, held):
        filed.whole(violation)
    dismiss(loop, wrong)
    confirm(loop, right)
    loop.hold(held.id, True, LI)
    clock.advance(10 * DAY)
    filed.whole(replace(young, opened_at=clock.now()))
    keeping = Keeping(kitchen)
    now = replace(POLICY, dismissed_days=30)
    for wanted, cases in (
        (now, 0),
        (replace(now, rolling_days=9), 1),
        (replace(now, rolling_days=9, kind_days={Kind.NO_HAT: 90}), 0),
        (replace(now, rolling_days=9, dismissed_days=7), 2),
        (replace(now, rolling_days=9, dismissed_days=7, confirmed_days=1), 3),
        (replace(now, rolling_days=90), 0),
    ):
        due = keeping.due(wanted, now, clock.now())
        assert (due.cases, due.bytes) == (cases, cases * PER_CASE)
    assert keeping.due(now, POLICY, clock.now()) == Due(0, 0), "due already"
    report = retention(replace(now, rolling_days=9)).run_once()
    assert (report.expired.cases, report.expired.bytes) == (1, PER_CASE)
    assert keeping.due(replace(now, rolling_days=9), now, clock.now()) == Due(0, 0), "gone already"


def test_another_policy_holds_from_the_next_round(
    retention: Run, filed: Filed, kitchen: Database, clock: ManualClock
) -> None:
    filed.whole(a_violation())
    clock.advance(10 * DAY)
    remover = retention()
    assert remover.run_once().expired.cases == 0
    remover.policy = replace(POLICY, rolling_days=9)
    assert remover.run_once().expired.cases == 1
    assert not kept(kitchen, a_violation())
