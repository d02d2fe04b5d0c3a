"""Answers that hand out a file's bytes, whole or in the range that was asked for."""

from collections.abc import Callable
from typing import BinaryIO

from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from kitchenwatch.web.ranges import Span, Unsatisfiable, chunks, unchanged, wanted

# What a browser may show in our name, and the name's ending; anything else is only ever downloaded.
SHOWN = {"image/jpeg": "jpg", "image/png": "png", "video/mp4": "mp4"}


def file_headers(name: str, media_type: str, etag: str) -> dict[str, str]:
    """Headers of a file; `name` is without its ending, `etag` with its quotes."""
    ending = SHOWN.get(media_type)
    shown = "inline" if ending else "attachment"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",  # asked for each time, so that a lost right is lost at once
        "Content-Disposition": f'{shown}; filename="{name}.{ending or "bin"}"',
        "Content-Type": media_type if ending else "application/octet-stream",
        "ETag": etag,
    }


def serve_file(
    request: Request, headers: dict[str, str], size: Callable[[], int], opened: Callable[[], BinaryIO]
) -> Response:
    """The answer to GET or HEAD; the file is touched only where it must be.

    Args:
        headers: from `file_headers`.
        size: tells the file's length in bytes.
        opened: opens the file for reading; the answer closes it.
    """
    if unchanged(request.headers, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    total = size()
    try:
        part = wanted(request.headers, headers["ETag"], total)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{total}"})
    span = part or Span(0, total - 1, total)
    headers = headers | {"Content-Length": str(span.length)}
    if part:
        headers["Content-Range"] = part.content_range
    if request.method == "HEAD":
        return Response(status_code=206 if part else 200, headers=headers)
    return StreamingResponse(chunks(opened(), span), 206 if part else 200, headers)
