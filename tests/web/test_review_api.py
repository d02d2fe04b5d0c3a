"""The review queue for programs and for browsers without scripts: order, scope, roles, taking back."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import Kind, Mistaken, Role, VerdictReason
from kitchenwatch.store import tables
from kitchenwatch.store.loop import Actor, Move
from kitchenwatch.web.judgement import Judgement

AsUser = Callable[[str], TestClient]
EAST = Actor("east", Role.REGULATOR)
NOWHERE = "5f0e9a53-0000-0000-0000-000000000000"


def ids(answer: dict[str, list[dict[str, str]]]) -> list[UUID]:
    return [UUID(item["id"]) for item in answer["items"]]


def score(shop: Installation, case: UUID, value: float) -> None:
    with shop.database.session() as session:
        session.get_one(tables.Case, case).score = value


def test_one_answer_holds_all_that_a_reviewer_looks_at(shop: Installation, as_user: AsUser) -> None:
    before, case = shop.open_case("wang"), shop.open_case("wang", clip=b"film")
    shop.loop.act(before, Move(Act.DISMISS, 1, reason=VerdictReason.FALSE_ALARM, mistaken=Mistaken.HAIR), EAST)
    answer = as_user("east").get("/api/v1/review/next").json()
    assert (ids(answer), answer["more"], answer["waiting"]) == ([case], False, 1)
    [item] = answer["items"]
    assert (item["site"]["name"], item["camera"]["name"], item["timezone"]) == ("老王烧烤店", "炒锅区", "Asia/Shanghai")
    assert item["pictures"]["annotated"] == f"/api/v1/cases/{case}/evidence/annotated"
    assert item["pictures"]["best"] is None
    assert (item["clip"]["opens"], item["clip"]["start"]) == (5.0, 4.0)
    assert item["chart"]["seconds"] == 3.0
    [earlier] = item["earlier"]
    assert (UUID(earlier["id"]), earlier["status"], earlier["mistaken"]) == (before, "dismissed", "hair")
    assert as_user("east").get(earlier["picture"]).status_code == 200


@pytest.mark.parametrize("sort", ["newest", "oldest", "score"])
def test_windows_follow_each_other_in_any_order(sort: str, shop: Installation, as_user: AsUser) -> None:
    cases = [shop.open_case(site) for site in ("wang", "li", "zhao", "wang", "li")]
    for case, value in zip(cases, (0.5, 0.9, 0.7, 0.9, 0.8), strict=True):
        score(shop, case, value)
    tied = sorted((cases[1], cases[3]), reverse=True)
    wanted = {"newest": cases[::-1], "oldest": cases, "score": [*tied, cases[4], cases[2], cases[0]]}[sort]
    asking, found, place = as_user("admin"), [], None
    while True:
        answer = asking.get(
            "/api/v1/review/next", params={"sort": sort, "limit": 2} | ({"after": place} if place else {})
        )
        found += ids(answer.json())
        if not answer.json()["more"]:
            break
        place = answer.json()["items"][-1]["place"]
    assert found == wanted


def test_the_queue_is_filtered(shop: Installation, as_user: AsUser) -> None:
    old = shop.open_case("wang", Kind.SMOKING)
    shop.clock.advance(timedelta(hours=30).total_seconds())
    wang, li, zhao = shop.open_case("wang"), shop.open_case("li", Kind.SMOKING), shop.open_case("zhao")
    score(shop, zhao, 0.4)

    def asked(**query: str) -> set[UUID]:
        answer = as_user("admin").get("/api/v1/review/next", params=query).json()
        assert answer["waiting"] == len(answer["items"])
        return set(ids(answer))

    assert asked(site="wang", kind="") == {old, wang}
    assert asked(district="west") == {zhao}
    assert asked(kind="smoking") == {old, li}
    assert asked(hours="24") == {wang, li, zhao}
    assert asked(min_score="0.9") == {old, wang, li}
    assert asked(site="wang", kind="smoking", hours="24") == set()
    nothing = as_user("admin").get("/api/v1/review/next", params={"limit": 0}).json()
    assert (nothing["items"], nothing["waiting"]) == ([], 4)


@pytest.mark.parametrize("query", ["after=x", "after=0.5/x", "sort=worst", "hours=0", "min_score=2", "limit=51"])
def test_what_makes_no_sense_is_refused(query: str, as_user: AsUser) -> None:
    sort = "" if "sort" in query else "&sort=score"
    assert as_user("admin").get(f"/api/v1/review/next?{query}{sort}").status_code == 422


def test_nobody_reviews_beyond_their_scope(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("zhao")
    asking = as_user("east")
    assert asking.get("/api/v1/review/next").json()["waiting"] == 0
    assert "第三食堂" not in asking.get("/review?site=zhao").text
    for answer in (
        asking.get(f"/api/v1/review/{case}"),
        asking.delete(f"/api/v1/cases/{case}/verdict?revision=1"),
        asking.get(f"/review?judged={case}"),
        asking.post(f"/review/{case}", data={"judgement": "confirm", "revision": 1}),
        asking.get(f"/api/v1/review/{NOWHERE}"),
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize("user", ["wang", "viewer"])
def test_business_and_viewer_do_not_review(user: str, shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking = as_user(user)
    for answer in (
        asking.get("/review"),
        asking.post(f"/review/{case}", data={"judgement": "confirm", "revision": 1}),
        asking.get("/api/v1/review/next"),
        asking.get(f"/api/v1/review/{case}"),
        asking.delete(f"/api/v1/cases/{case}/verdict?revision=1"),
    ):
        assert answer.status_code == 403
    assert TestClient(shop.app).get("/api/v1/review/next").status_code == 401


def test_a_verdict_is_taken_back_once(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking = as_user("east")
    verdict = {"status": "dismissed", "reason": "false_alarm", "mistaken": "pen", "revision": 1}
    assert asking.post(f"/api/v1/cases/{case}/verdict", json=verdict).json()["revision"] == 2
    address = f"/api/v1/cases/{case}/verdict"
    assert asking.delete(f"{address}?revision=1").status_code == 409
    taken = asking.delete(f"{address}?revision=2").json()
    assert (taken["status"], taken["revision"], taken["mistaken"], taken["decided_by"]) == ("open", 3, None, None)
    assert asking.delete(f"{address}?revision=3").status_code == 409


def test_without_scripts_by_form(shop: Installation, as_user: AsUser) -> None:
    first, second = shop.open_case("wang"), shop.open_case("li")
    asking = as_user("east")
    page = asking.get("/review?sort=oldest")
    assert f'action="/review/{first}?sort=oldest"' in page.text
    answer = asking.post(f"/review/{first}?sort=oldest", data={"judgement": "spoon", "revision": 1, "remark": " 汤勺 "})
    assert answer.url.path == "/review"
    assert f'action="/review/{second}?sort=oldest"' in answer.text
    assert f'<form class="notice" method="post" action="/review/{first}?sort=oldest"' in answer.text
    row = shop.reading.case(shop.tokens.scope_of(shop.token("admin")), first)  # type: ignore[arg-type]
    assert (row.status, row.reason, row.mistaken, row.remark) == ("dismissed", "false_alarm", "spoon", "汤勺")
    late = asking.post(f"/review/{first}", data={"judgement": "confirm", "revision": 1})
    assert late.status_code == 409
    back = asking.post(f"/review/{first}?sort=oldest", data={"judgement": "reopen", "revision": 2})
    assert f'action="/review/{first}?sort=oldest"' in back.text
    assert asking.post(f"/review/{first}", data={"judgement": "nothing", "revision": 3}).status_code == 422
    assert "没有待审核的案件" in asking.get("/review?site=zhao").text


def test_every_judgement_has_its_own_key() -> None:
    keys = {judgement: judgement.key for judgement in Judgement}
    assert "".join(keys.values()) == "C1234567890ADU"
    assert keys[Judgement.POSTER] == "9"
    said = {judgement: (judgement.status, judgement.reason, judgement.mistaken) for judgement in Judgement}
    assert said[Judgement.CONFIRM] == ("confirmed", "violation", None)
    assert said[Judgement.OTHER] == ("dismissed", "false_alarm", "other")
    assert said[Judgement.UNCLEAR] == ("dismissed", "unclear", None)
