"""The video wall in a real Chromium: pages, keys, boxes, violations under way."""

import time
from collections.abc import Callable

import numpy as np
import pytest
from fastapi.testclient import TestClient
from installation import BEGIN, PASSWORD, Installation
from playwright.sync_api import Browser, Page, expect

from kitchenwatch.attention.budget import Load
from kitchenwatch.model import Change, Frame, Kind, Phase, Track, Violation, violation_id
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.onlooker import Onlooker
from kitchenwatch.pipeline.unrecorded import NoRecorder
from kitchenwatch.store import tables
from kitchenwatch.web.live_view import LiveView

GUARD_S = 30.0
DRAWN = """() => {
    const canvas = document.querySelector('[data-camera="wang-1"] canvas');
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width || 1, canvas.height || 1).data;
    return pixels.some((value, place) => place % 4 === 3 && value > 0);
}"""


@pytest.fixture
def wall(shop: Installation) -> dict[str, Onlooker]:
    """Six cameras in wang, of which each shows a still."""
    with shop.database.session() as session:
        for number in range(1, 6):
            session.add(tables.Camera(id=f"wang-{number}", site_id="wang", name=f"{number}号机位"))
    onlookers = {}
    for camera in ("wang-wok", *(f"wang-{number}" for number in range(1, 6))):
        onlookers[camera] = Onlooker(NoRecorder())
        onlookers[camera].step(still(camera), [], [], [])
        shop.views[camera] = LiveView(onlookers[camera], None, lambda: 0.2)
    return onlookers


@pytest.fixture
def page(browser: Browser, served: str) -> Page:
    return browser.new_page(base_url=served, viewport={"width": 1440, "height": 900})


def still(camera: str) -> Frame:
    return Frame(camera, "run", 1.0, BEGIN, ArrayPicture(np.full((180, 320, 3), 120, np.uint8)))


def open_wall(page: Page, user: str) -> list[str]:
    """Signs in and goes there; returns what its scripts complain about, now and later."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/wall")
    page.fill("[name=name]", user)
    page.fill("[name=password]", PASSWORD)
    page.click(".door form button")
    expect(page.locator(".wall")).to_be_visible()
    return faults


def tiles(page: Page) -> list[str]:
    """The cameras on the page that is shown."""
    found: list[str] = page.locator(".tile:visible").evaluate_all("tiles => tiles.map(tile => tile.dataset.camera)")
    return found


def wait_for(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + GUARD_S
    while not condition():
        assert time.monotonic() < end, f"it never came: {what}"
        time.sleep(0.05)


def test_the_wall_is_worked_with_the_keyboard(wall: dict[str, Onlooker], page: Page) -> None:
    faults = open_wall(page, "wang")
    expect(page.locator(".tile.pictured")).to_have_count(6)
    expect(page.locator('[data-camera="wang-1"] .age')).to_have_text("0.2 秒前")
    page.keyboard.press("1")
    expect(page.locator(".page")).to_have_text("1 / 2")
    first = tiles(page)
    assert len(first) == 4
    page.keyboard.press("PageDown")
    assert len(tiles(page)) == 2
    assert not set(first) & set(tiles(page))
    # What is not shown is not asked for.
    expect(page.locator('.tile[data-link="open"]:visible')).to_have_count(2)
    page.keyboard.press("2")
    assert len(tiles(page)) == 6

    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.camera") == tiles(page)[4]
    page.keyboard.press("Enter")
    assert page.evaluate("document.fullscreenElement.dataset.camera") == tiles(page)[4]
    page.keyboard.press("f")
    assert page.evaluate("document.fullscreenElement") is None
    page.keyboard.press("p")
    expect(page.locator("[data-does=turn]")).to_have_attribute("aria-pressed", "false")
    assert not faults


def test_a_violation_flashes_and_leads_to_its_case(wall: dict[str, Onlooker], page: Page) -> None:
    faults = open_wall(page, "wang")
    tile = page.locator('[data-camera="wang-1"]')
    expect(tile).to_have_attribute("data-link", "open")
    page.keyboard.press("b")
    id_, box = violation_id("wang-1", Kind.SMOKING, "run", 3, 1.0), (32.0, 18.0, 160.0, 170.0)
    violation = Violation(id_, "wang-1", "wang", Kind.SMOKING, "run", 3, 1.0, BEGIN, 0.9, box)
    track = Track(3, np.array([32, 18, 160, 170], np.float32), 0.8, 1.0, 0.0)
    wall["wang-1"].step(still("wang-1"), [track], [], [Change(Phase.OPENED, violation)])
    expect(tile.locator(".case")).to_have_text("吸烟")
    assert tile.locator(".case").get_attribute("href") == f"/cases/{violation.id}"
    assert "alarm" in (tile.get_attribute("class") or "")
    expect(page.locator("#wall-news")).to_have_text("老王烧烤店 1号机位: 吸烟")
    wait_for(lambda: page.evaluate(DRAWN), "boxes")
    page.keyboard.press("b")
    assert not page.evaluate(DRAWN)
    wall["wang-1"].step(still("wang-1"), [], [], [Change(Phase.CLOSED, violation)])
    expect(page.locator(".tile.alarm")).to_have_count(0)
    expect(tile.locator(".case")).to_be_visible()
    assert not faults


def test_everybody_sees_their_own(wall: dict[str, Onlooker], as_user: Callable[[str], TestClient]) -> None:
    def cameras(user: str, query: str = "") -> int:
        answer = as_user(user).get(f"/wall{query}")
        assert answer.status_code == 200
        return str(answer.text).count("data-camera=")

    assert [cameras(user) for user in ("admin", "viewer", "east", "west", "wang")] == [8, 8, 7, 1, 6]
    filters = ("district=east", "site=zhao", "district=west&site=wang")
    assert [cameras("admin", f"?{query}") for query in filters] == [7, 1, 0]
    assert cameras("wang", "?site=li") == 0


def test_who_goes_on_patrol_finds_the_way(wall: dict[str, Onlooker], as_user: Callable[[str], TestClient]) -> None:
    assert "/patrol?camera=wang-wok" in as_user("east").get("/cameras/wang-wok").text
    assert "/patrol" not in as_user("wang").get("/cameras/wang-wok").text


def test_the_wall_says_by_itself_that_the_machine_is_overloaded(
    shop: Installation, wall: dict[str, Onlooker], page: Page
) -> None:
    page.clock.install()
    faults = open_wall(page, "admin")
    expect(page.locator(".tile.pictured")).to_have_count(6)  # scripts are at work
    expect(page.locator(".overload")).to_have_count(0)
    shop.load = Load(price=0.5, late_s=1.5, inquiring=1, waiting={"wang-1": 12.0})
    page.clock.fast_forward(60_000)
    expect(page.locator(".overload")).to_contain_text("1 路摄像头在排队细看，最久 12 秒。")
    shop.load = None
    page.clock.fast_forward(60_000)
    expect(page.locator(".overload")).to_have_count(0)
    assert not faults
