"""The form of somebody on patrol."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, BinaryIO
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, model_validator

from kitchenwatch.errors import Invalid, NotFound, SourceUnreadable
from kitchenwatch.model import EvidenceKind, Kind
from kitchenwatch.photos.examine import LARGEST
from kitchenwatch.photos.refusal import PhotoRefused
from kitchenwatch.web.auth import Caller, Decider
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.multipart import AROUND, form_of, heard, photos_in
from kitchenwatch.web.pages.case import LocalMoment
from kitchenwatch.web.patrol import Finding, Moment, Shot, clip_shot, live_shot, report, sent_shot
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id, Paragraph

router = APIRouter()

FIELDS = 10
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]


class Source(StrEnum):
    """Where the picture comes from."""

    LIVE = "live"
    CLIP = "clip"
    SENT = "sent"
    NONE = "none"


class PatrolIn(BaseModel):
    """What the form sends; what is left empty is not said. `case` and `t` name a moment of a clip."""

    id: UUID
    camera: Id
    kind: Kind
    source: Source
    at: LocalMoment | None = None
    remark: Paragraph = ""
    case: UUID | None = None
    t: Seconds = 0.0

    @property
    def moment(self) -> Moment | None:
        """The one that the form was opened with."""
        return Moment(self.case, self.t) if self.case else None

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, said: Any) -> Any:
        return {name: value for name, value in said.items() if value != ""} if isinstance(said, dict) else said


@router.get("/patrol")
def show_patrol(
    request: Request,
    deps: Deps,
    caller: Decider,
    camera: Id | None = None,
    case: UUID | None = None,
    t: Seconds = 0.0,
) -> Response:
    """The form, of that camera or the first, or of a moment of a case's clip; NotFound where it is out of scope."""
    if case is not None:
        deps.reading.evidence(caller.scope, case, EvidenceKind.CLIP)
        camera = deps.reading.case(caller.scope, case).camera_id
    elif camera is not None:
        deps.reading.camera(caller.scope, camera)
    return _form(request, deps, caller, camera, moment=Moment(case, t) if case else None)


@router.get("/cases/{case}/moment.jpg", response_class=Response)
def show_moment(deps: Deps, caller: Decider, case: UUID, t: Seconds = 0.0) -> Response:
    """What a case's clip shows then, as it would go into the finding."""
    camera = deps.reading.case(caller.scope, case).camera_id
    return Response(clip_shot(deps, caller, camera, Moment(case, t)).jpeg, media_type="image/jpeg")


@router.post("/patrol", max_body_size=LARGEST + AROUND)
async def post_patrol(request: Request, deps: Deps, caller: Decider) -> Response:
    """To the new case; or the form again, with what was typed and what is wrong."""
    async with form_of(request, files=1, fields=FIELDS) as form:
        said = heard(PatrolIn, {name: value for name, value in form.items() if isinstance(value, str)})
        photos = photos_in(form, "photo")
        stream = photos[0].file if photos else None
        return await run_in_threadpool(_report, request, deps, caller, said, stream)


def _report(request: Request, deps: WebDeps, caller: Caller, said: PatrolIn, stream: BinaryIO | None) -> Response:
    camera = deps.reading.camera(caller.scope, said.camera).camera
    finding = Finding(said.id, said.kind, said.at, said.remark.strip())
    try:
        shot = _shot(deps, caller, said, camera.site.timezone, stream)
        case = report(deps, caller, camera, finding, shot)
    except (Invalid, NotFound, SourceUnreadable) as error:
        return _form(request, deps, caller, said.camera, said, error, said.moment)
    return RedirectResponse(f"/cases/{case}", HTTPStatus.SEE_OTHER)


def _shot(deps: WebDeps, caller: Caller, said: PatrolIn, zone: str, stream: BinaryIO | None) -> Shot | None:
    match said.source:
        case Source.LIVE:
            return live_shot(deps, said.camera)
        case Source.CLIP:
            if said.moment is None:
                raise Invalid("there is no clip in the form -> take a moment from the page of a case")
            return clip_shot(deps, caller, said.camera, said.moment)
        case Source.SENT:
            if stream is None:
                raise Invalid("there is no picture in the form -> choose one")
            return sent_shot(stream, zone)
        case Source.NONE:
            return None


def _form(
    request: Request,
    deps: WebDeps,
    caller: Caller,
    camera: str | None,
    typed: PatrolIn | None = None,
    error: Exception | None = None,
    moment: Moment | None = None,
) -> Response:
    cameras = [now.camera for now in deps.reading.cameras(caller.scope)]
    chosen = next((one for one in cameras if one.id == camera), cameras[0] if cameras else None)
    view = deps.live(chosen.id) if chosen else None
    zone = chosen.site.timezone if chosen else "UTC"
    return render(
        request,
        "patrol.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if error else HTTPStatus.OK,
        caller=caller,
        id=uuid4(),
        cameras=cameras,
        chosen=chosen,
        live=view is not None and view.sights.newest is not None,
        kinds=list(Kind),
        zone=zone,
        local_now=f"{deps.clock.now().astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}",
        typed=typed,
        moment=moment,
        unfit=error.unfit if isinstance(error, PhotoRefused) else None,
        detail=str(error) if error else "",
        largest=LARGEST,
    )
