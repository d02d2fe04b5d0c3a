"""How much evidence is kept, and what a legal hold keeps for good."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from kitchenwatch.model import CaseStatus
from kitchenwatch.store.database import Database
from kitchenwatch.store.tables import Case, Evidence


@dataclass(frozen=True, slots=True)
class Kept:
    """Evidence of the cases of one status."""

    status: CaseStatus
    cases: int
    files: int
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
