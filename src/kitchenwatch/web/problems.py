"""Errors as answers: RFC 9457 problem documents for programs, a plain page for people."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from kitchenwatch.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KitchenwatchError,
    NotFound,
    SourceUnreadable,
    StorageError,
    StorageFull,
    TooManyAttempts,
    Unauthenticated,
)
from kitchenwatch.photos.refusal import PhotoRefused
from kitchenwatch.web.redirects import place_of
from kitchenwatch.web.refusals import note_refusal
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Problem

log = logging.getLogger(__name__)

STATUS: Mapping[type[KitchenwatchError], HTTPStatus] = {
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    Unauthenticated: HTTPStatus.UNAUTHORIZED,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    # Of a clip that we keep, but cannot make a preview of.
    SourceUnreadable: HTTPStatus.UNPROCESSABLE_ENTITY,
    StorageFull: HTTPStatus.INSUFFICIENT_STORAGE,
    StorageError: HTTPStatus.SERVICE_UNAVAILABLE,
}
MEDIA_TYPE = "application/problem+json"


def install(app: FastAPI) -> None:
    """Answer every error with one of these documents."""
    app.add_exception_handler(KitchenwatchError, _expected)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(Exception, _unexpected)


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entries of these problems."""
    schema = Problem.model_json_schema()
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def refusal(error: KitchenwatchError) -> Response:
    """What a program is told; for doors that the handlers above do not watch."""
    return _document(_status(error), str(error), _headers(error))


def _expected(request: Request, error: Exception) -> Response:
    status = _status(error)
    note_refusal(request, status)
    if status is HTTPStatus.UNAUTHORIZED and not _for_program(request):
        unsent = "" if request.method in ("GET", "HEAD") else "&unsent=true"
        return RedirectResponse(f"/login?next={quote(place_of(request))}{unsent}", HTTPStatus.SEE_OTHER)
    code = {"code": str(error.unfit)} if isinstance(error, PhotoRefused) else {}
    return _answer(request, status, str(error), _headers(error), **code)


def _http(request: Request, error: Exception) -> Response:
    error = cast(HTTPException, error)
    return _answer(request, HTTPStatus(error.status_code), error.detail, error.headers)


def _malformed(request: Request, error: Exception) -> Response:
    # What was sent is not sent back: it may be a password.
    found = [
        {"at": ".".join(map(str, one["loc"])), "problem": one["msg"]}
        for one in cast(RequestValidationError, error).errors()
    ]
    detail = "; ".join(f"{one['at']}: {one['problem']}" for one in found)
    return _answer(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=found)


def _unexpected(request: Request, error: Exception) -> Response:
    detail = "this is a fault of kitchenwatch; its log tells more"
    return _answer(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail)


def _status(error: Exception) -> HTTPStatus:
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


def _headers(error: Exception) -> Mapping[str, str] | None:
    if isinstance(error, TooManyAttempts):
        return {"Retry-After": str(error.retry_after)}
    return {"WWW-Authenticate": "Bearer"} if isinstance(error, Unauthenticated) else None


def _for_program(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _answer(
    request: Request, status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    if not _for_program(request):
        caller = getattr(request.state, "caller", None)  # with the pages to go on to, where somebody has signed in
        told = {"caller": caller, "detail": detail, "code": status}
        return render(request, "problem.html", status=status, headers=headers, **told)
    return _document(status, detail, headers, **more)


def _document(status: HTTPStatus, detail: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **more}
    return JSONResponse(body, status, headers, MEDIA_TYPE)
