"""The cases that wait for a verdict, with what their reviewer looks at."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload, load_only, selectinload

from kitchenwatch.model import CaseStatus, Scope
from kitchenwatch.store.order import Order
from kitchenwatch.store.sight import in_sight
from kitchenwatch.store.tables import Case, Evidence

BRIEFLY = ("id", "kind", "status", "reason", "mistaken", "opened_at")


def read_waiting(
    session: Session,
    scope: Scope,
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    after: str | None,
    limit: int,
) -> Sequence[Case]:
    """Open cases with site, camera, violation and evidence, those beyond the place `after` of that order.

    Raises Invalid (the place is none of ours).
    """
    loaded = (joinedload(Case.site), joinedload(Case.camera), joinedload(Case.violation))
    query = select(Case).options(*loaded, selectinload(Case.evidence))
    query = query.where(Case.status == CaseStatus.OPEN, in_sight(Case.site_id, scope), *conditions)
    query = query.where(order.beyond(after)) if after is not None else query
    return session.scalars(query.order_by(*order.columns()).limit(limit)).all()


def read_earlier(session: Session, scope: Scope, cases: Sequence[Case], limit: int) -> Mapping[UUID, Sequence[Case]]:
    """What the camera of each of these cases had shown before it, the newest first.

    Of such a case `BRIEFLY` is read, of its evidence what says which pictures there are.
    """
    now, before = aliased(Case), aliased(Case)
    query = select(now.id, before).join(before, before.id.in_(_before(now, scope, limit)))
    query = query.where(now.id.in_([case.id for case in cases])).order_by(before.opened_at.desc(), before.id.desc())
    pictured = selectinload(before.evidence).load_only(Evidence.kind, Evidence.deleted_at, raiseload=True)
    brief = load_only(*(getattr(before, name) for name in BRIEFLY), raiseload=True)
    found: dict[UUID, list[Case]] = {case.id: [] for case in cases}
    for case, row in session.execute(query.options(brief, pictured)):
        found[case].append(row)
    return found


def _before(now: type[Case], scope: Scope, limit: int) -> Select[UUID]:
    """Ids of what the same camera had shown, one query for all of `now`."""
    query = select(Case.id).where(in_sight(Case.site_id, scope), Case.camera_id == now.camera_id)
    query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(now.opened_at, now.id))
    return query.order_by(*Order.NEWEST.columns()).limit(limit).correlate(now)
