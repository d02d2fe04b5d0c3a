"""What is kept how long, how full the disk is, and what a legal hold keeps."""

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.errors import Conflict, Fault, Invalid, InvalidFields, NotFound
from kitchenwatch.model import RULE_KINDS
from kitchenwatch.store.expiry import RetentionPolicy
from kitchenwatch.store.keeping import Due
from kitchenwatch.web.administration import PERIODS, Change, Place, Who
from kitchenwatch.web.auth import Admin, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.pages.admin.configuration import yaml_file
from kitchenwatch.web.pages.admin.forms import Body, Faults, Fields, periods, text
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Revision

router = APIRouter(prefix="/retention")

KIND = "retention"
HOLDS = 100  # shown; their number is told in any case


@router.get("")
def show_retention(request: Request, deps: Deps, caller: Admin) -> Response:
    """All of it on one page."""
    return _page(request, deps, caller)


@router.post("")
def post_retention(
    request: Request, deps: Deps, caller: Admin, form: Fields, revision: Annotated[Revision | None, Form()] = None
) -> Response:
    """Back to it; or the form again, with what is wrong, or with what would be removed at once."""
    place = _declared(deps)
    if place and place.revision is None:
        raise Invalid("retention is declared in the file -> change it there")
    typed = periods(form)
    try:
        due = _due(deps, typed)
        if due.cases and text(form, "agreed") != _as_agreed(typed):
            return _page(request, deps, caller, typed, revision, due=due)
        change = Change(KIND, PERIODS, typed)
        deps.administration.declaring.declare(Who(caller.name, caller.address), change, revision)
    except InvalidFields as error:
        status = HTTPStatus.CONFLICT if "id" in error.faults else HTTPStatus.UNPROCESSABLE_ENTITY
        faults = {"revision": Fault(str(error))} if "id" in error.faults else error.faults
        return _page(request, deps, caller, typed, revision, Faults(faults), status)
    except (Conflict, NotFound) as error:
        told = Faults({"revision": Fault(str(error))})
        return _page(request, deps, caller, typed, revision, told, HTTPStatus.CONFLICT)
    return RedirectResponse("/admin/retention?done=1", HTTPStatus.SEE_OTHER)


@router.post("/remove")
def post_removal(deps: Deps, caller: Admin, revision: Annotated[Revision, Form()]) -> Response:
    """The console's side of a clash is dropped: what holds stays as it is."""
    declaring = deps.administration.declaring
    if not any(clash.kind == KIND for clash in declaring.holding().clashes):
        raise NotFound("file and console do not both declare retention")
    declaring.withdraw(Who(caller.name, caller.address), KIND, PERIODS, revision)
    return RedirectResponse("/admin", HTTPStatus.SEE_OTHER)


@router.get("/yaml")
def get_yaml(deps: Deps, caller: Admin) -> Response:
    """What the console declares, to be put into the file."""
    return yaml_file("retention.yaml", deps.administration.declaring.snippet(KIND, PERIODS))


def _declared(deps: WebDeps) -> Place | None:
    return deps.administration.declaring.holding().find(KIND, PERIODS)


def _due(deps: WebDeps, typed: Body) -> Due:
    """What would go at once. Raises InvalidFields."""
    retaining = deps.administration.retaining
    return deps.administration.keeping.due(retaining.wanted(typed), retaining.policy(), deps.clock.now())


def _as_agreed(typed: Body) -> str:
    """What somebody agrees to: other periods take other evidence, and are asked about again."""
    return json.dumps(typed, sort_keys=True)


def _as_typed(policy: RetentionPolicy) -> Body:
    return {
        "rolling_days": policy.rolling_days,
        "dismissed_days": policy.dismissed_days,
        "confirmed_days": policy.confirmed_days,
        "by_kind": dict(policy.kind_days),
    }


def _page(
    request: Request,
    deps: WebDeps,
    caller: Caller,
    typed: Body | None = None,
    revision: int | None = None,
    faults: Faults | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    due: Due | None = None,
) -> Response:
    free, total = deps.blobs.free()
    keeping, place, policy = deps.administration.keeping, _declared(deps), deps.administration.retaining.policy()
    number, held = keeping.held(HOLDS)
    return render(
        request,
        "admin/retention.html",
        status,
        caller=caller,
        policy=policy,
        place=place,
        said=typed or _as_typed(policy),
        revision=revision if typed or not place else place.revision,
        kinds=RULE_KINDS,
        faults=faults or Faults({}),
        done="done" in request.query_params,
        due=due,
        agreed=_as_agreed(typed) if due and typed else "",
        free=free,
        total=total,
        kept=keeping.kept(),
        held=held,
        number=number,
    )
