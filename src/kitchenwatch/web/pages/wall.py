"""The video wall, and one camera's live view."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.model import RULE_KINDS, CameraState, Label
from kitchenwatch.web.auth import DECIDING, AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id

router = APIRouter()

INTERVALS = 50
# What the scripts have to say in words.
SPOKEN = {"states": list(CameraState), "kinds": RULE_KINDS, "labels": list(Label)}


@router.get("/wall")
def show_wall(request: Request, deps: Deps, caller: AnyCaller, district: str = "", site: str = "") -> Response:
    """All cameras in scope, or those of a district or a site."""
    cameras = deps.reading.cameras(caller.scope, site or None)
    return render(
        request,
        "wall.html",
        caller=caller,
        cameras=[now for now in cameras if not district or now.camera.site.district_id == district],
        chosen={"district": district, "site": site},
        districts=deps.reading.districts(caller.scope),
        sites=deps.reading.sites(caller.scope),
        spoken=SPOKEN,
    )


@router.get("/cameras/{camera}")
def show_camera(request: Request, deps: Deps, caller: AnyCaller, camera: Id) -> Response:
    """One camera, large, with its latest intervals of trouble."""
    return render(
        request,
        "camera.html",
        caller=caller,
        camera=deps.reading.camera(caller.scope, camera),
        intervals=deps.reading.health(caller.scope, camera, limit=INTERVALS),
        may_patrol=caller.scope.role in DECIDING,
        spoken=SPOKEN,
    )
