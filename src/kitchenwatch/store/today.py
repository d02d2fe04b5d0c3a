"""The figures of the first page, in grouped queries that stay fast however many cases there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from kitchenwatch.model import UPHELD, CaseStatus, Kind, Scope
from kitchenwatch.store.conditions import late
from kitchenwatch.store.sight import in_sight, visible
from kitchenwatch.store.tables import Camera, CameraHealth, Case, Site

DAYS = 30
FOREVER = datetime(2200, 1, 1, tzinfo=UTC)
# A deadline that has passed says more of a site than a violation it stands by, and that more than a suspicion.
OVERDUE, FOUND_TRUE, SUSPECTED = 5, 2, 1
RISKIEST = 8


@dataclass(frozen=True, slots=True)
class SiteRisk:
    """A site, and what speaks against it.

    Attributes:
        open: cases that wait for a verdict.
        recheck: answers that wait for their recheck.
        overdue: orders that it has not answered in time.
        upheld: cases of the last 30 days that somebody has found to be true.
    """

    id: str
    open: int
    recheck: int
    overdue: int
    upheld: int
    name: str = ""

    @property
    def risk(self) -> int:
        """The weighted sum by which sites are ranked."""
        return OVERDUE * self.overdue + FOUND_TRUE * self.upheld + SUSPECTED * self.open


@dataclass(frozen=True, slots=True)
class Today:
    """What a reader sees first.

    Attributes:
        zone: of most of the reader's sites, by which the days begin and end.
        dates: the last 30 days, the present one last.
        since: UTC beginning of the present one.
        daily: cases found on each of these days, by kind.
        open, overdue, recheck: as of a site, over all of them.
        blind: cameras that cannot see, of `cameras` that should.
        risks: the sites with the highest risk, that first.
    """

    zone: str
    dates: tuple[date, ...]
    since: datetime
    daily: Mapping[Kind, tuple[int, ...]]
    open: int
    overdue: int
    recheck: int
    blind: int
    cameras: int
    risks: tuple[SiteRisk, ...]

    @property
    def fresh(self) -> int:
        """Cases found today."""
        return sum(numbers[-1] for numbers in self.daily.values())

    @property
    def found(self) -> dict[Kind, int]:
        """Cases found on all of these days, of the kinds that there were."""
        return {kind: sum(numbers) for kind, numbers in self.daily.items() if any(numbers)}


def read_today(session: Session, scope: Scope, now: datetime) -> Today:
    """The figures of all that the reader may see."""
    zone = _zone(session, scope)
    dates, edges = _days(now, zone)
    sites = _sites(session, scope, edges[0])
    cameras, blind = _cameras(session, scope)
    return Today(
        zone=zone,
        dates=dates,
        since=edges[-1],
        daily=_daily(session, scope, edges),
        open=sum(site.open for site in sites),
        overdue=sum(site.overdue for site in sites),
        recheck=sum(site.recheck for site in sites),
        blind=blind,
        cameras=cameras,
        risks=_riskiest(session, sites),
    )


def _zone(session: Session, scope: Scope) -> str:
    query = select(Site.timezone).where(visible(scope)).group_by(Site.timezone)
    return session.scalar(query.order_by(func.count().desc(), Site.timezone)) or "UTC"


def _days(now: datetime, zone: str) -> tuple[tuple[date, ...], tuple[datetime, ...]]:
    """The last days, and the moments at which they begin: not always 24 hours apart."""
    today = now.astimezone(ZoneInfo(zone)).date()
    dates = tuple(today - timedelta(days=back) for back in reversed(range(DAYS)))
    edges = (datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in dates)
    return dates, tuple(edges)


def _daily(session: Session, scope: Scope, edges: Sequence[datetime]) -> dict[Kind, tuple[int, ...]]:
    days = _ranges(edges)
    query = select(Case.kind, days.c.day, func.count()).select_from(days).join(Case, _within(days))
    query = query.where(in_sight(Case.site_id, scope)).group_by(days.c.day, Case.kind)
    found = {(kind, day): number for kind, day, number in session.execute(query)}
    return {kind: tuple(found.get((kind, day), 0) for day in range(DAYS)) for kind in Kind}


def _ranges(begins: Sequence[datetime]) -> Subquery:
    """Spans of time as rows, up to the next one or for ever: each finds its cases by the index of their moments."""
    moment = Case.opened_at.type
    rows = [
        select(literal(day).label("day"), literal(begin, moment).label("begins"), literal(end, moment).label("ends"))
        for day, (begin, end) in enumerate(pairwise([*begins, FOREVER]))
    ]
    return union_all(*rows).subquery()


def _within(spans: Subquery) -> ColumnElement[bool]:
    return and_(Case.opened_at >= spans.c.begins, Case.opened_at < spans.c.ends)


def _sites(session: Session, scope: Scope, since: datetime) -> list[SiteRisk]:
    """Sites of which anything is to be told, without their names."""
    waiting = _by_site(session, scope, Case.status == CaseStatus.OPEN)
    recheck = _by_site(session, scope, Case.status == CaseStatus.RECTIFIED)
    overdue = _by_site(session, scope, late(True))
    upheld = _upheld(session, scope, since)
    return [
        SiteRisk(site, waiting.get(site, 0), recheck.get(site, 0), overdue.get(site, 0), upheld.get(site, 0))
        for site in {*waiting, *recheck, *overdue, *upheld}
    ]


def _by_site(session: Session, scope: Scope, asked: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(Case.site_id, func.count().label("number"))
        .where(asked, in_sight(Case.site_id, scope))
        .group_by(Case.site_id)
    )
    return {row.site_id: row.number for row in session.execute(query)}


def _upheld(session: Session, scope: Scope, since: datetime) -> dict[str, int]:
    # Asked for as a condition, the status would lead away from the index that holds all of this.
    span, true = _ranges([since]), case((Case.status.in_(UPHELD), 1), else_=0)
    query = select(Case.site_id, func.sum(true).label("number")).select_from(span).join(Case, _within(span))
    query = query.where(in_sight(Case.site_id, scope)).group_by(Case.site_id)
    return {row.site_id: row.number for row in session.execute(query)}


def _riskiest(session: Session, sites: Sequence[SiteRisk]) -> tuple[SiteRisk, ...]:
    worst = sorted((site for site in sites if site.risk), key=lambda site: (-site.risk, site.id))[:RISKIEST]
    names = select(Site.id, Site.name).where(Site.id.in_([site.id for site in worst]))
    known = {row.id: row.name for row in session.execute(names)}
    return tuple(replace(site, name=known[site.id]) for site in worst)


def _cameras(session: Session, scope: Scope) -> tuple[int, int]:
    """How many there are, and how many of them cannot see."""
    troubled = exists().where(CameraHealth.camera_id == Camera.id, CameraHealth.closed_at.is_(None))
    known = select(func.count()).select_from(Camera).where(Camera.active, in_sight(Camera.site_id, scope))
    return session.scalar(known) or 0, session.scalar(known.where(troubled)) or 0
