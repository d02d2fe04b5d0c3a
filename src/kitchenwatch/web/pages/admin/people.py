"""Who may sign in: added, given roles and places, shut out; their sessions and tokens ended."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from kitchenwatch.errors import Conflict, Fault, InvalidFields, NotFound
from kitchenwatch.model import Role
from kitchenwatch.store.tables import User
from kitchenwatch.store.users import NewUser
from kitchenwatch.web.auth import Admin, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.pages.admin.forms import Faults, Fields, several, text
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id, Password, Revision

router = APIRouter()


@router.get("/users")
def show_users(request: Request, deps: Deps, caller: Admin) -> Response:
    """Everybody."""
    open_now: dict[str, int] = {}
    for session in deps.tokens.sessions():
        open_now[session.user_name] = open_now.get(session.user_name, 0) + 1
    names = _names(deps)
    return render(request, "admin/users.html", caller=caller, users=deps.users.all(), open_now=open_now, names=names)


@router.get("/declare-user")
def show_new(request: Request, deps: Deps, caller: Admin) -> Response:
    """An empty form."""
    return _form(request, deps, caller, NewUser("", Role.VIEWER, phone=""), None)


@router.post("/declare-user")
def post_new(
    request: Request, deps: Deps, caller: Admin, form: Fields, password: Annotated[Password, Form()] = ""
) -> Response:
    """To the new user, or the form again."""
    wish = _wish(form, text(form, "name"))
    try:
        deps.users.add(caller.name, wish, password, caller.address)
    except (InvalidFields, NotFound, Conflict) as error:
        faults = _faults(error, "name" if isinstance(error, Conflict) else "places")
        return _form(request, deps, caller, wish, None, faults, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _back(wish.name)


@router.get("/users/{name}")
def show_user(request: Request, deps: Deps, caller: Admin, name: Id) -> Response:
    """Role, places, password, sessions and tokens."""
    row = deps.users.get(name)
    return _form(request, deps, caller, _as_wish(row), row)


@router.post("/users/{name}")
def post_user(
    request: Request, deps: Deps, caller: Admin, name: Id, form: Fields, revision: Annotated[Revision, Form()]
) -> Response:
    """Back to the user, or the form again."""
    row, wish = deps.users.get(name), _wish(form, name)
    try:
        deps.users.change(caller.name, wish, caller.address, revision)
    except (InvalidFields, NotFound) as error:
        status, faults = HTTPStatus.UNPROCESSABLE_ENTITY, _faults(error, "places")
        return _form(request, deps, caller, wish, row, faults, status)
    except Conflict as error:
        return _form(request, deps, caller, wish, row, _faults(error, "revision"), HTTPStatus.CONFLICT)
    return _back(name)


@router.post("/users/{name}/password")
def post_password(
    request: Request, deps: Deps, caller: Admin, name: Id, password: Annotated[Password, Form()] = ""
) -> Response:
    """A new password; ends that user's browser sessions."""
    row = deps.users.get(name)
    try:
        deps.users.set_password(caller.name, name, password, caller.address)
    except InvalidFields as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, deps, caller, _as_wish(row), row, _faults(error, "password"), status)
    return _back(name)


@router.post("/users/{name}/disabled")
def post_disabled(request: Request, deps: Deps, caller: Admin, name: Id, disabled: Annotated[bool, Form()]) -> Response:
    """Shut out, or let in again."""
    row = deps.users.get(name)
    try:
        deps.users.set_disabled(caller.name, name, disabled, caller.address)
    except Conflict as error:
        return _form(request, deps, caller, _as_wish(row), row, _faults(error, "disabled"), HTTPStatus.CONFLICT)
    return _back(name)


@router.post("/users/{name}/sessions/{session}/end")
def post_session_end(deps: Deps, caller: Admin, name: Id, session: UUID) -> Response:
    """Whoever used it must sign in again."""
    deps.tokens.end_session(caller.name, session, name, caller.address)
    return _back(name)


@router.post("/users/{name}/tokens/{token}/revoke")
def post_token_revocation(deps: Deps, caller: Admin, name: Id, token: UUID) -> Response:
    """It opens nothing from now on."""
    deps.tokens.revoke(caller.name, token, name, caller.address)
    return _back(name)


def _wish(form: FormData, name: str) -> NewUser:
    """Only the places that the role can have; boxes that are hidden may still be ticked."""
    role = Role(text(form, "role")) if text(form, "role") in set(Role) else Role.VIEWER
    districts = tuple(several(form, "districts")) if role is Role.REGULATOR else ()
    sites = tuple(several(form, "sites")) if role is Role.BUSINESS else ()
    return NewUser(name, role, districts, sites, text(form, "phone")[:32])


def _as_wish(row: User) -> NewUser:
    return NewUser(row.name, Role(row.role), tuple(row.districts), tuple(row.sites), row.phone)


def _faults(error: Exception, field: str) -> Faults:
    return Faults(error.faults if isinstance(error, InvalidFields) else {field: Fault(str(error))})


def _back(name: str) -> Response:
    return RedirectResponse(f"/admin/users/{name}?done=1", HTTPStatus.SEE_OTHER)


def _names(deps: WebDeps) -> dict[str, dict[str, str]]:
    holding = deps.administration.declaring.holding()
    return {kind: {place.id: place.name for place in holding.of(kind)} for kind in ("district", "site")}


def _form(
    request: Request,
    deps: WebDeps,
    caller: Caller,
    wish: NewUser,
    row: User | None,
    faults: Faults | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return render(
        request,
        "admin/user.html",
        status,
        caller=caller,
        wish=wish,
        row=row,
        roles=list(Role),
        names=_names(deps),
        faults=faults or Faults({}),
        done="done" in request.query_params,
        sessions=deps.tokens.sessions(row.name) if row else [],
        tokens=deps.tokens.all(row.name) if row else [],
    )
