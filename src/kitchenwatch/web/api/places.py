"""Sites, their cameras, and the health of these."""

from typing import Annotated

from fastapi import APIRouter, Query

from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.closeness import closeness_of_all
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import CameraOut, HealthOut, Id, Page, RowId, SiteOut

router = APIRouter(tags=["places"])


@router.get("/sites")
def list_sites(deps: Deps, caller: AnyCaller) -> list[SiteOut]:
    """The sites you may see."""
    return [SiteOut.model_validate(row) for row in deps.reading.sites(caller.scope)]


@router.get("/sites/{site}", responses=responses(404))
def get_site(deps: Deps, caller: AnyCaller, site: Id) -> SiteOut:
    """One site."""
    return SiteOut.model_validate(deps.reading.site(caller.scope, site))


@router.get("/cameras")
def list_cameras(deps: Deps, caller: AnyCaller, site: Id | None = None) -> list[CameraOut]:
    """Cameras with their present state."""
    cameras = deps.reading.cameras(caller.scope, site)
    attention = closeness_of_all(deps, cameras)
    return [CameraOut.of(now, attention.get(now.camera.id)) for now in cameras]


@router.get("/cameras/{camera}", responses=responses(404))
def get_camera(deps: Deps, caller: AnyCaller, camera: Id) -> CameraOut:
    """One camera with its present state."""
    now = deps.reading.camera(caller.scope, camera)
    return CameraOut.of(now, closeness_of_all(deps, [now]).get(camera))


@router.get("/camera-health")
def list_health(
    deps: Deps,
    caller: AnyCaller,
    camera: Id | None = None,
    before: RowId | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Page[HealthOut]:
    """Intervals in which cameras were offline, black, covered …, newest first."""
    rows = deps.reading.health(caller.scope, camera, before, limit)
    items = [HealthOut.model_validate(row) for row in rows]
    return Page(items=items, next=str(rows[-1].id) if len(rows) == limit else None)
