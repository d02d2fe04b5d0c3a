"""Cameras as they are now: film, what is seen, stills."""

import asyncio
from email.utils import format_datetime
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import APIRouter, Query, Request, WebSocket
from fastapi.responses import Response

from kitchenwatch.errors import KitchenwatchError, NotFound
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.live_socket import LiveSocket, secret_of, states_for
from kitchenwatch.web.live_stills import WIDTHS, Stills
from kitchenwatch.web.problems import refusal, responses
from kitchenwatch.web.refusals import note_refused_socket
from kitchenwatch.web.schemas import Id

router = APIRouter(tags=["places"])

PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/jpeg": {}}}}


@router.get("/cameras/{camera}/still.jpg", response_class=Response, responses=PICTURE | responses(404))
def get_still(
    request: Request,
    deps: Deps,
    caller: AnyCaller,
    camera: Id,
    width: Annotated[int, Query(ge=1, le=8192, description="pixels; answered with the next of few sizes")] = WIDTHS[1],
) -> Response:
    """The newest frame that was judged, made at most twice a second; however old it is, `Last-Modified` tells."""
    deps.reading.camera(caller.scope, camera)
    view = deps.live(camera)
    seen = view.sights.newest if view else None
    if seen is None:
        # Returned, not raised: nobody was refused anything that the audit log should tell of.
        return refusal(NotFound(f"there is no picture of camera {camera!r} yet"))
    told = {"Last-Modified": format_datetime(seen.frame.at, usegmt=True)}
    return Response(cast(Stills, request.app.state.stills).of(seen, width), headers=told, media_type="image/jpeg")


@router.websocket("/cameras/{camera}/live")
async def watch(socket: WebSocket, camera: Id) -> None:
    """See `live_socket` for what is told. Refused with a problem document, as any request is."""
    deps, secret = cast(WebDeps, socket.app.state.deps), ""
    try:
        secret = secret_of(socket)
        states = await asyncio.to_thread(states_for, deps, secret, camera)
    except KitchenwatchError as error:
        answer = refusal(error)
        await asyncio.to_thread(note_refused_socket, socket, secret, HTTPStatus(answer.status_code))
        await socket.send_denial_response(answer)
        return
    await LiveSocket(socket, deps, secret, camera, states).run()
