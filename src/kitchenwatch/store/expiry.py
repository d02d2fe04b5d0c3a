"""Whose evidence may be removed, and in which order.

When less than the floor is free, files go in this order, the oldest case first, until the floor is free again:

1. everything of dismissed cases,
2. of unreviewed cases the pictures other than the clean snapshot,
3. of unreviewed cases the clip.

Never: the snapshot of an unreviewed case before its time, and anything of upheld and held cases. What waits for a
business or for a recheck is kept whatever its age.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from kitchenwatch.model import CaseStatus, EvidenceKind
from kitchenwatch.store.tables import Case

GIB = 1024**3
Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]

ALL = frozenset(EvidenceKind)
CLIPS = frozenset({EvidenceKind.CLIP})
SPARE_PICTURES = frozenset({EvidenceKind.ANNOTATED, EvidenceKind.CROP, EvidenceKind.BEST})

UNDER_PRESSURE: tuple[tuple[ColumnElement[bool], frozenset[EvidenceKind]], ...] = (
    (Case.status == CaseStatus.DISMISSED, ALL),
    (Case.status == CaseStatus.OPEN, SPARE_PICTURES),
    (Case.status == CaseStatus.OPEN, CLIPS),
)


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long evidence is kept, None for good; that of a case under legal hold is kept whatever this says.

    Attributes:
        rolling_days: from the opening, while nobody has reviewed the case. Rules ask for 7 days at least
            (餐饮服务明厨亮灶工作指导意见, SAMR 2018).
        kind_days: the same for some kinds of violation.
        dismissed_days: from the verdict.
        confirmed_days: from the verdict, of cases that nobody has dispatched, or that are closed.
        floor_bytes: what must stay free on the disk.
        warn_bytes: when less than this is free the operators are told; above the floor.
    """

    rolling_days: float | None = 30
    kind_days: Mapping[str, float] = field(default_factory=dict)
    dismissed_days: float | None = 7
    confirmed_days: float | None = None
    floor_bytes: int = 5 * GIB
    warn_bytes: int = 10 * GIB


def expired_cases(policy: RetentionPolicy, now: datetime) -> ColumnElement[bool]:
    """What a case must be for its time to be over."""

    def older(moment: Moment, days: float | None) -> ColumnElement[bool]:
        return false() if days is None else moment <= now - timedelta(days=days)

    kinds = [and_(Case.kind == kind, older(Case.opened_at, days)) for kind, days in policy.kind_days.items()]
    other = and_(Case.kind.not_in(list(policy.kind_days)), older(Case.opened_at, policy.rolling_days))
    return or_(
        and_(Case.status == CaseStatus.OPEN, or_(other, *kinds)),
        and_(Case.status == CaseStatus.DISMISSED, older(Case.decided_at, policy.dismissed_days)),
        and_(Case.status.in_((CaseStatus.CONFIRMED, CaseStatus.CLOSED)), older(Case.decided_at, policy.confirmed_days)),
    )
