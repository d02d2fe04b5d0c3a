"""How somebody signs in, by API or by form."""

from typing import cast

from fastapi import Request

from kitchenwatch.errors import Forbidden
from kitchenwatch.store.tokens import Grant
from kitchenwatch.web.auth import address_of, from_elsewhere
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.throttle import Throttle


def sign_in(request: Request, deps: WebDeps, name: str, password: str) -> Grant:
    """A browser session. Raises Unauthenticated, TooManyAttempts, Forbidden (another site's page asks)."""
    if from_elsewhere(request):
        raise Forbidden("sign in on kitchenwatch's own page")
    check_password(request, deps, name, password)
    return deps.tokens.open_session(name, address_of(request))


def check_password(request: Request, deps: WebDeps, name: str, password: str) -> None:
    """Raises Unauthenticated, TooManyAttempts."""
    throttle, address = cast(Throttle, request.app.state.throttle), address_of(request)
    throttle.enter(name, address)
    deps.users.check(name, password, address)
    throttle.succeeded(name, address)
