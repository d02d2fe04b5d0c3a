"""Judging by keyboard in a real browser: fast, taken back, disputed, cut off."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from installation import PASSWORD, Installation
from playwright.sync_api import Browser, Page, expect

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import Role, Scope, VerdictReason
from kitchenwatch.store.loop import Actor, Move
from kitchenwatch.store.tables import Case

EVERYTHING = Scope("x", Role.ADMIN)
WEST = Actor("west", Role.REGULATOR)
PATIENCE_MS = 30_000  # for a machine that has much else to do


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """Longer than the five seconds that are usual."""
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@dataclass
class Desk:
    """Somebody who reviews."""

    shop: Installation
    page: Page

    def sign_in(self, name: str, path: str = "/review") -> None:
        self.page.goto(path)
        self.page.fill("[name=name]", name)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("text=登录")
        self.wait()

    def wait(self) -> None:
        """Until the case can be seen."""
        expect(self.page.locator("article.case:not([hidden])")).to_have_attribute("aria-busy", "false")

    def press(self, *keys: str) -> None:
        """One after the other, each once its case can be seen."""
        for key in keys:
            self.wait()
            self.page.keyboard.press(key)

    def all_sent(self) -> None:
        """Until every verdict has been written."""
        expect(self.page.locator(".unsent")).to_be_empty()

    def until(self, expression: str) -> None:
        """Until that is so; the page's own policy lets no function be made of a text there."""
        while not self.page.evaluate(expression):
            self.page.wait_for_timeout(50)

    @property
    def on_screen(self) -> UUID:
        return UUID((self.page.get_attribute(".facts .more", "href") or "").removeprefix("/cases/"))

    def told(self, case: UUID) -> tuple[str | None, ...]:
        """Status, reason and what was mistaken, as the store has it."""
        row = self.case(case)
        return row.status, row.reason, row.mistaken

    def case(self, case: UUID) -> Case:
        return self.shop.reading.case(EVERYTHING, case)


@pytest.fixture
def desk(shop: Installation, browser: Browser, served: str) -> Iterator[Desk]:
    """A desktop page that fails the test when its scripts do."""
    faults: list[str] = []
    page = browser.new_page(base_url=served, viewport={"width": 1440, "height": 900})
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield Desk(shop, page)
    assert not faults


def test_a_shift_by_keyboard_alone(shop: Installation, desk: Desk, make_film: Callable[..., Path]) -> None:
    film = make_film("clip.mp4", seconds=6).read_bytes()
    # The newest comes first.
    cases = [shop.open_case("wang", clip=film) for _ in range(24)][::-1]
    desk.sign_in("east")
    expect(desk.page.locator(".waiting")).to_have_text("24")
    assert desk.on_screen == cases[0]

    desk.press("c", "5", "d", "Backspace")
    desk.all_sent()  # else it would never have been judged
    desk.press("z")
    desk.wait()
    assert desk.on_screen == cases[1]
    desk.press("6", "Enter", "j", "r")
    desk.page.keyboard.type("看不清 c1")
    desk.page.keyboard.press("Enter")
    desk.press("u", "k", "0")
    desk.press(*"123478")
    desk.press("a", "d", "9", *"cccccccc")
    desk.wait()
    desk.all_sent()

    assert desk.told(cases[0]) == ("confirmed", "violation", None)
    assert desk.told(cases[1]) == ("dismissed", "false_alarm", "straw")
    assert desk.case(cases[1]).revision == 4  # judged, taken back, judged
    assert desk.told(cases[2]) == ("confirmed", "violation", None)
    assert desk.told(cases[3]) == ("dismissed", "false_alarm", "other")
    assert (*desk.told(cases[4]), desk.case(cases[4]).remark) == ("dismissed", "unclear", None, "看不清 c1")
    assert [desk.told(case)[2] for case in cases[5:11]] == ["hair", "headscarf", "visor", "beard", "pen", "hand"]
    assert [desk.told(case)[1] for case in cases[11:14]] == ["allowed", "duplicate", "false_alarm"]
    assert {desk.told(case)[0] for case in cases[14:22]} == {"confirmed"}
    expect(desk.page.locator(".waiting")).to_have_text("2")
    assert desk.on_screen == cases[22]


def test_what_one_looks_at(shop: Installation, desk: Desk, make_film: Callable[..., Path]) -> None:
    film = make_film("clip.mp4", seconds=8).read_bytes()
    before, case = shop.open_case("wang"), shop.open_case("wang", clip=film)
    shop.loop.act(before, Move(Act.CONFIRM, 1), WEST)
    desk.sign_in("east")
    page = desk.page
    assert desk.on_screen == case
    expect(page.locator(".stage .annotated")).to_be_visible()
    desk.press("b")
    expect(page.locator(".stage .annotated")).to_be_hidden()
    expect(page.locator(".stage .snapshot")).to_be_visible()
    expect(page.locator(".before li")).to_contain_text("确认违规")
    expect(page.locator(".before li")).to_contain_text("1分钟前")
    # The violation opens five seconds into this clip.
    desk.until("document.querySelector('video').currentTime >= 4")
    desk.press("Space")
    desk.until("document.querySelector('video').paused")
    at = page.evaluate("document.querySelector('video').currentTime")
    desk.press("ArrowLeft", ".")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(at - 0.96, abs=0.05)
    desk.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    page.keyboard.press("c")
    page.keyboard.press("Escape")
    assert desk.told(case)[0] == "open"


