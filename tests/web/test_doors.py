"""Every role at every door: a new route must be added here, or the first test fails."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation

Ask = tuple[str, str]

# What each role is answered, in the order nobody, wang (business), east (regulator), viewer, admin. The case lies at
# the site wang, in the district east. A page answers 303 to nobody: it shows where to sign in.
ROLES = ["nobody", "wang", "east", "viewer", "admin"]
EVERYBODY, READERS, PAGE = [200] * 5, [401, 200, 200, 200, 200], [303, 200, 200, 200, 200]
ADMINS = [401, 403, 403, 403]
DOORS: dict[Ask, list[int]] = {
    ("GET", "/api/v1/health"): EVERYBODY,
    ("GET", "/api/v1/sites"): READERS,
    ("GET", "/api/v1/sites/{site}"): READERS,
    ("GET", "/api/v1/cameras"): READERS,
    ("GET", "/api/v1/cameras/{camera}"): READERS,
    ("GET", "/api/v1/camera-health"): READERS,
    ("GET", "/api/v1/cases"): READERS,
    ("GET", "/api/v1/cases/counts"): READERS,
    ("GET", "/api/v1/cases/{case}"): READERS,
    ("POST", "/api/v1/cases/{case}/verdict"): [401, 403, 200, 403, 200],
    ("PUT", "/api/v1/cases/{case}/legal-hold"): [401, 403, 200, 403, 200],
    ("GET", "/api/v1/cases/{case}/evidence/{kind}"): READERS,
    ("HEAD", "/api/v1/cases/{case}/evidence/{kind}"): READERS,
    ("GET", "/api/v1/cases/{case}/preview"): READERS,
    # An open stream never ends; test_stream listens to it. Here: may one ask at all?
    ("GET", "/api/v1/alerts/stream"): [401, 422, 422, 422, 422],
    ("POST", "/api/v1/login"): EVERYBODY,
    ("POST", "/api/v1/logout"): [401, 204, 204, 204, 204],
    ("GET", "/api/v1/me"): READERS,
    ("GET", "/api/v1/me/tokens"): READERS,
    ("POST", "/api/v1/me/tokens"): [401, 201, 201, 201, 201],
    ("DELETE", "/api/v1/me/tokens/{token}"): [401, 404, 404, 404, 404],
    ("GET", "/api/v1/users"): [*ADMINS, 200],
    ("POST", "/api/v1/users"): [*ADMINS, 204],
    ("PUT", "/api/v1/users/{name}"): [*ADMINS, 204],
    ("PUT", "/api/v1/users/{name}/password"): [*ADMINS, 204],
    ("PUT", "/api/v1/users/{name}/disabled"): [*ADMINS, 204],
    ("GET", "/api/v1/tokens"): [*ADMINS, 200],
    ("POST", "/api/v1/tokens"): [*ADMINS, 201],
    ("DELETE", "/api/v1/tokens/{token}"): [*ADMINS, 404],
    ("GET", "/api/v1/audit"): [*ADMINS, 200],
    ("GET", "/api/v1/metrics"): [401, 403, 403, 200, 200],
    ("GET", "/api/v1/public-key.pem"): READERS,
    ("GET", "/login"): EVERYBODY,
    ("POST", "/login"): [303] * 5,
    ("POST", "/logout"): [303] * 5,
    ("GET", "/"): PAGE,
    ("GET", "/cases/{case}"): PAGE,
    ("POST", "/cases/{case}/verdict"): [303, 403, 303, 403, 303],
    ("GET", "/cameras"): PAGE,
    # Last, as a password changes with it.
    ("PUT", "/api/v1/me/password"): [401, 204, 204, 204, 204],
}
BODIES: dict[Ask, dict[str, object]] = {
    ("POST", "/api/v1/cases/{case}/verdict"): {"status": "dismissed", "reason": "false_alarm", "revision": 1},
    ("PUT", "/api/v1/cases/{case}/legal-hold"): {"hold": True},
    ("POST", "/api/v1/login"): {"name": "wang", "password": PASSWORD},
    ("PUT", "/api/v1/me/password"): {"old": PASSWORD, "password": "another long one"},
    ("POST", "/api/v1/me/tokens"): {"note": "script"},
    ("POST", "/api/v1/users"): {"name": "new", "role": "viewer", "password": PASSWORD},
    ("PUT", "/api/v1/users/{name}"): {"role": "viewer"},
    ("PUT", "/api/v1/users/{name}/password"): {"password": "another long one"},
    ("PUT", "/api/v1/users/{name}/disabled"): {"disabled": True},
    ("POST", "/api/v1/tokens"): {"user": "west"},
}
FORMS: dict[Ask, dict[str, str]] = {
    ("POST", "/login"): {"name": "wang", "password": PASSWORD},
    ("POST", "/cases/{case}/verdict"): {"status": "confirmed", "revision": "1"},
}


def test_every_route_is_listed(shop: Installation) -> None:
    routes = [context for context in iter_route_contexts(shop.app.routes) if context.path]
    doors = {(method, context.path) for context in routes for method in context.methods or ()}
    # Starlette's own: a HEAD beside a GET, and the OpenAPI document.
    document = {(method, "/api/v1/openapi.json") for method in ("GET", "HEAD")}
    assert doors - document == set(DOORS)


@pytest.mark.parametrize("role", ROLES)
def test_the_role_is_answered_as_the_table_says(
    role: str,
    shop: Installation,
    client: TestClient,
    as_user: Callable[[str], TestClient],
    make_film: Callable[..., Path],
) -> None:
    clip = make_film(seconds=0.2, size=(64, 48)).read_bytes()
    asking = client if role == "nobody" else as_user(role)
    answers = {}
    for ask in DOORS:
        method, path = ask
        case = shop.open_case("wang", clip=clip) if "{case}" in path else None
        url = path.format(case=case, kind="snapshot", site="wang", camera="wang-wok", token=uuid4(), name="west")
        query = {"after": "x"} if path.endswith("stream") else {}
        body, form = BODIES.get(ask), FORMS.get(ask)
        answer = asking.request(method, url, params=query, json=body, data=form, follow_redirects=False)
        asking.cookies.clear()
        answers[ask] = answer.status_code
    assert answers == {ask: told[ROLES.index(role)] for ask, told in DOORS.items()}


@pytest.mark.parametrize("role", ["wang", "west"])
def test_another_mans_case_cannot_be_told_from_none(
    role: str, shop: Installation, as_user: Callable[[str], TestClient]
) -> None:
    case, asking = shop.open_case("li", clip=b"film"), as_user(role)
    asks = [ask for ask in DOORS if "{case}" in ask[1]]
    for method, path in asks:
        theirs, none = (
            asking.request(
                method,
                path.format(case=wanted, kind="snapshot"),
                json=BODIES.get((method, path)),
                data=FORMS.get((method, path)),
                follow_redirects=False,
            )
            for wanted in (case, uuid4())
        )
        assert theirs.status_code == none.status_code
        assert theirs.status_code in (404, 403)
        if role == "west":
            assert theirs.status_code == 404
