"""Signing in, sessions, and requests that another site forges."""

import logging
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from installation import BEGIN, PASSWORD, Installation

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import TooManyAttempts
from kitchenwatch.web.throttle import PER_ADDRESS, PER_PAIR, Throttle

OURS = {"Sec-Fetch-Site": "same-origin"}
LOGIN = {"name": "east", "password": PASSWORD}


def test_a_session_is_a_cookie_that_scripts_cannot_read(client: TestClient) -> None:
    answer = client.post("/api/v1/login", json=LOGIN)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.json()["user"] == "east"
    assert all(part in cookie for part in ("httponly", "samesite=strict", "secure", "max-age=43200", "path=/"))
    assert "kw_" not in answer.text
    assert client.get("/api/v1/me").json()["role"] == "regulator"
    assert client.post("/api/v1/logout", headers=OURS).status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_on_plain_http_the_cookie_is_not_secure(shop: Installation) -> None:
    answer = TestClient(shop.app, "http://127.0.0.1").post("/api/v1/login", json=LOGIN)
    assert "secure" not in answer.headers["set-cookie"].lower()


def test_refused_sign_ins_are_in_the_audit_log(shop: Installation, client: TestClient) -> None:
    answer = client.post("/api/v1/login", json=LOGIN | {"password": "something else"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    row = shop.reading.audit(limit=1)[0]
    assert (row.actor, row.action, row.address) == ("east", "login.refused", "testclient")


def test_a_session_ends_after_twelve_hours(shop: Installation, client: TestClient) -> None:
    client.post("/api/v1/login", json=LOGIN)
    shop.clock.advance(12 * 3600)
    assert client.get("/api/v1/me").status_code == 401


@pytest.mark.parametrize(
    ("headers", "lets_in"),
    [
        (OURS, True),
        ({"Origin": "https://kitchen.example"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://kitchen.example.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://kitchen.example"}, False),
        ({}, False),
    ],
)
def test_a_cookie_writes_only_from_our_pages(
    headers: dict[str, str], lets_in: bool, shop: Installation, client: TestClient
) -> None:
    case = shop.open_case("wang")
    client.post("/api/v1/login", json=LOGIN)
    verdict = {"status": "dismissed", "reason": "unclear", "revision": 1}
    answer = client.post(f"/api/v1/cases/{case}/verdict", json=verdict, headers=headers)
    assert answer.status_code == (200 if lets_in else 403)


def test_a_token_needs_no_page_of_ours(shop: Installation, as_user: Callable[[str], TestClient]) -> None:
    case = shop.open_case("wang")
    verdict = {"status": "dismissed", "reason": "unclear", "revision": 1}
    assert as_user("east").post(f"/api/v1/cases/{case}/verdict", json=verdict).status_code == 200


def test_another_site_cannot_sign_its_visitors_in(client: TestClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert client.post("/api/v1/login", json=LOGIN, headers=headers).status_code == 403
    assert client.post("/login", data=LOGIN, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("next", "to"),
    [
        ("/cases/1f2e", "/cases/1f2e"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/%0d%0aX-Evil: 1", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_after_signing_in_one_stays_here(next: str, to: str, client: TestClient) -> None:
    answer = client.post("/login", params={"next": next}, data=LOGIN, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, to)


def test_pages_show_where_to_sign_in(client: TestClient) -> None:
    answer = client.get("/cameras", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/cameras")
    refused = client.post("/login", data={"name": "<b>x", "password": "y"})
    assert refused.status_code == 401
    assert "用户名或密码不正确" in refused.text
    assert "<b>x" not in refused.text


def test_guessing_is_slowed_down(shop: Installation, client: TestClient) -> None:
    wrong = LOGIN | {"password": "something else"}
    answers = [client.post("/api/v1/login", json=wrong).status_code for _ in range(PER_PAIR + 1)]
    assert answers == [401] * PER_PAIR + [429]
    # Even the right password waits now, and another name does not.
    late = client.post("/api/v1/login", json=LOGIN)
    assert (late.status_code, late.headers["retry-after"]) == (429, "300")
    assert client.post("/api/v1/login", json=LOGIN | {"name": "west"}).status_code == 200
    assert client.post("/login", data=wrong).status_code == 429
    shop.clock.advance(301)
    assert client.post("/api/v1/login", json=LOGIN).status_code == 200


def test_one_address_does_not_try_all_names(client: TestClient) -> None:
    def attempt(number: int) -> int:
        answer = client.post("/api/v1/login", json={"name": f"user{number}", "password": PASSWORD})
        return int(answer.status_code)

    assert [attempt(number) for number in range(PER_ADDRESS + 1)] == [401] * PER_ADDRESS + [429]


def test_who_signs_in_often_is_not_slowed_down() -> None:
    throttle = Throttle(ManualClock(BEGIN))
    for _ in range(200):
        throttle.enter("east", "10.0.0.1")
        throttle.succeeded("east", "10.0.0.1")


def test_the_throttle_remembers_only_so_much() -> None:
    throttle = Throttle(ManualClock(BEGIN), room=10)
    for number in range(PER_PAIR):
        throttle.enter("east", "10.0.0.1")
        throttle.enter(f"name{number}", f"10.0.1.{number}")
    with pytest.raises(TooManyAttempts):
        throttle.enter("east", "10.0.0.1")
    for number in range(100):
        throttle.enter(f"other{number}", f"10.0.2.{number}")
    assert len(throttle._attempts) <= 13
    throttle.enter("east", "10.0.0.1")


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer kw_nonsense"},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Authorization": "Bearer " + "k" * 100_000},
        {"Authorization": b"Bearer \xff\xfe"},
        {"Cookie": "kw_session=" + "k" * 5000},
        {"Cookie": b"kw_session=\xff;;;="},
    ],
)
def test_what_is_no_secret_opens_nothing(headers: dict[str, str], client: TestClient) -> None:
    assert client.get("/api/v1/me", headers=headers).status_code == 401


def test_no_secret_reaches_the_log(shop: Installation, client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/api/v1/login", json=LOGIN)
    secret = client.cookies["kw_session"]
    client.get("/api/v1/me")
    assert secret not in caplog.text
    assert PASSWORD not in caplog.text
    assert all(secret not in str(row.data) for row in shop.reading.audit())
