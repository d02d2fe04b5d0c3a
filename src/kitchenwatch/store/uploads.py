"""Photos that businesses send: each is written, sealed and noted as it comes, before it is part of an answer.

A portrait of the sender and the photos belong together by the step that answers: its manifest names all of them.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kitchenwatch.errors import Conflict, Invalid, NotFound
from kitchenwatch.lifecycle import Act, check_may
from kitchenwatch.model import CaseStatus, Entry, EvidenceKind
from kitchenwatch.ports import Blobs, Chain, Clock
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.case_rows import locked_case
from kitchenwatch.store.database import Database
from kitchenwatch.store.loop import Actor
from kitchenwatch.store.reuse import reused
from kitchenwatch.store.sent import Sent, removed_body, upload_body, upload_from, upload_row
from kitchenwatch.store.tables import Case, Upload

MOST: Mapping[EvidenceKind, int] = {EvidenceKind.PHOTO: 9, EvidenceKind.PORTRAIT: 1}
TAKEN_BACK = "its sender has taken it back"


class Uploads:
    """The photos of answers. Whether the sender may see the case has been asked before.

    Every call raises StorageFull or StorageError when files, seals or rows cannot be written.
    """

    def __init__(self, database: Database, blobs: Blobs, chain: Chain, clock: Clock) -> None:
        self._database, self._blobs, self._chain, self._clock = database, blobs, chain, clock

    def add(self, case: UUID, sent: Sent, by: Actor) -> Upload:
        """Write the files, seal them, note them; the same photo sent again (a lost answer) is taken in once.

        Raises:
            NotFound: there is no such case.
            Forbidden: not for that role.
            Conflict: nothing is asked about the case now.
            Invalid: there are enough photos.
        """
        if by.role is not None:
            check_may(Act.RECTIFY, by.role)
        with self._database.session() as session:
            row = _awaited(session, case)
            if (known := _known(session, row, sent, by)) is not None:
                return known
            _check_room(session, row, sent.purpose, by)
            upload = upload_row(row, sent, by.name)
            found = reused(session, upload, row.site_id, sent.scene)
            upload.doubts = [*sent.doubts, *(doubt.told(row.site_id) for doubt in found)]
            self._write(session, row, upload, sent)
            told = {"upload": str(upload.id), "purpose": upload.purpose, "sha256": upload.sha256}
            like = [str(doubt.upload) for doubt in found if doubt.upload]
            write_audit(session, sent.at, by.name, "case.upload", str(case), by.address, **told, like=like)
            return upload

    def take_back(self, case: UUID, upload: UUID, by: Actor) -> None:
        """Remove a photo that is part of no answer yet; the removal is sealed, as what is sealed must not vanish.

        Raises NotFound: there is none of theirs that waits for an answer.
        """
        with self._database.session() as session:
            row = session.get(Upload, upload, with_for_update=True)
            if row is None or (row.case_id, row.by, row.step_id, row.deleted_at) != (case, by.name, None, None):
                raise NotFound(f"there is no photo {upload} of yours that waits for an answer")
            entry = self._chain.append(row.case.site_id, removed_body(row, TAKEN_BACK))
            row.case.seal_seq, row.case.seal_sha256 = entry.seq, entry.sha256
            row.deleted_at = self._clock.now()
            write_audit(
                session, row.deleted_at, by.name, "case.upload.removed", str(case), by.address, upload=str(upload)
            )
        for key in (row.key, row.shown_key):
            self._blobs.delete(key)

    def _write(self, session: Session, case: Case, upload: Upload, sent: Sent) -> None:
        # The original has been written out to the disk before: what happens within the transaction takes little.
        self._blobs.put_file(upload.key, sent.original)
        self._blobs.put(upload.shown_key, sent.shown)
        entry = self._chain.append(case.site_id, upload_body(upload, sent, case.asked))
        upload.seal_seq = case.seal_seq = entry.seq
        case.seal_sha256 = entry.sha256
        session.add(upload)
        session.flush()


def adopt_upload(database: Database, entry: Entry) -> None:
    """Note a sealed upload whose row was lost in a crash. Raises NotFound: its case is not there."""
    with database.session() as session:
        case = session.get(Case, UUID(entry.manifest["case"]))
        if case is None:
            raise NotFound(f"there is no case {entry.manifest['case']}")
        session.add(upload_from(case.id, entry))


def waiting(case: Case, by: str) -> list[Upload]:
    """What somebody has sent for the present round and not yet made part of an answer, the oldest first."""
    return [
        upload
        for upload in case.uploads
        if (upload.by, upload.round, upload.step_id, upload.deleted_at) == (by, case.round, None, None)
    ]


def _awaited(session: Session, case: UUID) -> Case:
    row = locked_case(session, case)
    if row.status != CaseStatus.DISPATCHED:
        raise Conflict("nothing is asked about this case now -> look at it again")
    return row


def _known(session: Session, case: Case, sent: Sent, by: Actor) -> Upload | None:
    same = select(Upload).where(Upload.case_id == case.id, Upload.round == case.round, Upload.by == by.name)
    same = same.where(Upload.sha256 == sent.sha256, Upload.purpose == sent.purpose, Upload.deleted_at.is_(None))
    return session.scalar(same.limit(1))


def _check_room(session: Session, case: Case, purpose: EvidenceKind, by: Actor) -> None:
    there = select(func.count()).where(Upload.case_id == case.id, Upload.round == case.round, Upload.by == by.name)
    there = there.where(Upload.purpose == purpose, Upload.deleted_at.is_(None))
    if (session.scalar(there) or 0) >= MOST[purpose]:
        raise Invalid(f"an answer has at most {MOST[purpose]} of these ({purpose}) -> remove one first")
