"""Cases, and what people decide about them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from kitchenwatch.model import CaseStatus, Kind
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.web.auth import AnyCaller, Decider
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import CaseDetail, CaseOut, CountsOut, Id, LegalHoldIn, Moment, Page, VerdictIn
from kitchenwatch.web.verdict import decide

router = APIRouter(prefix="/cases", tags=["cases"])


def asked(
    site: Id | None = None,
    district: Id | None = None,
    camera: Id | None = None,
    kind: Kind | None = None,
    status: CaseStatus | None = None,
    since: Annotated[Moment | None, Query(alias="from")] = None,
    until: Annotated[Moment | None, Query(alias="to", description="not included")] = None,
    min_score: Annotated[float | None, Query(ge=0, le=1)] = None,
) -> CaseFilter:
    """The filter that the query string asks for."""
    return CaseFilter(site, district, camera, kind, status, since, until, min_score)


Asked = Annotated[CaseFilter, Depends(asked)]


@router.get("")
def list_cases(
    deps: Deps,
    caller: AnyCaller,
    asked: Asked,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[CaseOut]:
    """Newest first. Pages stay true while new cases arrive."""
    page = deps.reading.cases(caller.scope, asked, cursor, limit)
    return Page(items=[CaseOut.model_validate(row) for row in page.cases], next=page.next)


@router.get("/counts")
def count_cases(deps: Deps, caller: AnyCaller, asked: Asked) -> CountsOut:
    """How many cases of each status the filter finds."""
    return CountsOut.model_validate(deps.reading.counts(caller.scope, asked))


@router.get("/{case}", responses=responses(404))
def get_case(deps: Deps, caller: AnyCaller, case: UUID) -> CaseDetail:
    """One case, with what the machine saw."""
    return CaseDetail.model_validate(deps.reading.case(caller.scope, case))


@router.post("/{case}/verdict", responses=responses(403, 404, 409))
def post_verdict(deps: Deps, caller: Decider, case: UUID, verdict: VerdictIn) -> CaseDetail:
    """Confirm or dismiss; a later verdict replaces an earlier one.

    `revision` is the one that you read: 409 tells that somebody decided meanwhile.
    """
    decide(deps, caller, case, verdict)
    return CaseDetail.model_validate(deps.reading.case(caller.scope, case))


@router.put("/{case}/legal-hold", responses=responses(403, 404))
def put_legal_hold(deps: Deps, caller: Decider, case: UUID, wish: LegalHoldIn) -> CaseDetail:
    """While held, retention leaves the case's evidence alone."""
    deps.reading.check_case(caller.scope, case)
    deps.loop.hold(case, wish.hold, caller.actor)
    return CaseDetail.model_validate(deps.reading.case(caller.scope, case))
