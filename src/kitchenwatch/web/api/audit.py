"""The audit log; for admins."""

from typing import Annotated

from fastapi import APIRouter, Query

from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import AuditOut, Page, RowId

router = APIRouter(tags=["audit"], responses=responses(403))


@router.get("/audit")
def list_audit(
    deps: Deps, caller: Admin, before: RowId | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> Page[AuditOut]:
    """Who did what to what, newest first; `next` is the `before` of the next page."""
    rows = deps.reading.audit(before, limit)
    items = [AuditOut.model_validate(row) for row in rows]
    return Page(items=items, next=str(rows[-1].id) if len(rows) == limit else None)