def test_the_second_is_told_who_decided_what(shop: Installation, desk: Desk) -> None:
    cases = [shop.open_case("wang") for _ in range(3)][::-1]
    desk.sign_in("east")
    shop.loop.act(cases[0], Move(Act.DISMISS, 1, reason=VerdictReason.ALLOWED), WEST)
    desk.press("c")
    notice = desk.page.locator(".notice")
    expect(notice).to_contain_text("west 已先作出结论“不予认定 · 情形允许”，您的结论“确认违规”未写入")
    desk.wait()
    assert desk.on_screen == cases[1]
    assert desk.told(cases[0])[0] == "dismissed"

    notice.get_by_text("重新查看").click()
    expect(desk.page.locator(".stamp")).to_contain_text("west")
    assert desk.on_screen == cases[0]
    desk.press("c", "c")
    desk.all_sent()
    assert [desk.told(case)[0] for case in cases] == ["confirmed", "confirmed", "open"]
    assert desk.case(cases[0]).decided_by == "east"


def test_what_others_decide_leaves_the_queue(shop: Installation, desk: Desk) -> None:
    cases = [shop.open_case("wang") for _ in range(4)][::-1]
    desk.sign_in("east")
    strip = desk.page.locator(".strip-next li")
    expect(strip).to_have_count(3)
    shop.loop.act(cases[1], Move(Act.CONFIRM, 1), WEST)
    expect(strip).to_have_count(2)
    expect(desk.page.locator(".waiting")).to_have_text("3")
    # The one on the screen stays: a key that was meant for it must not fall on the next.
    shop.loop.act(cases[0], Move(Act.CONFIRM, 1), WEST)
    expect(desk.page.locator(".stamp")).to_contain_text("west 刚刚审核了本案件：确认违规")
    desk.press("1")
    expect(desk.page.locator(".notice")).to_contain_text("误报 · 头发”未写入")
    desk.wait()
    assert desk.on_screen == cases[2]
    assert desk.told(cases[2])[0] == "open"
    shop.open_case("li")
    expect(desk.page.locator(".waiting")).to_have_text("3")


def test_signed_out_in_the_middle_nothing_is_lost(shop: Installation, desk: Desk) -> None:
    cases = [shop.open_case("wang") for _ in range(4)][::-1]
    desk.sign_in("east", "/review?kind=no_hat")
    [session] = shop.tokens.sessions("east")
    shop.tokens.end_session("admin", session.id)
    desk.press("c", "3")
    notice = desk.page.locator(".notice", has_text="2 条结论已暂存在本机")
    notice.get_by_role("link").click()
    desk.page.fill("[name=name]", "east")
    desk.page.fill("[name=password]", PASSWORD)
    desk.page.click("text=登录")
    desk.wait()
    assert desk.page.url.endswith("/review?kind=no_hat")
    assert desk.on_screen == cases[2]
    desk.all_sent()
    assert [desk.told(case)[2] for case in cases[:2]] == [None, "visor"]
    assert desk.told(cases[0])[0] == "confirmed"


def test_a_lost_connection_is_told_and_made_up_for(shop: Installation, desk: Desk) -> None:
    cases = [shop.open_case("wang") for _ in range(3)][::-1]
    desk.sign_in("east")
    desk.page.route("**/verdict*", lambda route: route.abort())
    desk.press("c", "4")
    expect(desk.page.locator(".notice")).to_contain_text("网络中断：2 条结论已暂存在本机")
    desk.press("z")
    desk.page.unroute("**/verdict*")
    desk.all_sent()
    expect(desk.page.locator(".notice")).to_have_count(0)
    assert [desk.told(case)[0] for case in cases] == ["confirmed", "open", "open"]
    assert desk.case(cases[1]).revision == 1  # it was taken back before it left


def test_the_last_case_done(shop: Installation, desk: Desk) -> None:
    shop.open_case("wang")
    desk.sign_in("east")
    desk.press("Enter")
    expect(desk.page.locator(".review > .empty")).to_contain_text("没有待审核的案件")
    desk.all_sent()
    case = shop.open_case("li")
    desk.wait()
    assert desk.on_screen == case


def test_on_a_phone_by_thumb(shop: Installation, browser: Browser, served: str) -> None:
    cases = [shop.open_case("wang") for _ in range(2)][::-1]
    page = browser.new_page(base_url=served, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    desk = Desk(shop, page)
    desk.sign_in("east")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    low = page.evaluate("Math.min(...[...document.querySelectorAll('.verdict button')].map(b => b.offsetHeight))")
    assert low >= 44
    page.get_by_role("button", name="勺子").tap()
    desk.wait()
    desk.all_sent()
    assert desk.told(cases[0]) == ("dismissed", "false_alarm", "spoon")
    page.get_by_role("button", name="撤销").tap()
    desk.wait()
    desk.all_sent()
    assert (desk.on_screen, desk.told(cases[0])[0]) == (cases[0], "open")
