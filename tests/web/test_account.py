"""One's own account, as its owner uses it."""

import re

import pytest
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation

OURS = {"sec-fetch-site": "same-origin"}
NEW = "another long password"


@pytest.fixture
def east(client: TestClient) -> TestClient:
    """Signed in with a browser."""
    client.headers.update(OURS)
    client.post("/login", data={"name": "east", "password": PASSWORD})
    return client


def test_one_sees_what_one_may_see(east: TestClient) -> None:
    page = east.get("/account").text
    assert ("东区" in page, "西区" in page, "当前浏览器" in page) == (True, False, True)


def test_another_session_is_ended_and_ones_own_goes_on(shop: Installation, east: TestClient) -> None:
    other = shop.tokens.open_session("east", "203.0.113.9")
    page = east.get("/account").text
    assert "203.0.113.9" in page
    [end] = re.findall(r'action="(/account/sessions/[^"]+)"', page)
    assert "203.0.113.9" not in east.post(end).text
    assert shop.tokens.scope_of(other.secret) is None
    assert east.get("/account").status_code == 200
    assert shop.reading.audit()[0].action == "session.end"


def test_nobody_ends_anothers_session(shop: Installation, east: TestClient) -> None:
    other = shop.tokens.open_session("west")
    assert east.post(f"/account/sessions/{other.id}/end").status_code == 404
    assert shop.tokens.scope_of(other.secret)


def test_a_password_is_changed_and_one_stays_signed_in(shop: Installation, east: TestClient) -> None:
    other = shop.tokens.open_session("east")
    wrong = east.post("/account/password", data={"old": "not mine", "new": NEW})
    assert (wrong.status_code, "当前密码不正确" in wrong.text) == (422, True)
    short = east.post("/account/password", data={"old": PASSWORD, "new": "short"})
    assert (short.status_code, 'class="wrong" id="new-hint"' in short.text) == (422, True)
    done = east.post("/account/password", data={"old": PASSWORD, "new": NEW})
    assert "密码已修改" in done.text
    assert shop.tokens.scope_of(other.secret) is None
    assert "当前浏览器" in east.get("/account").text
    shop.users.check("east", NEW)


def test_a_token_is_told_once_and_revoked(shop: Installation, east: TestClient) -> None:
    made = east.post("/account/tokens", data={"note": "报表程序", "days": "30"}).text
    [secret] = re.findall(r"<code>(kw_[\w-]+)</code>", made)
    scope = shop.tokens.scope_of(secret)
    assert scope
    assert scope.user == "east"
    again = east.get("/account").text
    assert ("报表程序" in again, secret in again) == (True, False)
    [revoke] = re.findall(r'action="(/account/tokens/[^"]+/revoke)"', again)
    assert "报表程序" not in east.post(revoke).text
    assert shop.tokens.scope_of(secret) is None
    assert east.post("/account/tokens", data={"note": "x", "days": "9999"}).status_code == 422
