"""The bytes of evidence."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from kitchenwatch.model import EvidenceKind
from kitchenwatch.store.tables import Evidence
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.ranges import Span, Unsatisfiable, chunks, unchanged, wanted

router = APIRouter(tags=["cases"])

# What a browser may show in our name, and the name's ending; anything else is only ever downloaded.
SHOWN = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}
BYTES: dict[str, Any] = {"content": {"image/jpeg": {}, "video/mp4": {}}}
ANSWERS: dict[int | str, dict[str, Any]] = {200: BYTES, 206: BYTES, 304: {}, 416: {}}


@router.head("/cases/{case}/evidence/{kind}", include_in_schema=False)
@router.get("/cases/{case}/evidence/{kind}", response_class=Response, responses=ANSWERS | responses(404))
def get_evidence(request: Request, deps: Deps, caller: AnyCaller, case: UUID, kind: EvidenceKind) -> Response:
    """A picture or film, whole or in ranges; its ETag is its SHA-256, as in the sealed manifest."""
    row = deps.reading.evidence(caller.scope, case, kind)
    headers = _headers(row)
    if unchanged(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    total = deps.blobs.size(row.key)
    try:
        part = wanted(request.headers, headers["ETag"], total)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{total}"})
    span = part or Span(0, total - 1, total)
    headers["Content-Length"] = str(span.length)
    if part:
        headers["Content-Range"] = part.content_range
    if request.method == "HEAD":
        return Response(status_code=206 if part else 200, headers=headers)
    return StreamingResponse(chunks(deps.blobs.open(row.key), span), 206 if part else 200, headers)


def _headers(row: Evidence) -> dict[str, str]:
    ending = SHOWN.get(row.media_type)
    shown = "inline" if ending else "attachment"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # asked for each time, so that a lost right is lost at once
        "Content-Disposition": f'{shown}; filename="{row.case_id}-{row.kind}.{ending or "bin"}"',
        "Content-Type": row.media_type if ending else "application/octet-stream",
        "ETag": f'"{row.sha256}"',
    }
