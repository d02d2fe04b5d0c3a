"""Who is calling: a bearer token, or the cookie of a browser session.

A cookie travels without its owner meaning it, so a writing request that comes with one must also come from our
own pages (`Sec-Fetch-Site`, or `Origin` where a browser on plain HTTP sends no such header).
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from kitchenwatch.errors import Forbidden, Unauthenticated
from kitchenwatch.model import Role, Scope
from kitchenwatch.store.loop import Actor
from kitchenwatch.store.tokens import SESSION, Grant
from kitchenwatch.web.deps import Deps

COOKIE = "kw_session"
LONGEST_SECRET = 200
HARMLESS = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(auto_error=False, description="An API token, `kw_…`")
_cookie = APIKeyCookie(name=COOKIE, auto_error=False, description="A browser session")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who has signed in."""

    scope: Scope
    secret: str
    address: str

    @property
    def name(self) -> str:
        return self.scope.user

    @property
    def actor(self) -> Actor:
        """The caller as the case loop knows them."""
        return Actor(self.name, self.scope.role, self.address)


def address_of(connection: HTTPConnection) -> str:
    """The caller's network address, empty where the server knows none."""
    return connection.client.host if connection.client else ""


def maybe_caller(
    request: Request,
    deps: Deps,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    cookie: Annotated[str | None, Depends(_cookie)],
) -> Caller | None:
    """Who calls, or None. Raises Forbidden for a cookie that another site made the browser send."""
    secret = bearer.credentials if bearer else cookie
    if not secret or len(secret) > LONGEST_SECRET:
        return None
    scope = deps.tokens.scope_of(secret)
    caller = Caller(scope, secret, address_of(request)) if scope else None
    request.state.caller = caller  # whom `refusals` tells of
    if bearer is None and request.method not in HARMLESS and not from_our_pages(request):
        raise Forbidden("a browser session writes only from kitchenwatch's own pages -> use an API token")
    return caller


MaybeCaller = Annotated[Caller | None, Depends(maybe_caller)]


def some_caller(caller: MaybeCaller) -> Caller:
    """Who calls. Raises Unauthenticated."""
    if caller is None:
        raise Unauthenticated("sign in, or send an API token as `Authorization: Bearer kw_…`")
    return caller


AnyCaller = Annotated[Caller, Depends(some_caller)]


class OneOf:
    """Lets in some roles only. Raises Forbidden."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(self, caller: AnyCaller) -> Caller:
        if caller.scope.role not in self.roles:
            raise Forbidden(f"this needs the role {' or '.join(sorted(self.roles))}")
        return caller


DECIDING = frozenset({Role.ADMIN, Role.REGULATOR})

Admin = Annotated[Caller, Depends(OneOf(Role.ADMIN))]
Business = Annotated[Caller, Depends(OneOf(Role.BUSINESS))]
Decider = Annotated[Caller, Depends(OneOf(*DECIDING))]
Overseer = Annotated[Caller, Depends(OneOf(Role.ADMIN, Role.VIEWER))]


def from_our_pages(request: HTTPConnection) -> bool:
    """Whether the browser says that one of our own pages sent this."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("origin", "")).netloc == request.headers.get("host", "?")


def from_elsewhere(request: Request) -> bool:
    """Whether a browser says that another site sent this; programs say nothing."""
    says = {"sec-fetch-site", "origin"} & set(request.headers)
    return bool(says) and not from_our_pages(request)


def keep_session(request: Request, response: Response, grant: Grant) -> None:
    """Give the browser its session."""
    lasts = int(SESSION.total_seconds())
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, grant.secret, lasts, httponly=True, samesite="strict", secure=secure)


def drop_session(response: Response) -> None:
    """Take it away again."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
