"""The pages in a real browser, and what they are made of."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from playwright.sync_api import Browser, Page, expect

from kitchenwatch.model import CameraState, HealthChange, Kind, Role, Scope
from kitchenwatch.store import tables
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.web.chart import chart

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
PLAYED = """() => new Promise((played, failed) => {
    const video = document.querySelector("video");
    video.addEventListener("ended", () => played(video.currentTime));
    video.addEventListener("error", () => failed(video.error.message));
    video.play();
})"""
LINK = """to => {
    const link = document.createElement("a");
    Object.assign(link, { href: to, id: "out", text: "a case" });
    document.body.append(link);
}"""
EVERYTHING = Scope("x", Role.ADMIN)


@pytest.fixture
def page(browser: Browser, served: str) -> Page:
    """A desktop page that fails the test when its scripts do."""
    return browser.new_page(base_url=served, viewport={"width": 1440, "height": 900})


def sign_in(page: Page, name: str) -> None:
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("text=登录")


def test_a_reviewer_signs_in_looks_and_confirms(shop: Installation, page: Page, make_film: Callable[..., Path]) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    case = shop.open_case("wang", clip=make_film("clip.mp4", seconds=2).read_bytes())
    shop.open_case("li", Kind.SMOKING)
    shop.open_case("zhao")

    page.goto(f"/cases/{case}")
    sign_in(page, "east")
    expect(page).to_have_url(f"{page.url.split('/cases')[0]}/cases/{case}")

    page.goto("/cases")
    expect(page.locator(".card")).to_have_count(2)
    card = page.locator(".card", has_text="老王烧烤店")
    expect(card).to_contain_text("未戴工作帽")
    expect(card).to_contain_text("2026-11-22 19:46:00")
    expect(card).to_contain_text("待审核")
    card.click()

    assert page.evaluate(PLAYED) == pytest.approx(2, abs=0.2)
    page.click("text=原始截图")
    expect(page.locator(".show-snapshot img")).to_be_visible()
    page.fill(".act-confirm textarea", "已电话通知店长")
    page.click(".act-confirm button")
    expect(page.locator(".timeline .confirm")).to_contain_text("确认违规")
    expect(page.locator(".timeline .confirm")).to_contain_text("已电话通知店长")
    assert shop.reading.case(EVERYTHING, case).decided_by == "east"
    assert not faults


def test_a_dismissal_has_its_reason(shop: Installation, page: Page) -> None:
    case = shop.open_case("wang")
    page.goto(f"/cases/{case}")
    sign_in(page, "east")
    page.click(".act-dismiss >> text=情形允许")
    page.click(".act-dismiss button")
    expect(page.locator(".timeline .dismiss")).to_contain_text("情形允许")
    assert shop.reading.case(EVERYTHING, case).reason == "allowed"


def test_a_new_case_is_told_and_shown_on_request(shop: Installation, page: Page) -> None:
    shop.open_case("li")
    page.goto("/cases")
    sign_in(page, "east")
    expect(page.locator(".card")).to_have_count(1)
    shop.open_case("zhao")
    shop.open_case("wang")
    expect(page.locator(".news")).to_contain_text("1 个新案件")
    page.click(".news a")
    expect(page.locator(".card")).to_have_count(2)


def test_a_page_listens_from_where_it_was_read(shop: Installation, as_user: Callable[[str], TestClient]) -> None:
    shop.open_case("wang")
    for path in ("/cases", "/cameras"):
        assert f'data-after="{shop.reading.newest_alert()}"' in as_user("east").get(path).text


def test_a_link_from_elsewhere_finds_the_session(shop: Installation, page: Page, served: str) -> None:
    case = shop.open_case("wang")
    page.goto("/cases")
    sign_in(page, "east")
    expect(page.locator(".card")).to_have_count(1)
    elsewhere = served.replace("127.0.0.1", "localhost")
    page.goto(f"{elsewhere}/login")
    page.evaluate(LINK, f"{served}/cases/{case}")
    page.click("#out")
    expect(page.locator(".now")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
def test_nothing_sticks_out(size: str, shop: Installation, browser: Browser, served: str) -> None:
    width, height = SIZES[size]
    case = shop.open_case("wang")
    SqlHealthLog(shop.database).record(HealthChange("wang-wok", CameraState.BLACK, True, shop.clock.now()))
    page = browser.new_page(base_url=served, viewport={"width": width, "height": height})
    page.goto("/cases")
    sign_in(page, "east")
    expect(page.locator(".card")).to_have_count(1)
    for path in ("/cases", "/cases?view=table", f"/cases/{case}", "/patrol", "/cameras"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_people_write_is_shown_as_text(shop: Installation, as_user: Callable[[str], TestClient]) -> None:
    evil = "<script>alert(1)</script>"
    case = shop.open_case("wang")
    verdict = {"status": "confirmed", "reason": "violation", "remark": evil, "revision": 1}
    as_user("east").post(f"/api/v1/cases/{case}/verdict", json=verdict)
    with shop.database.session() as session:
        session.get_one(tables.Site, "wang").name = f'"{evil}'
    for path in ("/cases", f"/cases/{case}", "/cameras"):
        assert evil not in as_user("east").get(path).text


def test_evidence_that_is_gone_is_told(shop: Installation, as_user: Callable[[str], TestClient]) -> None:
    case = shop.open_case("wang")
    with shop.database.session() as session:
        for piece in session.query(tables.Evidence):
            piece.deleted_at = shop.clock.now()
    asking = as_user("east")
    assert "截图已按期删除" in asking.get("/cases").text
    page = asking.get(f"/cases/{case}")
    assert (page.status_code, "已按保留期限删除" in page.text) == (200, True)


def test_who_may_not_decide_sees_no_buttons(shop: Installation, as_user: Callable[[str], TestClient]) -> None:
    case = shop.open_case("wang")
    assert "act-confirm" in as_user("east").get(f"/cases/{case}").text
    assert "act-confirm" not in as_user("wang").get(f"/cases/{case}").text
    problem = as_user("east").get("/cases/5f0e9a53-0000-0000-0000-000000000000")
    assert (problem.status_code, "没有找到内容" in problem.text) == (404, True)


def test_the_chart_spans_its_drawing() -> None:
    line = chart([[2.0, -1.0], [3.0, 0.0], [4.0, 5.0]], opened=3.5)
    assert line
    assert (line.points, line.opened, line.seconds, line.top) == ("0.0,120.0 300.0,120.0 600.0,0.0", 450.0, 2.0, 5.0)
    assert chart([[2.0, 1.0]], 2.0) is None
    flat = chart([[2.0, 0.0], [2.0, 0.0]], opened=9.0)
    assert flat
    assert flat.points == "0.0,120.0 0.0,120.0"
