"""The page to sign in."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.errors import TooManyAttempts, Unauthenticated
from kitchenwatch.model import Role
from kitchenwatch.store.tokens import Grant
from kitchenwatch.web.auth import AnyCaller, drop_session, keep_session
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.login import sign_in
from kitchenwatch.web.redirects import own_place
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Line, Password

router = APIRouter()


@router.get("/login")
def show_login(request: Request, next: str = "/", unsent: bool = False) -> Response:
    """The form; `unsent` where a session had ended before something was written."""
    return render(request, "login.html", next=own_place(next), name="", wrong=False, wait=0, unsent=unsent)


@router.post("/login")
def post_login(
    request: Request, deps: Deps, name: Annotated[Line, Form()], password: Annotated[Password, Form()], next: str = "/"
) -> Response:
    """To where one wanted to go, or the form again."""
    try:
        grant = sign_in(request, deps, name, password)
    except Unauthenticated:
        return _again(request, HTTPStatus.UNAUTHORIZED, name, next)
    except TooManyAttempts as error:
        return _again(request, HTTPStatus.TOO_MANY_REQUESTS, name, next, error.retry_after)
    response = RedirectResponse(_first_page(deps, grant) if next == "/" else own_place(next), HTTPStatus.SEE_OTHER)
    keep_session(request, response, grant)
    return response


@router.post("/logout")
def post_logout(deps: Deps, caller: AnyCaller) -> Response:
    """Back to the form."""
    deps.tokens.close_session(caller.secret, caller.address)
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    drop_session(response)
    return response


def _again(request: Request, status: HTTPStatus, name: str, next: str, wait: int = 0) -> Response:
    return render(
        request, "login.html", status, next=own_place(next), name=name, wrong=not wait, wait=wait, unsent=False
    )


def _first_page(deps: Deps, grant: Grant) -> str:
    """A business comes for what it is asked."""
    scope = deps.tokens.scope_of(grant.secret)
    return "/notices" if scope and scope.role is Role.BUSINESS else "/"
