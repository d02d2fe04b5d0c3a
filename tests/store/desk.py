"""A regulator's desk and a business's counter: cases, brought to where a test needs them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID

from filed import LI, WANG, Filed, a_violation, sent
from sqlalchemy import func, select

from kitchenwatch.clock import ManualClock
from kitchenwatch.lifecycle import Act, Severity
from kitchenwatch.model import CaseStatus, EvidenceKind, Role, Scope, VerdictReason
from kitchenwatch.ports import Blobs
from kitchenwatch.store.database import Database
from kitchenwatch.store.loop import Actor, CaseLoop, Move
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tables import Audit, Case, CaseStep, Outbox, Upload
from kitchenwatch.store.uploads import Uploads

DAY = timedelta(days=1)
EVERYTHING = Scope("x", Role.ADMIN)
ROAD = {
    CaseStatus.OPEN: (),
    CaseStatus.CONFIRMED: (Act.CONFIRM,),
    CaseStatus.DISMISSED: (Act.DISMISS,),
    CaseStatus.DISPATCHED: (Act.CONFIRM, Act.DISPATCH),
    CaseStatus.RECTIFIED: (Act.CONFIRM, Act.DISPATCH, Act.RECTIFY),
    CaseStatus.CLOSED: (Act.CONFIRM, Act.DISPATCH, Act.RECTIFY, Act.CLOSE),
}


@dataclass
class Desk:
    """Does what a test is not about."""

    filed: Filed
    loop: CaseLoop
    uploads: Uploads
    database: Database
    blobs: Blobs
    clock: ManualClock

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def open(self, status: CaseStatus = CaseStatus.OPEN) -> UUID:
        """A case of the canteen that the machine has found, and that people have brought so far."""
        violation = a_violation(next(self._numbers))
        self.filed.whole(violation)
        for act in ROAD[status]:
            self.do(violation.id, act)
        return violation.id

    def do(self, case: UUID, act: Act, by: Actor | None = None, **wish: Any) -> int:
        """One act with all that it needs; the new revision."""
        by = by or (WANG if act is Act.RECTIFY else LI)
        return self.loop.act(case, self.move(case, act, **wish), by)

    def move(self, case: UUID, act: Act, **wish: Any) -> Move:
        """What `do` asks for, from somebody who has just looked at the case."""
        needs: dict[Act, dict[str, Any]] = {
            Act.DISMISS: {"reason": VerdictReason.FALSE_ALARM},
            Act.DISPATCH: {
                "severity": Severity.ORDINARY,
                "deadline": self.clock.now() + 3 * DAY,
                "asked": "戴好工作帽",
            },
            Act.RETURN: {"remark": "照片看不清", "deadline": self.clock.now() + DAY},
        }
        wish = needs.get(act, {}) | wish
        if act is Act.RECTIFY and "uploads" not in wish:
            wish["uploads"] = (self.send(case), self.send(case, EvidenceKind.PORTRAIT))
        return Move(act, self.case(case).revision, **wish)

    def send(self, case: UUID, purpose: EvidenceKind = EvidenceKind.PHOTO, by: Actor = WANG) -> UUID:
        """A photo that the business sends."""
        number = next(self._numbers)
        data = f"{purpose} {number}".encode()
        photo = sent(self.blobs, self.clock.now(), purpose, data, phash=f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}")
        return self.uploads.add(case, photo, by).id

    def case(self, case: UUID) -> Case:
        """As it stands now, whole."""
        return Reading(self.database).case(EVERYTHING, case)

    def alerts(self) -> list[Outbox]:
        """What was told about cases, in order."""
        with self.database.reading() as session:
            return list(session.scalars(select(Outbox).order_by(Outbox.seq)))

    def audit(self) -> list[Audit]:
        """What was done, in order."""
        with self.database.reading() as session:
            return list(session.scalars(select(Audit).order_by(Audit.id)))

    def rows(self) -> list[int]:
        """How many rows of each kind there are, and the sum of all revisions: what an act changes."""
        tables = (Case, CaseStep, Upload, Outbox, Audit)
        with self.database.reading() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) for table in tables]
            return [*(number or 0 for number in counts), session.scalar(select(func.sum(Case.revision))) or 0]
