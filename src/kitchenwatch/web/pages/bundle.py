"""The evidence bundle to download."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from kitchenwatch.store.tables import Case
from kitchenwatch.web import bundle
from kitchenwatch.web.act_schemas import CaseRecord
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.pages.sheet import sheet_of
from kitchenwatch.web.rendering import templates_for
from kitchenwatch.web.sheet.sheet import witness

router = APIRouter()


@router.get("/cases/{case}/bundle.zip")
def send_bundle(request: Request, deps: Deps, caller: AnyCaller, case: UUID) -> Response:
    """A zip that proves itself with `kitchenwatch verify`; it is made while it is sent."""
    row = deps.reading.case(caller.scope, case)
    papers = {
        "case.json": CaseRecord.model_validate(row).model_dump_json(indent=2).encode(),
        "sheet.pdf": sheet_of(request, deps, caller, row),
        "README.txt": _readme(request, row),
        "public-key.pem": deps.public_key.encode(),
    }
    told = bundle.bundle(deps.blobs, bundle.Case(row.id, row.site_id, row.opened_at), papers)
    headers = {"Content-Disposition": f'attachment; filename="case-{case}.zip"'}
    return StreamingResponse(told, media_type="application/zip", headers=headers)


def _readme(request: Request, case: Case) -> bytes:
    template = templates_for(request).get_template("bundle_readme.txt")
    return template.render(case=case, witness=witness(case)).encode()
