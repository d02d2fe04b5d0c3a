"""The case loop in the database: each act on a case is one transaction, with its step, seal, alert and audit row."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kitchenwatch.errors import Conflict, Invalid, NotFound
from kitchenwatch.lifecycle import Act, Severity, Standing, after, check_may
from kitchenwatch.manifest import moment
from kitchenwatch.model import (
    AlertType,
    CaseStatus,
    EvidenceFile,
    EvidenceKind,
    Kind,
    Mistaken,
    Origin,
    Role,
    VerdictReason,
)
from kitchenwatch.ports import Chain, Clock
from kitchenwatch.store.announce import announce_case
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.case_manifests import found_manifest, step_manifest
from kitchenwatch.store.case_rows import evidence_values, locked_case
from kitchenwatch.store.database import Database, serialize_outbox
from kitchenwatch.store.tables import Camera, Case, CaseStep, Evidence, Upload
from kitchenwatch.store.users import SYSTEM

ALERTS: Mapping[Act, AlertType] = {
    Act.FIND: AlertType.CASE_OPENED,
    Act.CONFIRM: AlertType.CASE_VERDICT,
    Act.DISMISS: AlertType.CASE_VERDICT,
    Act.REOPEN: AlertType.CASE_VERDICT,
    Act.DISPATCH: AlertType.CASE_DISPATCHED,
    Act.RECTIFY: AlertType.CASE_RECTIFIED,
    Act.CLOSE: AlertType.CASE_RECHECKED,
    Act.RETURN: AlertType.CASE_RECHECKED,
    Act.ESCALATE: AlertType.CASE_OVERDUE,
}
VERDICTS = (Act.CONFIRM, Act.DISMISS, Act.REOPEN)
ANSWER = frozenset({EvidenceKind.PHOTO, EvidenceKind.PORTRAIT})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; a role of None is the machine itself."""

    name: str
    role: Role | None
    address: str = ""


CLOCKWORK = Actor(SYSTEM, None)


@dataclass(frozen=True, slots=True)
class Move:
    """What somebody wants to do to a case.

    Attributes:
        revision: of the case as they saw it.
        reason, mistaken: of a dismissal.
        severity, deadline, asked: of an order; a returned answer needs the deadline alone.
        uploads: photos of an answer, a portrait among them.
    """

    act: Act
    revision: int
    remark: str = ""
    reason: VerdictReason | None = None
    mistaken: Mistaken | None = None
    severity: Severity | None = None
    deadline: datetime | None = None
    asked: str = ""
    uploads: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A violation that somebody found by hand (网上巡查).

    Attributes:
        id: of the new case; saying the same twice opens one case.
        at: UTC moment that the pictures show.
        files: what was kept of it, already in the blob store.
    """

    id: UUID
    camera: str
    kind: Kind
    at: datetime
    remark: str = ""
    files: tuple[EvidenceFile, ...] = field(default=())


class CaseLoop:
    """What people do with cases. Whether they may see the case has been asked before.

    Every call raises StorageFull or StorageError when rows or seals cannot be written.
    """

    def __init__(self, database: Database, chain: Chain, clock: Clock) -> None:
        self._database, self._chain, self._clock = database, chain, clock

    def act(self, case: UUID, move: Move, by: Actor) -> int:
        """Do it, write it down, seal it and tell it; the case's new revision.

        Raises:
            NotFound: there is no such case, or an upload is none of it.
            Forbidden: not for that role.
            Conflict: somebody has changed the case since, or it stands where this cannot be done.
            Invalid: something that this act needs is missing.
        """
        if by.role is not None:
            check_may(move.act, by.role)
        _check(move)
        now = self._clock.now()
        with self._database.session() as session:
            serialize_outbox(session)
            row = locked_case(session, case)
            if row.revision != move.revision:
                raise Conflict(f"case {case} has been changed meanwhile -> look at it again")
            standing = after(standing_of(row), move.act, now, move.deadline)
            uploads = _answer(session, row, move, by)
            _apply(row, standing, move, by, now)
            self._write(session, row, move.act, by, now, move.remark, _particulars(move), uploads)
            return row.revision

    def find(self, found: Found, by: Actor) -> UUID:
        """Open a case by hand; the pictures' files are sealed with it.

        Raises:
            NotFound: there is no such camera.
            Forbidden: not for that role.
        """
        if by.role is not None:
            check_may(Act.FIND, by.role)
        now = self._clock.now()
        with self._database.session() as session:
            serialize_outbox(session)
            if session.get(Case, found.id) is not None:
                return found.id
            camera = session.get(Camera, found.camera)
            if camera is None:
                raise NotFound(f"there is no camera {found.camera!r}")
            row = _found(found, camera, by)
            session.add(row)
            session.flush()
            entry = self._chain.append(row.site_id, found_manifest(row, found.files, by.name, now, found.remark))
            session.add_all(Evidence(**evidence_values(row.id, file, entry.seq)) for file in found.files)
            row.seal_seq, row.seal_sha256 = entry.seq, entry.sha256
            session.flush()
            self._write(session, row, Act.FIND, by, now, found.remark, {"kind": found.kind}, [])
        return found.id

    def overdue(self) -> Sequence[tuple[UUID, int]]:
        """Orders past their deadline that have not been escalated: case and revision, the oldest first."""
        query = select(Case.id, Case.revision).where(
            Case.status == CaseStatus.DISPATCHED, Case.deadline < self._clock.now(), Case.overdue_at.is_(None)
        )
        with self._database.reading() as session:
            return [(case, revision) for case, revision in session.execute(query.order_by(Case.deadline))]

    def escalate_overdue(self) -> int:
        """Escalate every order that is overdue; how many there were."""
        escalated = 0
        for case, revision in self.overdue():
            with suppress(Conflict):  # it has been answered meanwhile
                self.act(case, Move(Act.ESCALATE, revision), CLOCKWORK)
                escalated += 1
        return escalated

    def hold(self, case: UUID, hold: bool, by: Actor) -> None:
        """Keep a case's evidence whatever its age (legal hold), or no longer. Raises NotFound."""
        with self._database.session() as session:
            row = locked_case(session, case)
            if row.legal_hold is not hold:
                row.legal_hold = hold
                write_audit(session, self._clock.now(), by.name, "case.hold", str(case), by.address, hold=hold)

    def _write(
        self,
        session: Session,
        row: Case,
        act: Act,
        by: Actor,
        now: datetime,
        remark: str,
        data: dict[str, Any],
        uploads: Sequence[Upload],
    ) -> None:
        step = _step(row, act, by, now, remark, data)
        entry = self._chain.append(row.site_id, step_manifest(step, uploads))
        step.seal_seq = row.seal_seq = entry.seq
        row.seal_sha256 = entry.sha256
        session.add(step)
        session.flush()
        for upload in uploads:
            upload.step_id = step.id
        session.flush()
        announce_case(session, ALERTS[act], row, now, occasion=str(row.revision))
        told = {"status": row.status, "revision": row.revision, "remark": remark, **data}
        write_audit(session, now, by.name, f"case.{act}", str(row.id), by.address, **told)


