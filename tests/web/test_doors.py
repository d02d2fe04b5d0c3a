"""Every visitor at every door: a new route must be added to `doors`, or the first test fails."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from doors import DOORS, OUTSIDERS, SOCKET, VISITORS, WRITING, Ask, add_neighbours, address, asks_to_sign_in, knock
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from installation import BEGIN, PASSWORD, Installation
from starlette.routing import Mount
from starlette.testclient import WebSocketDenialResponse

from kitchenwatch.model import Frame
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.onlooker import Seen
from kitchenwatch.web.live_view import LiveView

Asking = Callable[[str], TestClient]
OURS = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
# Where a session begins: there is none yet that could be misused, and `from_elsewhere` is asked.
SIGN_IN = {("POST", "/login"), ("POST", "/api/v1/login")}
PAGES = [ask for ask in DOORS if asks_to_sign_in(ask)]


@pytest.fixture
def town(shop: Installation) -> Installation:
    """The installation with neighbours, and with a picture from every camera."""
    add_neighbours(shop)
    for site in ("wang", "li", "zhao"):
        shop.views[f"{site}-wok"] = LiveView(Still(f"{site}-wok"), None, lambda: 1.0)
    return shop


class Still:
    """A camera that has shown one frame."""

    def __init__(self, camera: str) -> None:
        frame = Frame(camera, "run", 0.0, BEGIN - timedelta(seconds=1), ArrayPicture(np.zeros((90, 160, 3), np.uint8)))
        self.newest = Seen(frame, (), (), ())

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


@pytest.fixture
def clip(make_film: Callable[..., Path]) -> bytes:
    """As short as films can be."""
    return make_film(seconds=0.2, size=(64, 48)).read_bytes()


def refused(shop: Installation) -> list[tuple[str, str, Any]]:
    """What the auditor is told."""
    rows = [row for row in shop.reading.audit(limit=500) if row.action == "access.refused"]
    return [(row.actor, row.subject, row.data["status"]) for row in rows]


def test_every_route_is_listed(shop: Installation) -> None:
    found: set[Ask] = set()
    for context in iter_route_contexts(shop.app.routes):
        if context.path == "/static":  # the same for everybody: style and scripts
            continue
        assert context.path
        assert not isinstance(context, Mount)
        found |= {(method, context.path) for method in context.methods or {SOCKET}}
    assert found == set(DOORS)


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_is_answered_as_the_table_says_and_refusals_are_logged(
    visitor: str, town: Installation, client: TestClient, as_user: Asking, clip: bytes
) -> None:
    asking = client if visitor == "nobody" else as_user(visitor)
    answers, told, expected = {}, [], []
    for ask, door in DOORS.items():
        url = address(town, ask, clip)
        answers[ask] = knock(asking, ask, url)
        # Who sees everything finds nothing outside a scope.
        if visitor != "nobody" and (door.answer(visitor) == 403 or (door.answer(visitor) == 404 and bound(visitor))):
            expected.append((visitor, url, door.answer(visitor)))
    assert answers == {ask: door.answer(visitor) for ask, door in DOORS.items()}
    told = refused(town)
    assert sorted(told) == sorted(expected)


def bound(visitor: str) -> bool:
    return visitor in ("wang", "zhao", "east", "west")


@pytest.mark.parametrize("visitor", OUTSIDERS)
def test_another_mans_case_cannot_be_told_from_none(
    visitor: str, town: Installation, as_user: Asking, clip: bytes
) -> None:
    asking = as_user(visitor)
    for ask in DOORS:
        if "{case}" not in ask[1]:
            continue
        theirs = address(town, ask, clip)
        none = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", str(uuid4()), theirs)
        assert knock(asking, ask, theirs) == knock(asking, ask, none)


def test_lists_hold_only_what_the_visitor_may_see(town: Installation, as_user: Asking) -> None:
    for site in ("wang", "li", "zhao"):
        town.open_case(site)
    seen = {"wang": {"wang"}, "zhao": {"zhao"}, "east": {"wang", "li"}, "west": {"zhao"}}
    everything = {"wang", "li", "zhao"}
    names = {"wang": "老王烧烤店", "li": "李家面馆", "zhao": "第三食堂"}
    for visitor in VISITORS[1:]:
        asking, mine = as_user(visitor), seen.get(visitor, everything)
        assert {site["id"] for site in asking.get("/api/v1/sites").json()} == mine
        assert {camera["site"] for camera in asking.get("/api/v1/cameras").json()} == mine
        assert {case["site"] for case in asking.get("/api/v1/cases").json()["items"]} == mine
        pages = ["/", "/cases", "/cases.csv", "/cameras", "/wall"]
        pages += ["/review", "/api/v1/review/next"] if visitor in ("east", "west", "admin") else []
        for page in pages:
            text = asking.get(page).text
            assert not [name for site, name in names.items() if site not in mine and name in text], page


def test_a_page_of_another_site_cannot_write(town: Installation, client: TestClient, clip: bytes) -> None:
    """At every door that changes anything, with the session of somebody who might."""
    for ask in DOORS:
        if ask[0] not in WRITING:
            continue
        url = address(town, ask, clip)
        before = len(town.reading.audit(limit=500))
        client.cookies.clear()
        if ask not in SIGN_IN:
            asked = {"name": "wang" if "uploads" in url else "admin", "password": PASSWORD}
            assert client.post("/api/v1/login", json=asked).status_code == 200
        client.headers = ELSEWHERE
        session = dict(client.cookies)
        assert knock(client, ask, url) == 403, ask
        client.headers = {}
        if ask not in SIGN_IN:
            assert session
            assert town.reading.audit(limit=1)[0].action in ("access.refused", "login"), ask
        assert len(town.reading.audit(limit=500)) - before <= 2


def test_a_page_of_another_site_cannot_watch(town: Installation) -> None:
    client = TestClient(town.app)
    client.post("/api/v1/login", json={"name": "east", "password": PASSWORD})
    url = "/api/v1/cameras/wang-wok/live"
    with pytest.raises(WebSocketDenialResponse) as caught, client.websocket_connect(url, headers=ELSEWHERE):
        pass
    assert caught.value.status_code == 403
    with client.websocket_connect(url, headers=OURS) as socket:
        assert socket.receive_json()


def test_no_page_runs_what_is_written_into_it(town: Installation, as_user: Asking, clip: bytes) -> None:
    """The policy forbids it, and no page asks for it."""
    town.open_case()
    asking = as_user("admin")
    for ask in [*PAGES, ("GET", "/login")]:
        answer = asking.get(address(town, ask, clip), params=DOORS[ask].query)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert written_in(answer.text) == [], ask


def written_in(page: str) -> list[str]:
    """Scripts and styles within a page that the policy would stop."""
    scripts = [tag for tag in re.findall(r"<script[^>]*>", page) if "src=" not in tag and "application/json" not in tag]
    return scripts + re.findall(r"<style", page) + re.findall(r"<[^>]*\s(?:style|on[a-z]+)=[^>]*>", page)


@pytest.mark.parametrize("ask", PAGES, ids=lambda ask: ask[1])
def test_nobody_is_shown_where_to_sign_in_and_comes_back(ask: Ask, town: Installation, client: TestClient) -> None:
    answer = client.get(address(town, ask), follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=/")
