"""A session that is ended in the middle: pages, event stream and live view end with it."""

import json
from collections.abc import Callable

import httpx
import pytest
from doors import DOORS, add_neighbours, address, asks_to_sign_in
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from websockets import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from kitchenwatch.model import Role
from kitchenwatch.store.users import NewUser
from kitchenwatch.web.live_socket import SIGNED_OUT

PAGES = [ask for ask in DOORS if asks_to_sign_in(ask)]


def end(shop: Installation, name: str) -> None:
    """An admin ends all their sessions."""
    for session in shop.tokens.sessions(name):
        shop.tokens.end_session("admin", session.id)


def test_the_next_request_of_every_page_leads_to_signing_in(shop: Installation, client: TestClient) -> None:
    add_neighbours(shop)
    client.post("/api/v1/login", json={"name": "admin", "password": PASSWORD})
    assert client.get("/cases").status_code == 200
    end(shop, "admin")
    for ask in PAGES:
        url = address(shop, ask)
        answer = client.get(url, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next={url}")
    assert client.get("/api/v1/cases").status_code == 401


def test_a_form_that_was_open_changes_nothing(shop: Installation, client: TestClient) -> None:
    case = shop.open_case()
    client.post("/api/v1/login", json={"name": "east", "password": PASSWORD})
    end(shop, "east")
    headers = {"Sec-Fetch-Site": "same-origin"}
    form = {"act": "confirm", "revision": "1"}
    answer = client.post(f"/cases/{case}/act", data=form, headers=headers, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/&unsent=true")
    assert "刚才的操作未提交" in client.get(answer.headers["location"]).text
    assert "刚才的操作未提交" not in client.get("/login").text
    # Who signs in again comes back to the page of the form; a page of somebody else's is none.
    for referer, place in ((f"{client.base_url}/cases/{case}", f"/cases/{case}"), (f"http://else/cases/{case}", "/")):
        answer = client.post(
            f"/cases/{case}/act", data=form, headers=headers | {"Referer": referer}, follow_redirects=False
        )
        assert answer.headers["location"] == f"/login?next={place}&unsent=true"


@pytest.mark.parametrize("way", ["session", "disabled", "password"])
def test_an_open_event_stream_ends(way: str, shop: Installation, served: str) -> None:
    secret = shop.tokens.open_session("east").secret
    headers = {"Cookie": f"kw_session={secret}"}
    url = f"{served}/api/v1/alerts/stream"
    with httpx.stream("GET", url, headers=headers, timeout=60, trust_env=False) as answer:
        lines = answer.iter_lines()
        assert next(lines)
        lose(shop, way)
        # Nothing happens that it could tell of: it ends by itself.
        assert not [line for line in lines if line.startswith("data:")]


def lose(shop: Installation, way: str) -> None:
    if way == "session":
        end(shop, "east")
    elif way == "disabled":
        shop.users.set_disabled("admin", "east", True)
    else:
        shop.users.set_password("admin", "east", "another long one")


def test_an_open_live_view_ends(shop: Installation, served: str) -> None:
    secret = shop.tokens.open_session("east").secret
    headers = {"Cookie": f"kw_session={secret}", "Origin": served}
    url = f"{served.replace('http', 'ws')}/api/v1/cameras/wang-wok/live"
    with connect(url, additional_headers=headers) as socket:
        assert json.loads(socket.recv())
        end(shop, "east")
        with pytest.raises(ConnectionClosed) as caught:
            read_on(socket)
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == SIGNED_OUT


def read_on(socket: ClientConnection) -> None:
    while True:
        socket.recv(timeout=60)


def test_who_is_given_another_district_sees_it_at_once(
    shop: Installation, as_user: Callable[[str], TestClient]
) -> None:
    case, asking = shop.open_case("wang"), as_user("east")
    assert asking.get(f"/cases/{case}").status_code == 200
    shop.users.change("admin", NewUser("east", Role.REGULATOR, districts=("west",)))
    assert asking.get(f"/cases/{case}").status_code == 404
