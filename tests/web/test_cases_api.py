"""Cases over the API, and verdicts on them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.model import AlertType, CaseStatus, Kind, Role, Scope

AsUser = Callable[[str], TestClient]
CONFIRM = {"status": "confirmed", "reason": "violation", "remark": "已电话通知店长", "revision": 1}


def audit(shop: Installation) -> list[tuple[str, str, str]]:
    return [(row.actor, row.action, row.subject) for row in shop.reading.audit()]


def test_a_case_as_json(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang", Kind.SMOKING, clip=b"film")
    told = as_user("wang").get(f"/api/v1/cases/{case}").json()
    assert (told["id"], told["site"], told["camera"], told["kind"]) == (str(case), "wang", "wang-wok", "smoking")
    assert (told["status"], told["revision"], told["score"]) == ("open", 1, 0.93)
    assert told["opened_at"] == "2026-11-22T11:46:00Z"
    assert told["violation"]["box"] == [10, 10, 60, 80]
    assert (told["seal_seq"], len(told["seal_sha256"])) == (3, 64)
    clip = told["evidence"][-1]
    assert (clip["kind"], clip["bytes"], clip["begins"]) == ("clip", 4, "2026-11-22T11:45:55Z")
    assert as_user("wang").get(clip["href"]).content == b"film"
    assert "key" not in clip


def test_pages_follow_the_cursor_while_cases_arrive(shop: Installation, as_user: AsUser) -> None:
    there = [str(shop.open_case("wang")) for _ in range(7)]
    asking, seen, cursor = as_user("east"), [], ""
    while cursor is not None:
        query = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = asking.get("/api/v1/cases", params=query).json()
        seen += [case["id"] for case in page["items"]]
        cursor = page["next"]
        shop.open_case("li")
    assert seen == there[::-1]


def test_filters_of_the_query_string(shop: Installation, as_user: AsUser) -> None:
    hat, smoke = shop.open_case("wang"), shop.open_case("zhao", Kind.SMOKING)
    asking = as_user("admin")

    def found(**query: Any) -> list[str]:
        return [case["id"] for case in asking.get("/api/v1/cases", params=query).json()["items"]]

    assert found(kind="smoking") == found(site="zhao") == found(district="west") == [str(smoke)]
    assert found(**{"to": "2026-11-22T19:47:00+08:00"}) == [str(hat)]
    assert found(**{"from": "2026-11-22T19:47:00+08:00"}) == [str(smoke)]
    assert found(min_score=0.95) == found(status="confirmed") == []
    assert asking.get("/api/v1/cases/counts").json() == dict.fromkeys(CaseStatus, 0) | {"open": 2}


def test_a_verdict_is_written_told_and_audited(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    answer = as_user("east").post(f"/api/v1/cases/{case}/verdict", json=CONFIRM)
    told = answer.json()
    assert answer.status_code == 200
    assert (told["status"], told["reason"], told["decided_by"], told["revision"]) == (
        "confirmed",
        "violation",
        "east",
        2,
    )
    assert ("east", "case.confirm", str(case)) in audit(shop)
    alert = shop.reading.alerts(Scope("x", Role.ADMIN), 0)[-1]
    assert (alert.type, alert.subject) == (AlertType.CASE_VERDICT, str(case))


def test_two_reviewers_do_not_overwrite_each_other(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    assert as_user("east").post(f"/api/v1/cases/{case}/verdict", json=CONFIRM).status_code == 200
    late = {"status": "dismissed", "reason": "unclear", "revision": 1}
    answer = as_user("admin").post(f"/api/v1/cases/{case}/verdict", json=late)
    assert (answer.status_code, answer.json()["title"]) == (409, "Conflict")
    assert as_user("admin").get(f"/api/v1/cases/{case}").json()["decided_by"] == "east"
    again = as_user("admin").post(f"/api/v1/cases/{case}/verdict", json=late | {"revision": 2})
    assert again.json()["status"] == "dismissed"


@pytest.mark.parametrize(
    "verdict",
    [
        {"status": "open", "reason": "unclear"},
        {"status": "confirmed", "reason": "false_alarm"},
        {"status": "dismissed", "reason": "violation"},
        {"status": "maybe", "reason": "unclear"},
        {"status": "dismissed", "reason": "unclear", "remark": "x" * 2001},
        {"status": "dismissed", "reason": "unclear", "remark": "a\x00b"},
        {"status": "dismissed", "reason": "unclear", "decided_by": "somebody else"},
        {"status": "dismissed", "reason": "unclear", "revision": 2**40},
    ],
)
def test_a_verdict_must_make_sense(verdict: dict[str, Any], shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    answer = as_user("east").post(f"/api/v1/cases/{case}/verdict", json={"revision": 1} | verdict)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert shop.reading.case(Scope("x", Role.ADMIN), case).revision == 1


def test_a_legal_hold_is_set_and_lifted(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    url = f"/api/v1/cases/{case}/legal-hold"
    assert as_user("east").put(url, json={"hold": True}).json()["legal_hold"] is True
    assert as_user("west").put(url, json={"hold": False}).status_code == 404
    assert as_user("admin").put(url, json={"hold": False}).json()["legal_hold"] is False
    holds = [actor for actor, action, _ in audit(shop) if action == "case.hold"]
    assert holds == ["admin", "east"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=1000000",
        "limit=0",
        "limit=x",
        "cursor=nonsense",
        "cursor=" + "A" * 5000,
        "from=yesterday",
        "from=2026-11-22T00:00:00",
        "from=0001-01-01T00:00:00%2B14:00",
        "to=9999-12-31T23:59:59-12:00",
        "kind=arson",
        "status=open'--",
        "min_score=2",
        "min_score=nan",
        "site=%00",
        "camera=" + "x" * 100,
    ],
)
def test_a_senseless_question_gets_a_clear_answer(query: str, as_user: AsUser) -> None:
    answer = as_user("admin").get(f"/api/v1/cases?{query}")
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["status"], problem["title"]) == (422, HTTPStatus(422).phrase)
    assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api/v1/cases/not-a-uuid",
        f"/api/v1/cases/{UUID(int=1)}",
        f"/api/v1/cases/{UUID(int=2)}/evidence/..%2f..%2fetc%2fpasswd",
        f"/api/v1/cases/{UUID(int=3)}/evidence/passwd",
        "/api/v1/cameras/%00",
        "/api/v1/sites/..",
        "/static/..%2fapp.py",
        "/static/%2e%2e/app.py",
    ],
)
def test_what_is_not_there_is_not_found(path: str, as_user: AsUser) -> None:
    answer = as_user("admin").get(path)
    assert answer.status_code in (404, 422)
    assert "Traceback" not in answer.text
    assert "create_app" not in answer.text


def test_a_large_body_is_refused(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    remark = "x" * 100_000
    answer = as_user("east").post(f"/api/v1/cases/{case}/verdict", json=CONFIRM | {"remark": remark})
    assert answer.status_code == 413


def test_what_was_sent_is_not_sent_back(client: TestClient) -> None:
    answer = client.post("/api/v1/login", json={"name": "wang", "password": ["hunter2-hunter2"]})
    assert answer.status_code == 422
    assert "hunter2" not in answer.text


def test_a_fault_of_ours_tells_nothing(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("admin")
    shop.app.state.deps = None
    answer = asking.get("/api/v1/cases")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "Traceback" not in answer.text
    assert "NoneType" not in answer.text


def test_admins_look_after_users_and_tokens(shop: Installation, as_user: AsUser) -> None:
    admin = as_user("admin")
    wish = {"name": "new", "role": "business", "sites": ["li"], "password": "a long password"}
    assert admin.post("/api/v1/users", json=wish | {"sites": ["nowhere"]}).status_code == 404
    assert admin.post("/api/v1/users", json=wish | {"password": "short"}).status_code == 422
    assert admin.post("/api/v1/users", json=wish).status_code == 204
    assert admin.post("/api/v1/users", json=wish).status_code == 409
    users = {user["name"]: user for user in admin.get("/api/v1/users").json()}
    assert users["new"]["sites"] == ["li"]
    assert "password" not in users["new"]
    grant = admin.post("/api/v1/tokens", json={"user": "new", "note": "till"}).json()
    mine = TestClient(shop.app, headers={"Authorization": f"Bearer {grant['secret']}"})
    assert mine.get("/api/v1/me").json() == {"user": "new", "role": "business", "districts": [], "sites": ["li"]}
    assert [token["note"] for token in mine.get("/api/v1/me/tokens").json()] == ["till"]
    assert admin.delete(f"/api/v1/tokens/{grant['id']}").status_code == 204
    assert mine.get("/api/v1/me").status_code == 401
    assert [row[1] for row in audit(shop)[:3]] == ["token.revoke", "token.issue", "user.add"]


def test_nobody_ends_another_mans_token(shop: Installation, as_user: AsUser) -> None:
    theirs = UUID(as_user("east").post("/api/v1/me/tokens", json={}).json()["id"])
    assert as_user("wang").delete(f"/api/v1/me/tokens/{theirs}").status_code == 404
    assert as_user("east").delete(f"/api/v1/me/tokens/{theirs}").status_code == 204
