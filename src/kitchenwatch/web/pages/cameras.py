"""The page of cameras."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.model import CameraState
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render

router = APIRouter()

INTERVALS = 100


@router.get("/cameras")
def show_cameras(request: Request, deps: Deps, caller: AnyCaller) -> Response:
    """Every camera's present state, and the latest intervals of trouble."""
    newest = deps.reading.newest_alert()
    cameras = deps.reading.cameras(caller.scope)
    return render(
        request,
        "cameras.html",
        caller=caller,
        newest=newest,
        cameras=sorted(cameras, key=lambda now: now.state is CameraState.ONLINE),
        by_id={now.camera.id: now.camera for now in cameras},
        intervals=deps.reading.health(caller.scope, limit=INTERVALS),
    )
