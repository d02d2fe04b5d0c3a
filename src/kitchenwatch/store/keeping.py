"""How much evidence is kept, what a legal hold keeps for good, what a shorter period would take."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, not_, select, union_all
from sqlalchemy.orm import joinedload

from kitchenwatch.model import CaseStatus
from kitchenwatch.store.database import Database
from kitchenwatch.store.expiry import RetentionPolicy, expired_cases
from kitchenwatch.store.tables import Case, Evidence, Upload


@dataclass(frozen=True, slots=True)
class Kept:
    """Evidence of the cases of one status."""

    status: CaseStatus
    cases: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Due:
    """Evidence that a round of retention would remove."""

    cases: int
    bytes: int


class Keeping:
    """Figures of the whole installation; for admins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def kept(self) -> list[Kept]:
        """What is still there, by the status of its case, in the order of a case's life."""
        counted = func.count(func.distinct(Case.id)), func.count(Evidence.id), func.sum(Evidence.bytes)
        query = select(Case.status, *counted).join(Evidence, Evidence.case_id == Case.id)
        query = query.where(Evidence.deleted_at.is_(None)).group_by(Case.status)
        with self._database.reading() as session:
            found = {row[0]: Kept(CaseStatus(row[0]), row[1], row[2], int(row[3])) for row in session.execute(query)}
        return [found[status] for status in CaseStatus if status in found]

    def held(self, limit: int) -> tuple[int, Sequence[Case]]:
        """How many cases are under legal hold, and the newest of them with site and camera."""
        held = Case.legal_hold.is_(True)
        query = select(Case).options(joinedload(Case.site), joinedload(Case.camera)).where(held)
        query = query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit)
        with self._database.reading() as session:
            number = session.scalar(select(func.count()).select_from(Case).where(held)) or 0
            return number, session.scalars(query).all()

    def due(self, wanted: RetentionPolicy, now: RetentionPolicy, at: datetime) -> Due:
        """What the wanted policy would remove at that moment, and the one that holds now would keep."""
        which = and_(
            Case.legal_hold.is_(False),
            expired_cases(wanted, at),
            not_(expired_cases(now, at)),
        )
        evidence = select(Evidence.case_id.label("case"), Evidence.bytes.label("bytes"))
        uploads = select(Upload.case_id, Upload.bytes + Upload.shown_bytes)
        files = union_all(
            evidence.join(Case).where(which, Evidence.deleted_at.is_(None)),
            uploads.join(Case).where(which, Upload.deleted_at.is_(None)),
        ).subquery()
        query = select(func.count(func.distinct(files.c.case)), func.coalesce(func.sum(files.c.bytes), 0))
        with self._database.reading() as session:
            cases, size = session.execute(query).one()
            return Due(cases, int(size))
