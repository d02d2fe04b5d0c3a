"""Districts, sites and cameras: seen, added, changed and removed."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from kitchenwatch.errors import Conflict, Fault, Invalid, InvalidFields, NotFound
from kitchenwatch.model import RULE_KINDS
from kitchenwatch.sources.address import redacted
from kitchenwatch.web.administration import Change, Place, Trial, Who
from kitchenwatch.web.auth import Admin, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.pages.admin.configuration import yaml_file
from kitchenwatch.web.pages.admin.forms import (
    Body,
    Faults,
    Fields,
    camera_body,
    district_body,
    shown_rows,
    site_body,
    text,
    wanted_url,
)
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id, Revision

router = APIRouter()

SPARE = 2  # empty rows of a form: more are one saving away
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Kind(StrEnum):
    """Of a place."""

    DISTRICT = "district"
    SITE = "site"
    CAMERA = "camera"


BODIES = {Kind.DISTRICT: district_body, Kind.SITE: site_body, Kind.CAMERA: camera_body}


@router.get("/places")
def show_places(request: Request, deps: Deps, caller: Admin) -> Response:
    """Districts with their sites."""
    holding = deps.administration.declaring.holding()
    return render(request, "admin/places.html", caller=caller, holding=holding)


@router.get("/cameras")
def show_cameras(request: Request, deps: Deps, caller: Admin) -> Response:
    """By site, with their present state."""
    holding = deps.administration.declaring.holding()
    states = {now.camera.id: now.state for now in deps.reading.cameras(caller.scope)}
    return render(request, "admin/cameras.html", caller=caller, holding=holding, states=states)


@router.get("/declare/{kind}")
def show_new(request: Request, deps: Deps, caller: Admin, kind: Kind, site: Id | None = None) -> Response:
    """An empty form; `site` is chosen already."""
    return _form(request, deps, caller, kind, Place(kind, "", {}, site))


@router.post("/declare/{kind}")
def post_new(request: Request, deps: Deps, caller: Admin, kind: Kind, form: Fields) -> Response:
    """To what was added, or the form again."""
    return _write(request, deps, caller, kind, form, Place(kind, text(form, "id"), {}), None)


@router.get("/places/{kind}/{id}")
def show_place(request: Request, deps: Deps, caller: Admin, kind: Kind, id: Id) -> Response:
    """A form for what the console declares; only to be seen if the file does."""
    return _form(request, deps, caller, kind, _found(deps, kind, id))


@router.post("/places/{kind}/{id}")
def post_place(
    request: Request, deps: Deps, caller: Admin, kind: Kind, id: Id, form: Fields, revision: Annotated[Revision, Form()]
) -> Response:
    """Back to it, or the form again."""
    place = _found(deps, kind, id)
    if place.revision is None:
        raise Invalid(f"{kind} {id!r} is declared in the file -> change it there")
    return _write(request, deps, caller, kind, form, place, revision)


@router.post("/places/{kind}/{id}/remove")
def post_removal(deps: Deps, caller: Admin, kind: Kind, id: Id, revision: Annotated[Revision, Form()]) -> Response:
    """The console declares it no longer; cases that are there stay."""
    deps.administration.declaring.withdraw(Who(caller.name, caller.address), kind, id, revision)
    return RedirectResponse("/admin/cameras" if kind is Kind.CAMERA else "/admin/places", HTTPStatus.SEE_OTHER)


@router.get("/places/{kind}/{id}/yaml")
def get_yaml(deps: Deps, caller: Admin, kind: Kind, id: Id) -> Response:
    """What the console declares, to be put into the file."""
    return yaml_file(f"{id}.yaml", deps.administration.declaring.snippet(kind, id))


def _write(
    request: Request, deps: WebDeps, caller: Caller, kind: Kind, form: FormData, place: Place, revision: int | None
) -> Response:
    typed = Place(kind, place.id, BODIES[kind](form, place.id), text(form, "site") or None, revision)
    trial = _trial(deps, caller, text(form, "trial"))
    try:
        url = _url(deps, kind, form, place.id if revision is not None else "", trial)
        if text(form, "act") == "try":
            return _tried(request, deps, caller, typed, form, url)
        change = Change(kind, typed.id, typed.body, typed.site, url)
        deps.administration.declaring.declare(Who(caller.name, caller.address), change, revision)
    except InvalidFields as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, deps, caller, kind, typed, status, form, Faults(error.faults), trial)
    except Conflict as error:
        told = Faults({"revision": Fault(str(error))})
        return _form(request, deps, caller, kind, typed, HTTPStatus.CONFLICT, form, told, trial)
    return RedirectResponse(f"/admin/places/{kind}/{typed.id}?done=1", HTTPStatus.SEE_OTHER)


def _tried(request: Request, deps: WebDeps, caller: Caller, typed: Place, form: FormData, url: str | None) -> Response:
    """For browsers without scripts: the form again, with the picture."""
    trying = deps.administration.trying
    address = url or deps.administration.declaring.address(typed.id)
    trial = trying.wait(caller.name, trying.begin(Who(caller.name, caller.address), address or "", typed.id))
    return _form(request, deps, caller, Kind.CAMERA, typed, HTTPStatus.OK, form, Faults({}), trial)


def _url(deps: WebDeps, kind: Kind, form: FormData, id: str, trial: Trial | None) -> str | None:
    if kind is not Kind.CAMERA:
        return None
    old = deps.administration.declaring.address(id) if id else None
    return wanted_url(form, (old, trial.url if trial else None))


def _trial(deps: WebDeps, caller: Caller, id: str) -> Trial | None:
    try:
        return deps.administration.trying.get(caller.name, id) if id else None
    except NotFound:
        return None


def _found(deps: WebDeps, kind: Kind, id: str) -> Place:
    place = deps.administration.declaring.holding().find(kind, id)
    if place is None:
        raise NotFound(f"there is no {kind} {id!r}")
    return place


def _form(
    request: Request,
    deps: WebDeps,
    caller: Caller,
    kind: Kind,
    place: Place,
    status: HTTPStatus = HTTPStatus.OK,
    form: FormData | None = None,
    faults: Faults | None = None,
    trial: Trial | None = None,
) -> Response:
    holding = deps.administration.declaring.holding()
    written = holding.find(kind, place.id)
    return render(
        request,
        f"admin/{kind}.html",
        status,
        caller=caller,
        place=place,
        body=place.body,
        new=not place.id or (place.revision is None and form is not None),
        fixed=form is None and bool(place.id) and place.revision is None,
        holding=holding,
        faults=faults or Faults({}),
        done="done" in request.query_params,
        days=DAYS,
        kinds=RULE_KINDS,
        rows=shown_rows,
        spare=SPARE,
        **_camera_fields(form, place.body, written, trial),
    )


def _camera_fields(form: FormData | None, body: Any, written: Place | None, trial: Trial | None) -> Body:
    """The address as it may be shown: what was typed loses its password."""
    typed = redacted(text(form, "url")) if form is not None else body.get("url", "")
    return {
        "url": redacted(trial.url) if trial else typed,
        "user": text(form, "user") if form is not None else "",
        "kept": written.body.get("url", "") if written else "",
        "trial": trial,
    }
