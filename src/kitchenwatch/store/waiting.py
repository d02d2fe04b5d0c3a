"""The cases that wait for a verdict, with what their reviewer looks at."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from kitchenwatch.model import CaseStatus, Scope
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.order import Order
from kitchenwatch.store.sight import in_sight
from kitchenwatch.store.tables import Case


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
    """What the camera of each of these cases had shown before it, the newest first, with evidence."""
    return {case.id: session.scalars(_before(case, scope).limit(limit)).all() for case in cases}


def _before(case: Case, scope: Scope) -> Select[Case]:
    query = select(Case).options(selectinload(Case.evidence)).where(in_sight(Case.site_id, scope))
    query = query.where(Case.camera_id == case.camera_id, Cursor(case.opened_at, case.id).older())
    return query.order_by(*Order.NEWEST.columns())
