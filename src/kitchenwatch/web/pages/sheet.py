"""The case sheet to print."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.store.tables import Case
from kitchenwatch.web.auth import AnyCaller, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.rendering import templates_for
from kitchenwatch.web.sheet.sheet import case_sheet

router = APIRouter()


@router.get("/cases/{case}/sheet.pdf")
def print_sheet(request: Request, deps: Deps, caller: AnyCaller, case: UUID) -> Response:
    """A PDF in the reader's language; the same state of the case gives the same bytes."""
    row = deps.reading.case(caller.scope, case)
    headers = {"Content-Disposition": f'inline; filename="case-{case}.pdf"'}
    return Response(sheet_of(request, deps, caller, row), media_type="application/pdf", headers=headers)


def sheet_of(request: Request, deps: WebDeps, caller: Caller, case: Case) -> bytes:
    """The sheet of a case that the caller may see."""
    districts = {district.id: district.name for district in deps.reading.districts(caller.scope)}
    address = str(request.base_url.replace(path=f"/cases/{case.id}"))
    return case_sheet(case, deps.blobs, templates_for(request), districts, address)
