"""All that people read, each query bound to what the reader may see.

Rows come back whole and detached: what the docstring names may be read, nothing else is fetched later.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from kitchenwatch.errors import NotFound
from kitchenwatch.model import Alert, CameraState, CaseStatus, EvidenceKind, Kind, Origin, Scope
from kitchenwatch.store.audit import AuditFilter, audited_actions, read_audit
from kitchenwatch.store.conditions import late, named
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.database import Database
from kitchenwatch.store.order import Order
from kitchenwatch.store.rows import alert_of
from kitchenwatch.store.sight import concerns, in_sight, visible
from kitchenwatch.store.tables import (
    Audit,
    Camera,
    CameraHealth,
    Case,
    CaseStep,
    Delivery,
    District,
    Evidence,
    Outbox,
    Site,
    Table,
    Upload,
)
from kitchenwatch.store.today import Today, read_today
from kitchenwatch.store.waiting import read_earlier, read_waiting

Row = TypeVar("Row", bound=Table)

WORST_FIRST = (
    CameraState.OFFLINE,
    CameraState.BLACK,
    CameraState.COVERED,
    CameraState.FROZEN,
    CameraState.BLURRED,
    CameraState.MOVED,
)


@dataclass(frozen=True, slots=True)
class CameraNow:
    """A camera (with its site) and the health intervals that are open now."""

    camera: Camera
    troubles: tuple[CameraHealth, ...]

    @property
    def state(self) -> CameraState:
        """The worst of what it suffers from, or `ONLINE`."""
        suffered = {trouble.state for trouble in self.troubles}
        return next((state for state in WORST_FIRST if state in suffered), CameraState.ONLINE)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases: None leaves out nothing. `since` is included, `until` is not.

    `text` is part of a site's name, or how a case's id begins.
    """

    site: str | None = None
    district: str | None = None
    camera: str | None = None
    kind: Kind | None = None
    status: CaseStatus | None = None
    since: datetime | None = None
    until: datetime | None = None
    min_score: float | None = None
    origin: Origin | None = None
    overdue: bool | None = None
    text: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the filter asks of a case."""
        asked: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
            (self.site, lambda site: Case.site_id == site),
            (self.district, lambda district: Case.site_id.in_(select(Site.id).where(Site.district_id == district))),
            (self.camera, lambda camera: Case.camera_id == camera),
            (self.kind, lambda kind: Case.kind == kind),
            (self.status, lambda status: Case.status == status),
            (self.since, lambda since: Case.opened_at >= since),
            (self.until, lambda until: Case.opened_at < until),
            (self.min_score, lambda score: Case.score >= score),
            (self.origin, lambda origin: Case.origin == origin),
            (self.overdue, late),
            (self.text, named),
        ]
        return [condition(value) for value, condition in asked if value is not None]


@dataclass(frozen=True, slots=True)
class CasePage:
    """Some cases, newest first, and where the next page begins (None: there is none)."""

    cases: Sequence[Case]
    next: str | None


class Reading:
    """Read-only access to the store, scope by scope."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def districts(self, scope: Scope) -> Sequence[District]:
        """Districts that hold at least one visible site, by name."""
        seen = select(Site.district_id).where(visible(scope))
        return self._all(select(District).where(District.id.in_(seen)).order_by(District.name, District.id))

    def sites(self, scope: Scope) -> Sequence[Site]:
        """Visible sites, by name."""
        return self._all(select(Site).where(visible(scope)).order_by(Site.name, Site.id))

    def site(self, scope: Scope, site: str) -> Site:
        """Raises NotFound."""
        return self._one(select(Site).where(visible(scope), Site.id == site), f"there is no site {site!r}")

    def cameras(self, scope: Scope, site: str | None = None) -> list[CameraNow]:
        """Active cameras of visible sites with their present state, by site and name."""
        query = select(Camera).options(joinedload(Camera.site)).where(Camera.active, in_sight(Camera.site_id, scope))
        query = query.where(Camera.site_id == site) if site else query
        cameras = self._all(query.order_by(Camera.site_id, Camera.name, Camera.id))
        return self._with_troubles(cameras)

    def camera(self, scope: Scope, camera: str) -> CameraNow:
        """Raises NotFound."""
        query = select(Camera).options(joinedload(Camera.site))
        query = query.where(in_sight(Camera.site_id, scope), Camera.id == camera)
        return self._with_troubles([self._one(query, f"there is no camera {camera!r}")])[0]

    def health(
        self, scope: Scope, camera: str | None = None, before: int | None = None, limit: int = 50
    ) -> Sequence[CameraHealth]:
        """Intervals of trouble, newest first, with an id below `before`."""
        seen = select(Camera.id).where(in_sight(Camera.site_id, scope))
        query = select(CameraHealth).where(CameraHealth.camera_id.in_(seen))
        query = query.where(CameraHealth.camera_id == camera) if camera else query
        query = query.where(CameraHealth.id < before) if before is not None else query
        return self._all(query.order_by(CameraHealth.id.desc()).limit(limit))

    def cases(self, scope: Scope, asked: CaseFilter, cursor: str | None = None, limit: int = 50) -> CasePage:
        """One page of cases with site, camera and evidence. Raises Invalid (the cursor is none of ours)."""
        query = select(Case).options(joinedload(Case.site), joinedload(Case.camera), selectinload(Case.evidence))
        query = query.where(in_sight(Case.site_id, scope), *asked.conditions())
        if cursor is not None:
            query = query.where(Cursor.read(cursor).older())
        found = self._all(query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit + 1))
        page = found[:limit]
        more = len(found) > limit
        return CasePage(page, Cursor(page[-1].opened_at, page[-1].id).text() if more else None)

    def waiting(
        self, scope: Scope, asked: CaseFilter, order: Order, after: str | None = None, limit: int = 8
    ) -> Sequence[Case]:
        """Open cases with site, camera, violation and evidence, those beyond the place `after` of that order.

        Raises Invalid (the place is none of ours).
        """
        with self._database.reading() as session:
            return read_waiting(session, scope, asked.conditions(), order, after, limit)

    def earlier(self, scope: Scope, cases: Sequence[Case], limit: int) -> Mapping[UUID, Sequence[Case]]:
        """What the camera of each of these cases had shown before it, the newest first, as `waiting.BRIEFLY` says."""
        with self._database.reading() as session:
            return read_earlier(session, scope, cases, limit)

    def counts(self, scope: Scope, asked: CaseFilter) -> dict[CaseStatus, int]:
        """How many cases of each status the filter (but for its own status) finds."""
        query = select(Case.status, func.count()).where(in_sight(Case.site_id, scope), *asked.conditions())
        with self._database.reading() as session:
            found = dict(session.execute(query.group_by(Case.status)).all())
        return {status: found.get(status, 0) for status in CaseStatus}

    def today(self, scope: Scope, now: datetime) -> Today:
        """The figures of the first page."""
        with self._database.reading() as session:
            return read_today(session, scope, now)

    def check_case(self, scope: Scope, case: UUID) -> None:
        """Whether the reader may see it. Raises NotFound."""
        with self._database.reading() as session:
            if not session.scalar(select(Case.id).where(in_sight(Case.site_id, scope), Case.id == case)):
                raise NotFound(f"there is no case {case}")

    def case(self, scope: Scope, case: UUID) -> Case:
        """A case with site, camera, violation, evidence, steps (with their uploads) and uploads. Raises NotFound."""
        loaded = (joinedload(Case.site), joinedload(Case.camera), joinedload(Case.violation))
        lists = (selectinload(Case.evidence), selectinload(Case.steps).selectinload(CaseStep.uploads))
        query = select(Case).options(*loaded, *lists, selectinload(Case.uploads))
        return self._one(query.where(in_sight(Case.site_id, scope), Case.id == case), f"there is no case {case}")

    def evidence(self, scope: Scope, case: UUID, kind: EvidenceKind) -> Evidence:
        """A piece of evidence whose bytes are still kept. Raises NotFound."""
        query = select(Evidence).join(Case).where(in_sight(Case.site_id, scope))
        query = query.where(Evidence.case_id == case, Evidence.kind == kind, Evidence.deleted_at.is_(None))
        return self._one(query, f"case {case} keeps no {kind}")

    def upload(self, scope: Scope, case: UUID, upload: UUID) -> Upload:
        """A photo of an answer whose bytes are still kept. Raises NotFound."""
        query = select(Upload).join(Case).where(in_sight(Case.site_id, scope), Upload.deleted_at.is_(None))
        query = query.where(Upload.case_id == case, Upload.id == upload)
        return self._one(query, f"case {case} keeps no photo {upload}")

    def newest_alert(self) -> int:
        """The greatest `seq` in the outbox; 0 while it is empty."""
        with self._database.reading() as session:
            return session.scalar(select(func.max(Outbox.seq))) or 0

    def alerts(self, scope: Scope, after: int, limit: int = 100) -> list[Alert]:
        """Alerts in scope with a greater `seq`, in order; without the digests, which are for channels alone."""
        query = select(Outbox).where(Outbox.seq > after, Outbox.only_channel.is_(None), concerns(scope))
        return [alert_of(row) for row in self._all(query.order_by(Outbox.seq).limit(limit))]

    def whereabouts(self) -> Mapping[str, str]:
        """The district of every site, by the site's id; unscoped, for the event stream."""
        with self._database.reading() as session:
            return dict(session.execute(select(Site.id, Site.district_id)).all())

    def audit(self, before: int | None = None, limit: int = 50, asked: AuditFilter | None = None) -> Sequence[Audit]:
        """The audit log, newest first, with an id below `before`; unscoped, for admins."""
        with self._database.reading() as session:
            return read_audit(session, before, limit, asked)

    def audited_actions(self) -> Sequence[str]:
        """Every kind of act that the audit log tells of; unscoped, for admins."""
        with self._database.reading() as session:
            return audited_actions(session)

    def tallies(self) -> Mapping[str, Mapping[tuple[str, ...], int]]:
        """For the metrics, unscoped: how many cases by kind and status, and deliveries by channel and status."""
        cases = select(Case.kind, Case.status, func.count()).group_by(Case.kind, Case.status)
        deliveries = select(Delivery.channel, Delivery.status, func.count())
        deliveries = deliveries.group_by(Delivery.channel, Delivery.status)
        with self._database.reading() as session:
            return {
                "cases": {(kind, status): number for kind, status, number in session.execute(cases)},
                "deliveries": {(channel, status): number for channel, status, number in session.execute(deliveries)},
            }

    def _with_troubles(self, cameras: Sequence[Camera]) -> list[CameraNow]:
        wanted = [camera.id for camera in cameras]
        query = select(CameraHealth).where(CameraHealth.camera_id.in_(wanted), CameraHealth.closed_at.is_(None))
        troubles = self._all(query.order_by(CameraHealth.opened_at))
        return [CameraNow(camera, tuple(t for t in troubles if t.camera_id == camera.id)) for camera in cameras]

    def _all(self, query: Select[Row]) -> Sequence[Row]:
        with self._database.reading() as session:
            return session.scalars(query).unique().all()

    def _one(self, query: Select[Row], missing: str) -> Row:
        rows = self._all(query)
        if not rows:
            raise NotFound(missing)
        return rows[0]
