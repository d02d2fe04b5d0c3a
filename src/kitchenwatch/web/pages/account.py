"""One's own account: password, browser sessions, API tokens."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.errors import Invalid, TooManyAttempts, Unauthenticated
from kitchenwatch.store.tokens import is_of
from kitchenwatch.store.users import LONGEST_PASSWORD, SHORTEST_PASSWORD
from kitchenwatch.web.auth import AnyCaller, Caller, drop_session, keep_session
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.login import check_password
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Line, Password

router = APIRouter(prefix="/account")

LIVES = (30, 90, 365)  # days; a token that outlives its script is a door left open


@router.get("")
def show_account(request: Request, deps: Deps, caller: AnyCaller) -> Response:
    """What one may see, where one is signed in, and what else opens doors in one's name."""
    return _page(request, deps, caller)


@router.post("/password")
def post_password(
    request: Request, deps: Deps, caller: AnyCaller, old: Annotated[Password, Form()], new: Annotated[Password, Form()]
) -> Response:
    """Ends every session but this one."""
    try:
        check_password(request, deps, caller.name, old)
        deps.users.set_password(caller.name, caller.name, new, caller.address)
    except Unauthenticated:
        return _page(request, deps, caller, HTTPStatus.UNPROCESSABLE_ENTITY, fault="old")
    except Invalid:
        return _page(request, deps, caller, HTTPStatus.UNPROCESSABLE_ENTITY, fault="new")
    except TooManyAttempts as error:
        return _page(request, deps, caller, HTTPStatus.TOO_MANY_REQUESTS, fault="wait", wait=error.retry_after)
    grant = deps.tokens.open_session(caller.name, caller.address)
    response = _page(request, deps, Caller(caller.scope, grant.secret, caller.address), done="password")
    keep_session(request, response, grant)
    return response


@router.post("/sessions/{session}/end")
def post_session_end(deps: Deps, caller: AnyCaller, session: UUID) -> Response:
    """Whoever used it must sign in again."""
    deps.tokens.end_session(caller.name, session, caller.name, caller.address)
    response = RedirectResponse("/account", HTTPStatus.SEE_OTHER)
    if deps.tokens.scope_of(caller.secret) is None:
        drop_session(response)
    return response


@router.post("/tokens")
def post_token(
    request: Request, deps: Deps, caller: AnyCaller, note: Annotated[Line, Form()], days: Annotated[int, Form()] = 90
) -> Response:
    """Its secret, this once: the page is the answer itself, and reading the account again shows it no more."""
    if days not in LIVES:
        raise Invalid(f"a token lasts {', '.join(map(str, LIVES))} days")
    ends = deps.clock.now() + timedelta(days=days)
    grant = deps.tokens.issue(caller.name, caller.name, note.strip(), ends, caller.address)
    return _page(request, deps, caller, secret=grant.secret)


@router.post("/tokens/{token}/revoke")
def post_token_revocation(deps: Deps, caller: AnyCaller, token: UUID) -> Response:
    """It opens nothing from now on."""
    deps.tokens.revoke(caller.name, token, caller.name, caller.address)
    return RedirectResponse("/account", HTTPStatus.SEE_OTHER)


def _page(request: Request, deps: WebDeps, caller: Caller, status: HTTPStatus = HTTPStatus.OK, **told: Any) -> Response:
    now = deps.clock.now()
    tokens = [row for row in deps.tokens.all(caller.name) if not row.revoked_at]
    sites = deps.reading.sites(caller.scope)
    return render(
        request,
        "account.html",
        status,
        **{"fault": None, "wait": 0, "done": None, "secret": None} | told,
        caller=caller,
        zone=sites[0].timezone if sites else "UTC",
        districts=[row.name for row in deps.reading.districts(caller.scope)],
        sites=[row.name for row in sites],
        sessions=[(row, is_of(row, caller.secret)) for row in deps.tokens.sessions(caller.name)],
        tokens=[row for row in tokens if row.expires_at is None or row.expires_at > now],
        lives=LIVES,
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
    )
