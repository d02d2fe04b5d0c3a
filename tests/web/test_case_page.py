"""The page of one case: each step by its form, and what the second of two is told."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from uuid import UUID

from fastapi.testclient import TestClient
from httpx import Client, Response
from installation import PASSWORD, Installation
from phone import act, ordered, revision
from playwright.sync_api import Browser, expect
from sealed_case import answer, sealed, whole_story

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, Kind, Role, Scope

AsUser = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)
ASKED = "请立即佩戴工作帽"


def send(asking: TestClient, case: UUID, what: str, revision: int, **said: str) -> Response:
    form = {"act": what, "revision": str(revision), **said}
    answer: Response = asking.post(f"/cases/{case}/act", data=form, follow_redirects=False)
    return answer


def forms(page: str) -> set[str]:
    """What the page lets its reader do."""
    return set(re.findall(r'name="act" value="(\w+)"', page))


def test_the_forms_are_those_of_the_standing_and_the_role(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    east, wang, viewer = as_user("east"), as_user("wang"), as_user("viewer")
    seen = [forms(east.get(f"/cases/{case}").text)]
    act(shop, case, Act.CONFIRM)
    seen.append(forms(east.get(f"/cases/{case}").text))
    assert seen == [{"confirm", "dismiss"}, {"dispatch", "dismiss", "reopen"}]
    act(shop, case, Act.DISPATCH, severity="minor", deadline=shop.clock.now() + timedelta(days=1))
    assert forms(east.get(f"/cases/{case}").text) == {"dismiss"}
    assert f'href="/notices/{case}"' in wang.get(f"/cases/{case}").text
    for asking in (wang, viewer):
        assert forms(asking.get(f"/cases/{case}").text) == set()
    answer(shop, as_user, case, 1, "已整改")
    assert forms(east.get(f"/cases/{case}").text) == {"close", "return"}


def test_a_deadline_is_told_by_the_sites_clock(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking = as_user("east")
    assert send(asking, case, "confirm", 1, remark=" 属实 ").status_code == 303
    said = {"severity": "serious", "deadline": "2026-11-24T18:30", "asked": ASKED}
    assert send(asking, case, "dispatch", 2, **said).status_code == 303
    row = shop.reading.case(EVERYTHING, case)
    assert (row.status, row.severity, row.asked) == (CaseStatus.DISPATCHED, "serious", ASKED)
    assert row.deadline is not None
    assert row.deadline.isoformat() == "2026-11-24T10:30:00+00:00"
    assert row.steps[0].remark == "属实"
    assert "2026-11-24 18:30:00" in asking.get(f"/cases/{case}").text


def test_the_second_of_two_is_told_what_the_first_did(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    send(as_user("admin"), case, "dismiss", 1, reason="allowed", remark="试菜，无顾客")
    late = send(as_user("east"), case, "confirm", 1, remark="我打了很多字")
    page = unescape(late.text)
    assert late.status_code == 409
    notice = page.split('class="problem refused"')[1].split("</section>")[0]
    for told in ("admin", "驳回", "不予认定", "试菜，无顾客", "我打了很多字"):
        assert told in notice
    assert shop.reading.case(EVERYTHING, case).status == CaseStatus.DISMISSED
    # The page below shows the new state, and its forms carry the new revision.
    assert 'name="revision" value="2"' in page


def test_what_is_missing_is_told_and_nothing_typed_is_lost(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking = as_user("east")
    assert send(asking, case, "dismiss", 1).status_code == 422
    act(shop, case, Act.CONFIRM)
    for wrong in ({}, {"severity": "minor"}, {"severity": "minor", "deadline": "2026-11-22T00:00"}):
        answered = send(asking, case, "dispatch", 2, asked=ASKED, **wrong)
        assert (answered.status_code, answered.text.count(ASKED) > 0) == (422, True)
        assert "晚于当前时间" in answered.text
    assert revision(shop, case) == 2


def test_who_may_not_is_refused(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    assert send(as_user("wang"), case, "confirm", 1).status_code == 403
    assert send(as_user("east"), case, "escalate", 1).status_code == 403
    assert send(as_user("west"), case, "confirm", 1).status_code == 404
    assert revision(shop, case) == 1


def test_a_legal_hold_is_put_and_ended(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking = as_user("east")
    for hold, shown in (("true", True), ("false", False)):
        asking.post(f"/cases/{case}/hold", data={"hold": hold})
        assert ("badge hold" in asking.get(f"/cases/{case}").text) is shown
    assert [row.data for row in shop.reading.audit() if row.action == "case.hold"] == [{"hold": False}, {"hold": True}]


def test_the_page_tells_the_whole_story(shop: Installation, as_user: AsUser) -> None:
    case = whole_story(shop, as_user)
    page = as_user("east").get(f"/cases/{case}").text
    row = shop.reading.case(EVERYTHING, case)
    for step in row.steps:
        assert f"已存证，№ {step.seal_seq}" in page
    for told in ("照片看不清", "已重新拍摄", "整改到位", "第1轮整改反馈", "第2轮整改反馈"):
        assert told in page
    for upload in row.uploads:
        assert f"/api/v1/cases/{case}/uploads/{upload.id}" in page


def test_the_api_does_the_same(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    asking, path = as_user("east"), f"/api/v1/cases/{case}/acts"
    assert asking.get(path).json() == {"revision": 1, "status": "open", "may": ["confirm", "dismiss"], "done": []}
    done = asking.post(path, json={"act": "confirm", "revision": 1}).json()
    assert (done["status"], done["may"]) == ("confirmed", ["dismiss", "reopen", "dispatch"])
    late = asking.post(path, json={"act": "confirm", "revision": 1})
    assert (late.status_code, late.headers["content-type"]) == (409, "application/problem+json")
    order = {"act": "dispatch", "revision": 2, "severity": "minor", "deadline": "2026-11-24T10:30:00+08:00"}
    [_, step] = asking.post(path, json=order).json()["done"]
    assert (step["by"], step["deadline"], step["data"]["severity"]) == ("east", "2026-11-24T02:30:00Z", "minor")
    assert asking.post(path, json={"act": "find", "revision": 3}).status_code == 422


def test_a_regulator_dispatches_and_rechecks_in_the_browser(shop: Installation, browser: Browser, served: str) -> None:
    def phone(user: str) -> Client:
        return Client(base_url=served, headers={"Authorization": f"Bearer {shop.token(user)}"}, timeout=60)

    case = sealed(shop, "wang", Kind.SMOKING)
    faults: list[str] = []
    page = browser.new_page(base_url=served, viewport={"width": 390, "height": 844})
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/cases/{case}")
    page.fill("[name=name]", "east")
    page.fill("[name=password]", PASSWORD)
    page.click(".door form button")
    page.click("text=确认违规 >> nth=-1")
    expect(page.locator(".act-dispatch [value=serious]")).to_be_checked()
    # The deadline follows the severity, until somebody sets it by hand.
    soon = page.input_value("[name=deadline]")
    page.click(".act-dispatch >> text=轻微")
    later = page.input_value("[name=deadline]")
    assert soon < later
    page.click(".chip >> nth=1")
    assert page.input_value("[name=asked]").count("\n") == 1
    page.click("text=交办经营单位")
    expect(page.locator(".now .due")).to_contain_text("还剩1周")

    answer(shop, phone, case, 1, "已整改")
    expect(page.locator(".news[data-case]")).to_be_visible()
    page.click(".news a")
    page.click("text=退回：整改不到位")
    page.click(".act-return .chip >> nth=0")
    page.click("text=退回重新整改")
    expect(page.locator(".timeline li").last).to_contain_text("照片看不清整改后的状况")
    # The words are there before the style sheet is, and without it the snapshot is as wide as it was taken.
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults == []


def test_an_order_made_long_ago_shows_as_it_was(shop: Installation, as_user: AsUser) -> None:
    case = ordered(shop, shop.open_case("wang"))
    shop.clock.advance(timedelta(days=5).total_seconds())
    shop.loop.escalate_overdue()
    page = as_user("east").get(f"/cases/{case}").text
    assert ("逾期2天" in page, "逾期督办" in page, "系统" in page) == (True, True, True)
