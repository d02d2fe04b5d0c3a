"""The page to sign in."""

import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.errors import TooManyAttempts, Unauthenticated
from kitchenwatch.web.auth import AnyCaller, drop_session, keep_session
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.login import sign_in
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Line, Password

router = APIRouter()

# A place of ours and nobody else's: neither `//elsewhere` nor `/\elsewhere`.
OWN_PLACE = re.compile(r"/|(/[\w.-]+)+")


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:
    """The form."""
    return render(request, "login.html", next=_own(next), name="", problem=None)


@router.post("/login")
def post_login(
    request: Request, deps: Deps, name: Annotated[Line, Form()], password: Annotated[Password, Form()], next: str = "/"
) -> Response:
    """To where one wanted to go, or the form again."""
    try:
        grant = sign_in(request, deps, name, password)
    except Unauthenticated:
        return _again(request, HTTPStatus.UNAUTHORIZED, name, next, "用户名或密码不正确 Wrong name or password")
    except TooManyAttempts as error:
        problem = f"尝试次数过多,请等待 {error.retry_after} 秒 Too many attempts, wait {error.retry_after} s"
        return _again(request, HTTPStatus.TOO_MANY_REQUESTS, name, next, problem)
    response = RedirectResponse(_own(next), HTTPStatus.SEE_OTHER)
    keep_session(request, response, grant)
    return response


@router.post("/logout")
def post_logout(deps: Deps, caller: AnyCaller) -> Response:
    """Back to the form."""
    deps.tokens.close_session(caller.secret, caller.address)
    response = RedirectResponse("/login", HTTPStatus.SEE_OTHER)
    drop_session(response)
    return response


def _again(request: Request, status: HTTPStatus, name: str, next: str, problem: str) -> Response:
    return render(request, "login.html", status, next=_own(next), name=name, problem=problem)


def _own(place: str) -> str:
    return place if OWN_PLACE.fullmatch(place) else "/"
