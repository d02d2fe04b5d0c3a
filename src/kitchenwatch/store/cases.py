"""The case book: what the machine writes down, each time in one transaction, its alert included."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kitchenwatch.errors import NotFound
from kitchenwatch.model import AlertType, CaseStatus, Entry, EvidenceFile, EvidenceKind, Violation
from kitchenwatch.ports import Clock
from kitchenwatch.store import tables
from kitchenwatch.store.announce import announce_case
from kitchenwatch.store.case_rows import evidence_values, locked_case
from kitchenwatch.store.database import Database, insert_if_new, serialize_outbox
from kitchenwatch.store.tables import Camera, Case, Evidence

CLOSED = "closed"


class SqlCases:
    """Cases in the database. Saying the same twice changes nothing, so a retry or a repair is safe.

    Every call raises StorageFull or StorageError when rows cannot be written.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def open(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> bool:
        """Violation, case, evidence and outbox rows; False if that case is already there (then it is left alone).

        Raises NotFound if the camera has not been declared.
        """
        with self._database.session() as session:
            serialize_outbox(session)
            if not _insert_violation(session, violation):
                return False
            case = _case_of(violation)
            session.add(case)
            session.flush()
            _add_files(session, case, files, entry)
            announce_case(session, AlertType.CASE_OPENED, case, violation.opened_at)
            return True

    def add_evidence(self, case: UUID, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """Evidence that came later (the clip). Raises NotFound if there is no such case."""
        with self._database.session() as session:
            serialize_outbox(session)
            row = locked_case(session, case)
            _add_files(session, row, files, entry)
            if any(file.kind is EvidenceKind.CLIP for file in files):
                announce_case(session, AlertType.CASE_CLIP, row, self._clock.now())

    def close(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> None:
        """The violation has ended; its best snapshot joins the evidence. Raises NotFound if there is no such case."""
        with self._database.session() as session:
            serialize_outbox(session)
            case = locked_case(session, violation.id)
            row = session.get_one(tables.Violation, violation.id)
            if row.closed_at is not None:
                return
            closed_at = violation.closed_at or self._clock.now()
            row.closed, row.closed_at = violation.closed, closed_at
            row.score = case.score = violation.score
            row.scores = [list(pair) for pair in violation.scores]
            _add_files(session, case, files, entry)
            announce_case(session, AlertType.CASE_CLOSED, case, closed_at)

    def known(self, case: UUID) -> frozenset[str]:
        """Kinds of evidence that the case already has, `closed` among them once it is; empty if there is no case."""
        with self._database.reading() as session:
            kinds = set(session.scalars(select(Evidence.kind).where(Evidence.case_id == case)))
            violation = session.get(tables.Violation, case)
            return frozenset(kinds | ({CLOSED} if violation and violation.closed_at else set()))


def _insert_violation(session: Session, violation: Violation) -> bool:
    if session.get(Camera, violation.camera) is None:
        raise NotFound(f"there is no camera {violation.camera!r} in the database -> declare it in the configuration")
    return insert_if_new(
        session,
        tables.Violation,
        id=violation.id,
        camera_id=violation.camera,
        kind=violation.kind,
        run=violation.run,
        track=violation.track,
        opened=violation.opened,
        opened_at=violation.opened_at,
        closed=violation.closed,
        closed_at=violation.closed_at,
        score=violation.score,
        box=list(violation.box),
        scores=[list(pair) for pair in violation.scores],
    )


def _case_of(violation: Violation) -> Case:
    return Case(
        id=violation.id,
        violation_id=violation.id,
        site_id=violation.site,
        camera_id=violation.camera,
        kind=violation.kind,
        status=CaseStatus.OPEN,
        opened_at=violation.opened_at,
        score=violation.score,
    )


def _add_files(session: Session, case: Case, files: Sequence[EvidenceFile], entry: Entry) -> None:
    for file in files:
        insert_if_new(session, Evidence, **evidence_values(case.id, file, entry.seq))
    if entry.seq >= (case.seal_seq or 0):
        case.seal_seq, case.seal_sha256 = entry.seq, entry.sha256
    session.flush()
