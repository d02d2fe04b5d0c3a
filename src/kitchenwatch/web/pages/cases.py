"""The pages of cases."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.model import CaseStatus, Kind, VerdictReason
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.store.tables import Case
from kitchenwatch.web.auth import DECIDING, AnyCaller, Decider
from kitchenwatch.web.chart import chart
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id, Paragraph, Revision, VerdictIn
from kitchenwatch.web.verdict import decide

router = APIRouter()

CARDS = 24  # fills rows of two, three or four
DISMISSALS = [reason for reason in VerdictReason if reason is not VerdictReason.VIOLATION]


@router.get("/")
def show_cases(
    request: Request,
    deps: Deps,
    caller: AnyCaller,
    status: CaseStatus | None = None,
    kind: Kind | None = None,
    site: Id | None = None,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """Cases as cards, newest first."""
    # Before the cases are read: what arrives in between is told twice rather than never.
    newest = deps.reading.newest_alert()
    asked = CaseFilter(site=site, kind=kind)
    page = deps.reading.cases(caller.scope, CaseFilter(site=site, kind=kind, status=status), cursor, CARDS)
    chosen = {"status": status, "kind": kind, "site": site}
    return render(
        request,
        "cases.html",
        caller=caller,
        newest=newest,
        page=page,
        older=_query(**chosen, cursor=page.next),
        first=cursor is None,
        chosen=chosen,
        tabs={each: _query(**chosen | {"status": each}) for each in (None, *CaseStatus)},
        counts=deps.reading.counts(caller.scope, asked),
        sites=deps.reading.sites(caller.scope),
        kinds=list(Kind),
        cameras=deps.reading.cameras(caller.scope),
    )


@router.get("/cases/{case}")
def show_case(request: Request, deps: Deps, caller: AnyCaller, case: UUID) -> Response:
    """One case: what was seen, its seals, and the verdict."""
    row = deps.reading.case(caller.scope, case)
    seen = row.violation
    return render(
        request,
        "case.html",
        caller=caller,
        case=row,
        evidence={piece.kind: piece for piece in row.evidence},
        chart=chart(seen.scores, seen.opened) if seen else None,
        may_decide=caller.scope.role in DECIDING,
        dismissals=DISMISSALS,
        next_open=_next_open(deps, caller, row),
    )


@router.post("/cases/{case}/verdict")
def post_verdict(
    deps: Deps,
    caller: Decider,
    case: UUID,
    status: Annotated[CaseStatus, Form()],
    revision: Annotated[Revision, Form()],
    reason: Annotated[VerdictReason, Form()] = VerdictReason.FALSE_ALARM,
    remark: Annotated[Paragraph, Form()] = "",
) -> Response:
    """Back to the case."""
    if status is CaseStatus.CONFIRMED:
        reason = VerdictReason.VIOLATION
    decide(deps, caller, case, VerdictIn(status=status, reason=reason, remark=remark.strip(), revision=revision))
    return RedirectResponse(f"/cases/{case}", HTTPStatus.SEE_OTHER)


def _next_open(deps: WebDeps, caller: AnyCaller, case: Case) -> UUID | None:
    """The next older case that waits for a verdict, so that a reviewer can go on."""
    here = Cursor(case.opened_at, case.id).text()
    page = deps.reading.cases(caller.scope, CaseFilter(status=CaseStatus.OPEN), here, 1)
    return page.cases[0].id if page.cases else None


def _query(**parts: str | None) -> str:
    return "/?" + urlencode({name: value for name, value in parts.items() if value})
