"""Photos of what was put right, and portraits of who sends them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kitchenwatch.errors import Invalid
from kitchenwatch.photos.examine import LARGEST
from kitchenwatch.store.tables import Case
from kitchenwatch.web.act_schemas import UploadOut
from kitchenwatch.web.auth import AnyCaller, Business, Decider
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.multipart import AROUND, PhotoIn, form_of, heard, photos_in
from kitchenwatch.web.problems import responses
from kitchenwatch.web.receiving import Arrival, Receives, check_awaited
from kitchenwatch.web.serving import file_headers, serve_file

router = APIRouter(prefix="/cases/{case}/uploads", tags=["cases"])

FIELDS = 8
PICTURE: dict[str, Any] = {"content": {"image/jpeg": {}}}
BYTES: dict[str, Any] = {"content": {"application/octet-stream": {}}}
RANGED: dict[int | str, dict[str, Any]] = {304: {}, 416: {}}
NUMBER = {"type": "number"}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["purpose", "photo"],
                    "properties": {
                        "purpose": {"type": "string", "enum": ["photo", "portrait"]},
                        "photo": {"type": "string", "format": "binary"},
                        "latitude": NUMBER,
                        "longitude": NUMBER,
                        "accuracy": NUMBER | {"description": "metres"},
                    },
                }
            }
        },
    }
}


def awaited(deps: Deps, caller: Business, case: UUID) -> Case:
    """The case, if something is asked about it now. Raises NotFound, Conflict."""
    row = deps.reading.case(caller.scope, case)
    check_awaited(row)
    return row


Awaited = Annotated[Case, Depends(awaited)]


@router.post(
    "",
    status_code=201,
    max_body_size=LARGEST + AROUND,
    openapi_extra=FORM,
    responses=responses(400, 403, 404, 409, 413, 429),
)
async def post_upload(request: Request, receiving: Receives, caller: Business, case: Awaited) -> UploadOut:
    """Send a photo (JPEG, PNG or WebP; at most nine) or a portrait of yourself (one) of an answer, before you answer.

    It is sealed as it comes, its time is the server's. What is doubtful is pointed out in `doubts`. The same photo
    sent again is taken in once. `rectify` (`POST …/acts`) then names the ids.
    """
    receiving.begin(caller)
    async with form_of(request, files=1, fields=FIELDS) as form:
        told = heard(PhotoIn, {name: value for name, value in form.items() if isinstance(value, str)})
        photos = photos_in(form, "photo")
        if not photos:
            raise Invalid("there is no photo in the form -> send it as `photo`")
        upload = await receiving.take(caller, case, Arrival(photos[0].file, told.purpose, told.position))
    return UploadOut.model_validate(upload)


@router.get("/{upload}", response_class=Response, responses={200: PICTURE, 206: PICTURE} | RANGED | responses(404))
def get_upload(request: Request, deps: Deps, caller: AnyCaller, case: UUID, upload: UUID) -> Response:
    """The copy for people: made small, without EXIF, with a watermark; sealed like the original."""
    row = deps.reading.upload(caller.scope, case, upload)
    headers = file_headers(f"{case}-{row.purpose}-{upload}", "image/jpeg", f'"{row.shown_sha256}"')
    key = row.shown_key
    return serve_file(request, headers, lambda: deps.blobs.size(key), lambda: deps.blobs.open(key))


@router.get(
    "/{upload}/original",
    response_class=Response,
    responses={200: BYTES, 206: BYTES} | RANGED | responses(403, 404),
)
def get_original(request: Request, deps: Deps, caller: Decider, case: UUID, upload: UUID) -> Response:
    """What was sent, byte by byte, to be saved and never shown; its ETag is its SHA-256, as in the sealed manifest."""
    row = deps.reading.upload(caller.scope, case, upload)
    headers = file_headers(f"{case}-{row.purpose}-{upload}-original", "application/octet-stream", f'"{row.sha256}"')
    key = row.key
    return serve_file(request, headers, lambda: deps.blobs.size(key), lambda: deps.blobs.open(key))


@router.delete("/{upload}", status_code=204, responses=responses(403, 404))
def delete_upload(deps: Deps, caller: Business, case: UUID, upload: UUID) -> None:
    """Take back a photo of yours that is part of no answer yet; that it was there, and is gone, stays sealed."""
    deps.reading.check_case(caller.scope, case)
    deps.uploads.take_back(case, upload, caller.actor)
