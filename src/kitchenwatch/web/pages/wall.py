"""The video wall, and one camera's live view."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.model import RULE_KINDS, Attentiveness, CameraState, Label
from kitchenwatch.web.auth import DECIDING, AnyCaller
from kitchenwatch.web.closeness import closeness_of_all, overload
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id

router = APIRouter()

INTERVALS = 50
# What the scripts have to say in words.
SPOKEN = {"states": list(CameraState), "closeness": list(Attentiveness), "kinds": RULE_KINDS, "labels": list(Label)}


@router.get("/wall")
def show_wall(request: Request, deps: Deps, caller: AnyCaller, district: str = "", site: str = "") -> Response:
    """All cameras in scope, or those of a district or a site."""
    cameras = deps.reading.cameras(caller.scope, site or None)
    return render(
        request,
        "wall.html",
        caller=caller,
        closeness=closeness_of_all(deps, cameras),
        overload=overload(deps, caller.scope),
        cameras=[now for now in cameras if not district or now.camera.site.district_id == district],
        chosen={"district": district, "site": site},
        districts=deps.reading.districts(caller.scope),
        sites=deps.reading.sites(caller.scope),
        spoken=SPOKEN,
    )


@router.get("/cameras/{camera}")
def show_camera(request: Request, deps: Deps, caller: AnyCaller, camera: Id) -> Response:
    """One camera, large, with its latest intervals of trouble."""
    now = deps.reading.camera(caller.scope, camera)
    return render(
        request,
        "camera.html",
        caller=caller,
        camera=now,
        closeness=closeness_of_all(deps, [now]),
        intervals=deps.reading.health(caller.scope, camera, limit=INTERVALS),
        may_patrol=caller.scope.role in DECIDING,
        spoken=SPOKEN,
    )
