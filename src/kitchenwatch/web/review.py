"""What a reviewer needs of a case to judge it at once: one shape for the page and for the script that goes on."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from kitchenwatch.model import CaseStatus, EvidenceKind, Kind, Mistaken, Origin, VerdictReason
from kitchenwatch.store.order import Order
from kitchenwatch.store.tables import Case
from kitchenwatch.web.auth import Caller
from kitchenwatch.web.chart import chart
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.queue import Queue

WINDOW = 8  # cases: what a reviewer gets through while the next window is fetched
EARLIER = 6  # cases of the same camera
LEAD_S = 1.0  # the clip is shown from this long before the moment, so that one sees it come


class PlaceOut(BaseModel):
    id: str
    name: str


class PicturesOut(BaseModel):
    """Where the pictures are that are still kept."""

    snapshot: str | None = None
    annotated: str | None = None
    best: str | None = None
    crop: str | None = None


class ClipOut(BaseModel):
    href: str
    preview: str = Field(description="the same as H.264, made when asked for")
    begins: datetime | None
    opens: float = Field(description="seconds from its first frame to the moment of the violation")
    start: float = Field(description="seconds from its first frame to where one begins to look")


class ChartOut(BaseModel):
    points: str = Field(description="of an SVG polyline, 600 by 120 units")
    opened: float
    seconds: float
    top: float


class EarlierOut(BaseModel):
    """What the same camera had shown before."""

    id: UUID
    kind: Kind
    status: CaseStatus
    reason: VerdictReason | None
    mistaken: Mistaken | None
    opened_at: datetime
    picture: str | None

    @classmethod
    def of(cls, case: Case) -> Self:
        """The row with its evidence."""
        shown = _pictures(case)
        return cls(
            id=case.id,
            kind=Kind(case.kind),
            status=CaseStatus(case.status),
            reason=case.reason and VerdictReason(case.reason),
            mistaken=case.mistaken and Mistaken(case.mistaken),
            opened_at=case.opened_at,
            picture=shown.crop or shown.annotated or shown.snapshot,
        )


PLAIN = (
    *("id", "revision", "status", "kind", "origin", "opened_at", "score"),
    *("decided_by", "decided_at", "reason", "mistaken"),
)


class ReviewOut(BaseModel):
    """A case as its reviewer sees it."""

    id: UUID
    revision: int = Field(description="send it back with a verdict")
    status: CaseStatus
    kind: Kind
    origin: Origin
    site: PlaceOut
    camera: PlaceOut
    district: str
    timezone: str
    opened_at: datetime
    score: float
    lasted: float | None = Field(description="seconds; null while it goes on")
    decided_by: str | None
    decided_at: datetime | None
    reason: VerdictReason | None
    mistaken: Mistaken | None
    pictures: PicturesOut
    clip: ClipOut | None
    chart: ChartOut | None
    earlier: list[EarlierOut]
    place: str = Field(description="ask for what comes `after` it")

    @classmethod
    def of(cls, case: Case, earlier: Sequence[Case], order: Order) -> Self:
        """The row with site, camera, violation and evidence."""
        seen = case.violation
        drawn = chart(seen.scores, seen.opened) if seen else None
        return cls(
            **{name: getattr(case, name) for name in PLAIN},
            site=PlaceOut(id=case.site_id, name=case.site.name),
            camera=PlaceOut(id=case.camera_id, name=case.camera.name),
            district=case.site.district_id,
            timezone=case.site.timezone,
            lasted=seen.closed - seen.opened if seen and seen.closed is not None else None,
            pictures=_pictures(case),
            clip=_clip(case),
            chart=ChartOut(**asdict(drawn)) if drawn else None,
            earlier=[EarlierOut.of(row) for row in earlier],
            place=order.place(case),
        )


class WindowOut(BaseModel):
    """The next cases to judge."""

    items: list[ReviewOut]
    more: bool = Field(description="whether there are others beyond the last of them")
    waiting: int = Field(description="how many the filter finds in all")


def window(deps: WebDeps, caller: Caller, asked: Queue, after: str | None, limit: int) -> WindowOut:
    """The next cases, beyond the place `after`. Raises Invalid (the place is none of ours)."""
    wanted = asked.filter(deps.clock.now())
    found = deps.reading.waiting(caller.scope, wanted, asked.sort, after, limit + 1)
    shown = found[:limit]
    earlier = deps.reading.earlier(caller.scope, shown, EARLIER)
    return WindowOut(
        items=[ReviewOut.of(case, earlier[case.id], asked.sort) for case in shown],
        more=len(found) > limit,
        waiting=deps.reading.counts(caller.scope, wanted)[CaseStatus.OPEN],
    )


def reviewed(deps: WebDeps, caller: Caller, case: UUID, order: Order = Order.NEWEST) -> ReviewOut:
    """One case, whatever its status. Raises NotFound."""
    row = deps.reading.case(caller.scope, case)
    return ReviewOut.of(row, deps.reading.earlier(caller.scope, [row], EARLIER)[case], order)


def _pictures(case: Case) -> PicturesOut:
    kept = _kept(case)
    return PicturesOut(**{kind: _href(case, kind) for kind in PicturesOut.model_fields if kind in kept})


def _clip(case: Case) -> ClipOut | None:
    if EvidenceKind.CLIP not in _kept(case):
        return None
    begins = next(piece.begins for piece in case.evidence if piece.kind == EvidenceKind.CLIP)
    opens = (case.opened_at - begins).total_seconds() if begins else 0.0
    return ClipOut(
        href=_href(case, EvidenceKind.CLIP),
        preview=f"/api/v1/cases/{case.id}/preview",
        begins=begins,
        opens=opens,
        start=max(0.0, opens - LEAD_S),
    )


def _kept(case: Case) -> set[str]:
    return {piece.kind for piece in case.evidence if piece.deleted_at is None}


def _href(case: Case, kind: str) -> str:
    return f"/api/v1/cases/{case.id}/evidence/{kind}"
