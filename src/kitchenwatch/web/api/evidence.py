"""The bytes of evidence, and previews of them."""

import io
from typing import Annotated, Any, cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kitchenwatch.model import EvidenceKind
from kitchenwatch.store.tables import Evidence
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.previews import Previews
from kitchenwatch.web.problems import responses
from kitchenwatch.web.serving import file_headers, serve_file

router = APIRouter(tags=["cases"])

BYTES: dict[str, Any] = {"content": {"image/jpeg": {}, "video/mp4": {}}}
FILM: dict[str, Any] = {"content": {"video/mp4": {}}}
RANGED: dict[int | str, dict[str, Any]] = {304: {}, 416: {}}


@router.head("/cases/{case}/evidence/{kind}", include_in_schema=False)
@router.get(
    "/cases/{case}/evidence/{kind}",
    response_class=Response,
    responses={200: BYTES, 206: BYTES} | RANGED | responses(404),
)
def get_evidence(request: Request, deps: Deps, caller: AnyCaller, case: UUID, kind: EvidenceKind) -> Response:
    """A picture or film, whole or in ranges; its ETag is its SHA-256, as in the sealed manifest."""
    row = deps.reading.evidence(caller.scope, case, kind)
    headers = file_headers(f"{row.case_id}-{row.kind}", row.media_type, f'"{row.sha256}"')
    return serve_file(request, headers, lambda: deps.blobs.size(row.key), lambda: deps.blobs.open(row.key))


def kept_clip(deps: Deps, caller: AnyCaller, case: UUID) -> Evidence:
    """The case's clip. Raises NotFound."""
    return deps.reading.evidence(caller.scope, case, EvidenceKind.CLIP)


def _previews(request: Request) -> Previews:
    return cast(Previews, request.app.state.previews)


@router.get(
    "/cases/{case}/preview",
    response_class=Response,
    responses={200: FILM, 206: FILM} | RANGED | responses(404, 422, 503),
)
async def get_preview(
    request: Request,
    clip: Annotated[Evidence, Depends(kept_clip)],
    previews: Annotated[Previews, Depends(_previews)],
) -> Response:
    """The clip as a small H.264 film, for players that cannot play what the camera sent (H.265 above all).

    It is made when first asked for, which takes seconds, and it is no evidence: scaled down, fewer pictures a
    second, encoded anew, not sealed. 422 tells that none can be made of this clip, 503 that too many are asked for.
    """
    preview = await previews.of(clip)
    headers = file_headers(f"{clip.case_id}-preview", "video/mp4", preview.etag)
    return serve_file(request, headers, lambda: len(preview.data), lambda: io.BytesIO(preview.data))
