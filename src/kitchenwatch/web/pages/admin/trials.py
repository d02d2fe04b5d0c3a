"""A camera is tried before it is added: one picture, in the background."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response

from kitchenwatch.errors import Fault, InvalidFields, NotFound
from kitchenwatch.web.administration import Trial, Who
from kitchenwatch.web.auth import Admin, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.pages.admin.forms import Fields, text, wanted_url

router = APIRouter(prefix="/trials")

TrialId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.post("")
def post_trial(deps: Deps, caller: Admin, form: Fields) -> Response:
    """Begins; the answer is the trial as it stands, to be asked for again."""
    camera = text(form, "id")
    old = deps.administration.declaring.address(camera) if camera else None
    earlier = _earlier(deps, caller, text(form, "trial"))
    try:
        url = wanted_url(form, (old, earlier)) or old
        if not url:
            raise InvalidFields({"url": Fault("is missing", "write the camera's address")})
        trial = deps.administration.trying.begin(Who(caller.name, caller.address), url, camera)
    except InvalidFields as error:
        fault = error.faults["url"]
        return JSONResponse({"problem": fault.problem, "remedy": fault.remedy}, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _told(deps.administration.trying.get(caller.name, trial))


@router.get("/{trial}")
def get_trial(deps: Deps, caller: Admin, trial: TrialId) -> Response:
    """How it stands."""
    return _told(deps.administration.trying.get(caller.name, trial))


@router.get("/{trial}/picture")
def get_picture(deps: Deps, caller: Admin, trial: TrialId) -> Response:
    """What the camera showed."""
    seen = deps.administration.trying.get(caller.name, trial)
    if not seen.picture:
        raise NotFound("this trial has no picture")
    return Response(seen.picture, media_type="image/jpeg")


def _told(trial: Trial) -> Response:
    shown = {"id": trial.id, "state": trial.state, "seconds": round(trial.seconds, 1), "detail": trial.detail}
    return JSONResponse(shown | {"width": trial.width, "height": trial.height})


def _earlier(deps: WebDeps, caller: Caller, id: str) -> str | None:
    try:
        return deps.administration.trying.get(caller.name, id).url if id else None
    except NotFound:
        return None
