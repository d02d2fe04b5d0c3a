"""Removes evidence and uploads whose time is over, or sooner when the disk runs full (`expiry` says in what order).

Each removal is sealed first, then marked in the rows, then done, so a crash in between can be mended forwards.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kitchenwatch.errors import NotFound, StorageFull
from kitchenwatch.manifest import Event, file_body, violation_body
from kitchenwatch.model import AlertType, EvidenceFile, EvidenceKind
from kitchenwatch.ports import Blobs, Chain, Clock
from kitchenwatch.store.announce import announce
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.database import Database, serialize_outbox
from kitchenwatch.store.expiry import ALL, GIB, UNDER_PRESSURE, RetentionPolicy, expired_cases
from kitchenwatch.store.rows import file_of, upload_files, violation_of
from kitchenwatch.store.tables import Case, Evidence, Upload

# Given up when the disk is so full that not even a removal can be sealed: some hundred seals and their rows.
BALLAST, BALLAST_BYTES = "ballast", 4 * 1024**2
BATCH = 100
ACTOR = "retention"


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken away."""

    cases: int = 0
    files: int = 0
    bytes: int = 0

    def __add__(self, other: "Removed") -> "Removed":
        return Removed(self.cases + other.cases, self.files + other.files, self.bytes + other.bytes)


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What a round did.

    Attributes:
        expired: removed because its time was over.
        pressed: removed before its time, to keep the floor: pressure beat policy.
        free: bytes free afterwards, of `total`.
        short: the floor cannot be kept; nothing more may be removed.
    """

    expired: Removed
    pressed: Removed
    free: int
    total: int
    short: bool


class Retention:
    """Keeps evidence as long as it must be kept and the disk can hold it.

    Attributes:
        policy: another one holds from the next round on.
    """

    def __init__(
        self, database: Database, blobs: Blobs, chain: Chain, clock: Clock, policy: RetentionPolicy | None = None
    ) -> None:
        self._database, self._blobs, self._chain, self._clock = database, blobs, chain, clock
        self.policy = policy or RetentionPolicy()

    def run_once(self) -> RetentionReport:
        """One round. Raises StorageFull, StorageError, SealError; what is not done then is done by the next round."""
        now = self._clock.now()
        expired = self._remove_all(expired_cases(self.policy, now), ALL, "its time is over", lambda: True)
        pressed = self._relieve()
        free, total = self._blobs.free()
        report = RetentionReport(expired, pressed, free, total, short=free < self.policy.floor_bytes)
        self._alarm(report, now)
        self._load_ballast(free)
        return report

    def _relieve(self) -> Removed:
        removed = Removed()
        for which, kinds in UNDER_PRESSURE:
            removed += self._remove_all(which, kinds, "the disk is running full", self._pressing)
        return removed

    def _pressing(self) -> bool:
        return self._blobs.free()[0] < self.policy.floor_bytes

    def _remove_all(
        self, which: ColumnElement[bool], kinds: frozenset[EvidenceKind], reason: str, go_on: Callable[[], bool]
    ) -> Removed:
        removed, touched = Removed(), set[UUID]()
        for case in self._candidates(which, kinds):
            if not go_on():
                break
            files, size = self._remove(case, which, kinds, reason)
            removed += Removed(int(case not in touched and files > 0), files, size)
            touched.add(case)
        return removed

    def _candidates(self, which: ColumnElement[bool], kinds: frozenset[EvidenceKind]) -> Iterator[UUID]:
        """Cases with such files, oldest first. What was removed is not found again, so every page is the first."""
        evidence = Case.evidence.any(and_(Evidence.deleted_at.is_(None), Evidence.kind.in_(kinds)))
        uploads = Case.uploads.any(and_(Upload.deleted_at.is_(None), Upload.purpose.in_(kinds)))
        query = select(Case.id).where(which, Case.legal_hold.is_(False), or_(evidence, uploads))
        query = query.order_by(Case.opened_at, Case.id).limit(BATCH)
        page: list[UUID] = []
        while True:
            with self._database.reading() as session:
                earlier, page = page, list(session.scalars(query))
            if not page or page == earlier:
                return
            yield from page

    def _remove(
        self, case: UUID, which: ColumnElement[bool], kinds: frozenset[EvidenceKind], reason: str
    ) -> tuple[int, int]:
        try:
            return self._seal_and_remove(case, which, kinds, reason)
        except StorageFull:
            self._blobs.delete(BALLAST)
            return self._seal_and_remove(case, which, kinds, reason)

    def _seal_and_remove(
        self, id: UUID, which: ColumnElement[bool], kinds: frozenset[EvidenceKind], reason: str
    ) -> tuple[int, int]:
        """Number and bytes of the files removed; none if somebody has put a hold on the case meanwhile."""
        now = self._clock.now()
        with self._database.session() as session:
            query = select(Case).where(Case.id == id, which, Case.legal_hold.is_(False)).with_for_update()
            case = session.scalar(query)
            rows = _kept(case, kinds) if case else []
            if case is None or not rows:
                return 0, 0
            files = [file for row in rows for file in _files(row)]
            entry = self._chain.append(case.site_id, _manifest(case, files, reason))
            case.seal_seq, case.seal_sha256 = entry.seq, entry.sha256
            for row in rows:
                row.deleted_at = now
            gone = [file.kind for file in files]
            write_audit(session, now, ACTOR, "case.removed", str(id), reason=reason, files=gone, seal=entry.seq)
        for file in files:
            self._blobs.delete(file.key)
        return len(files), sum(file.bytes for file in files)

    def _alarm(self, report: RetentionReport, now: datetime) -> None:
        """At most one alert a day and level: the same trouble every few minutes is no news."""
        level, detail = _pressure(report, self.policy)
        if level is None:
            return
        data = {
            "level": level,
            "detail": detail,
            "free": report.free,
            "total": report.total,
            "floor": self.policy.floor_bytes,
            "removed": {"cases": report.pressed.cases, "files": report.pressed.files, "bytes": report.pressed.bytes},
        }
        with self._database.session() as session:
            serialize_outbox(session)
            occasion = f"{level}/{now.date().isoformat()}"
            announce(session, AlertType.STORAGE_PRESSURE, "storage", now, data, occasion=occasion)

    def _load_ballast(self, free: int) -> None:
        """Take ballast aboard again once there is room."""
        if free < self.policy.floor_bytes + BALLAST_BYTES:
            return
        try:
            self._blobs.size(BALLAST)
        except NotFound:
            self._blobs.put(BALLAST, os.urandom(BALLAST_BYTES))  # zeros would take no room on some file systems


def _kept(case: Case, kinds: frozenset[EvidenceKind]) -> list[Evidence | Upload]:
    """What there is of these kinds."""
    evidence = [row for row in case.evidence if row.deleted_at is None and row.kind in kinds]
    return [*evidence, *(row for row in case.uploads if row.deleted_at is None and row.purpose in kinds)]


def _files(row: Evidence | Upload) -> tuple[EvidenceFile, ...]:
    return upload_files(row) if isinstance(row, Upload) else (file_of(row),)


def _manifest(case: Case, files: list[EvidenceFile], reason: str) -> dict[str, object]:
    violation = case.violation
    return {
        "event": Event.REMOVED,
        "case": str(case.id),
        "violation": violation_body(violation_of(violation, case.site_id)) if violation else None,
        "files": [file_body(file) for file in files],
        "reason": reason,
    }


def _pressure(report: RetentionReport, policy: RetentionPolicy) -> tuple[str | None, str]:
    """How bad it is, and that in words."""
    left = f"{_size(report.free)} of {_size(report.total)} is free"
    taken = f"{report.pressed.files} files of {report.pressed.cases} cases were removed before their time"
    floor = f"the floor of {_size(policy.floor_bytes)}"
    if report.short:
        why = "what is left is confirmed, held or an unreviewed snapshot"
        return "short", f"{left}, below {floor}; {taken}; {why} -> add disk space"
    if report.pressed.files:
        return "pressed", f"{taken}, to keep {floor}; {left} -> add disk space or keep evidence for fewer days"
    if report.free < policy.warn_bytes:
        return "low", f"{left}; below {floor} evidence will be removed before its time -> add disk space"
    return None, ""


def _size(count: int) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB else f"{count / 1024**2:.1f} MiB"
