"""A camera is tried over real RTSP, and zones are drawn in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from playwright.sync_api import Browser, Page, expect

from kitchenwatch.bootstrap.trials import Trials
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import InvalidFields
from kitchenwatch.model import Role
from kitchenwatch.sources.reach import check_reach
from kitchenwatch.store.acts import Acts
from kitchenwatch.store.users import NewUser
from kitchenwatch.web.administration import Trial, Who
from rtsp import RtspServer

Asking = Callable[[str], TestClient]
SECRET = "s3cret-w0rd"
WHO = Who("admin", "10.0.0.9")


@pytest.fixture
def camera(rtsp_server: Callable[..., RtspServer], make_film: Callable[..., Path]) -> RtspServer:
    """Plays a film to whoever knows the password."""
    film = make_film("kitchen.mp4", seconds=2, fps=10, size=(320, 180))
    return rtsp_server({"kitchen": film}, user="watch", password=SECRET)


def tried(shop: Installation, url: str) -> Trial:
    trying = Trials(SystemClock(), Acts(shop.database, shop.clock), shop.file.egress.allow)
    return trying.wait("admin", trying.begin(WHO, url, "stove"))


def test_a_camera_that_answers_shows_a_picture(camera: RtspServer, shop: Installation) -> None:
    seen = tried(shop, camera.url("kitchen"))
    assert (seen.state, seen.width, seen.height, seen.picture[:2]) == ("seen", 320, 180, b"\xff\xd8")
    assert SECRET not in repr(seen)
    (noted,) = [row for row in shop.reading.audit() if row.action == "camera.try"]
    assert noted.data["url"] == f"rtsp://127.0.0.1:{camera.port}/kitchen"


def test_what_is_wrong_is_told_apart(camera: RtspServer, shop: Installation) -> None:
    wrong = tried(shop, f"rtsp://watch:{SECRET}-not@127.0.0.1:{camera.port}/kitchen")
    assert (wrong.state, SECRET in wrong.detail) == ("denied", False)
    camera.kill()
    nobody = tried(shop, camera.url("kitchen"))
    assert (nobody.state, SECRET in nobody.detail) == ("unreachable", False)


def test_this_machine_may_be_named_only_if_the_file_allows_it(shop: Installation) -> None:
    for url in ("rtsp://127.0.0.1/x", "rtsp://[::1]/x", "rtsp://localhost/x", "rtsp://[::ffff:127.0.0.1]/x"):
        with pytest.raises(InvalidFields, match="this machine itself"):
            check_reach(url)
    check_reach("rtsp://127.0.0.1/x", shop.file.egress.allow)
    check_reach("rtsp://192.168.1.4/x")


def test_a_trial_is_known_to_its_admin_alone(camera: RtspServer, shop: Installation, as_user: Asking) -> None:
    admin = as_user("admin")
    begun = admin.post("/admin/trials", data={"url": camera.url("kitchen")}).json()
    assert SECRET not in repr(begun)
    shop.users.change("admin", NewUser("viewer", Role.ADMIN))
    assert as_user("viewer").get(f"/admin/trials/{begun['id']}").status_code == 404
    refused = as_user("east").get(f"/admin/trials/{begun['id']}")
    assert refused.status_code == 403
    assert '<a href="/cases"' in refused.text, "whoever has signed in can go on from a refusal"


def test_without_scripts_the_form_comes_back_with_the_picture(
    camera: RtspServer, shop: Installation, as_user: Asking
) -> None:
    admin = as_user("admin")
    form = {"id": "li-cold", "name": "专间", "site": "li", "url": camera.url("kitchen")}
    page = admin.post("/admin/declare/camera", data=form | {"act": "try"}).text
    assert "摄像头连接正常" in page
    assert SECRET not in page
    trial = page.split('name="trial" value="')[1].split('"')[0]
    shown = f"rtsp://127.0.0.1:{camera.port}/kitchen"
    assert f'value="{shown}"' in page
    assert admin.get(f"/admin/trials/{trial}/picture").headers["content-type"] == "image/jpeg"
    saved = admin.post(
        "/admin/declare/camera", data=form | {"url": shown, "trial": trial, "act": "save"}, follow_redirects=False
    )
    assert saved.status_code == 303
    assert shop.desk.address("li-cold") == camera.url("kitchen")


@pytest.fixture
def page(browser: Browser, served: str) -> Page:
    """Signed in as admin; fails the test when scripts do."""
    page = browser.new_page(base_url=served, viewport={"width": 1280, "height": 1000}, locale="zh-CN")
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.goto("/login?next=/admin/declare/camera")
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator(".canvas")).to_be_visible()
    return page


def test_a_camera_is_added_with_zones_by_mouse_and_keyboard(camera: RtspServer, shop: Installation, page: Page) -> None:
    page.fill("[name=id]", "li-cold")
    page.fill("[name=name]", "专间")
    page.select_option("[name=site]", "li")
    page.fill("[name=url]", f"rtsp://127.0.0.1:{camera.port}/kitchen")
    page.fill("[name=user]", "watch")
    page.fill("[name=password]", "wrong")
    page.click("[data-try]")
    expect(page.locator(".told")).to_contain_text("拒绝了用户名或密码")
    page.fill("[name=password]", SECRET)
    page.click("[data-try]")
    expect(page.locator(".told")).to_contain_text("320×180")
    expect(page.locator(".canvas img")).to_be_visible()

    box = page.locator(".canvas").bounding_box()
    assert box
    assert box["width"] / box["height"] == pytest.approx(16 / 9, rel=0.01)
    page.fill("[name=zone-0-name]", "灶台")
    for x, y in ((0.1, 0.1), (0.9, 0.1), (0.9, 0.5)):
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(page.locator(".corner")).to_have_count(3)
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 0.5 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.8 * box["height"], steps=4)
    page.mouse.up()
    expect(page.locator(".corner")).to_have_count(3)

    page.fill("[name=zone-1-name]", "海报")
    page.check("[name=zone-picked][value='1']")
    page.select_option("[name=zone-1-mode]", "out")
    page.focus(".canvas")
    for key in ("Enter", "Shift+ArrowRight", "Enter", "Shift+ArrowDown", "Enter", "Enter"):
        page.keyboard.press(key)
    expect(page.locator(".corner")).to_have_count(4)
    page.locator(".corner").nth(3).focus()
    page.keyboard.press("Delete")
    page.locator(".corner").nth(0).focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")

    page.click("button[value=save]")
    expect(page.locator(".done[role=status]").first).to_contain_text("已保存")
    (kept,) = [each for each in shop.desk.holding().of("camera") if each.id == "li-cold"]
    stove, poster = kept.body["zones"]["灶台"], kept.body["zones"]["海报"]
    drawn = [part for point in stove["polygon"] for part in point]
    assert drawn == pytest.approx([0.1, 0.1, 0.9, 0.1, 0.5, 0.8], abs=0.02)
    assert poster == {"polygon": [[0.48, 0.5], [0.55, 0.5], [0.55, 0.55]], "mode": "out"}
    assert shop.desk.address("li-cold") == camera.url("kitchen")