def standing_of(case: Case) -> Standing:
    """Where a case stands, for `lifecycle`."""
    return Standing(CaseStatus(case.status), case.round, case.deadline, case.overdue_at)


def _check(move: Move) -> None:
    """What an act cannot do without. Raises Invalid."""
    match move.act:
        case Act.FIND:
            raise Invalid("a case is opened by `find`, not changed by it")
        case Act.DISMISS if move.reason in (None, VerdictReason.VIOLATION):
            raise Invalid("a dismissal needs a reason, and `violation` is none")
        case Act.RETURN if not move.remark.strip():
            raise Invalid("whoever returns an answer must say what is missing")
        case Act.DISPATCH if move.severity is None:
            raise Invalid("an order needs a severity")


def _answer(session: Session, case: Case, move: Move, by: Actor) -> Sequence[Upload]:
    """The uploads of an answer, all sent by who answers in this round. Raises NotFound, Invalid."""
    if move.act is not Act.RECTIFY:
        return ()
    query = select(Upload).where(Upload.id.in_(move.uploads), Upload.case_id == case.id, Upload.step_id.is_(None))
    query = query.where(Upload.by == by.name, Upload.round == case.round, Upload.deleted_at.is_(None))
    found = session.scalars(query.order_by(Upload.at)).all()
    if len(found) != len(set(move.uploads)):
        raise NotFound("a photo is not there, or belongs to another answer -> send it again")
    if not {upload.purpose for upload in found} >= ANSWER:
        raise Invalid("an answer needs a photo of what was put right, and a portrait of who sends it")
    return found


def _apply(row: Case, standing: Standing, move: Move, by: Actor, now: datetime) -> None:
    row.status, row.round = standing.status, standing.round
    row.deadline, row.overdue_at = standing.deadline, standing.overdue_at
    row.revision += 1
    if move.act in VERDICTS:
        row.reason = VerdictReason.VIOLATION if move.act is Act.CONFIRM else move.reason
        row.mistaken, row.remark = move.mistaken, move.remark
        decided = move.act is not Act.REOPEN
        row.decided_by, row.decided_at = (by.name, now) if decided else (None, None)
    if move.act is Act.DISPATCH:
        row.severity, row.asked = move.severity, move.asked


def _particulars(move: Move) -> dict[str, Any]:
    """What a step says beside its remark."""
    said = {
        "reason": move.reason,
        "mistaken": move.mistaken,
        "severity": move.severity,
        "deadline": moment(move.deadline),
        "asked": move.asked,
    }
    return {name: value for name, value in said.items() if value}


def _step(row: Case, act: Act, by: Actor, now: datetime, remark: str, data: dict[str, Any]) -> CaseStep:
    return CaseStep(
        case_id=row.id,
        act=act,
        by=by.name,
        role=by.role,
        at=now,
        remark=remark,
        status=row.status,
        round=row.round,
        deadline=row.deadline,
        revision=row.revision,
        data=data,
    )


def _found(found: Found, camera: Camera, by: Actor) -> Case:
    return Case(
        id=found.id,
        site_id=camera.site_id,
        camera_id=camera.id,
        kind=found.kind,
        status=CaseStatus.OPEN,
        opened_at=found.at,
        score=1.0,
        origin=Origin.PATROL,
        found_by=by.name,
        revision=1,
        round=0,
    )
