"""How long evidence is kept, as admins set it: bounded, told before it removes anything, and never over the file."""

from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation, picture
from phone import act
from playwright.sync_api import Browser

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import Kind, Role, Scope
from kitchenwatch.store.declarations import Wish
from kitchenwatch.store.retention import Retention
from kitchenwatch.web.auth import COOKIE
from kitchenwatch.web.figures import size

Asking = Callable[[str], TestClient]
DAY = 86_400
PAGE = "/admin/retention"
WISH = {"rolling_days": "20", "dismissed_days": "10", "confirmed_days": "", "by_kind.smoking": "60"}
SAID = {"rolling_days": 20, "dismissed_days": 10, "confirmed_days": None, "by_kind": {"smoking": 60}}
EVERYTHING = Scope("x", Role.ADMIN)


@pytest.fixture
def admin(as_user: Asking) -> TestClient:
    client = as_user("admin")
    client.follow_redirects = False
    return client


@pytest.fixture
def upkeep(shop: Installation) -> Retention:
    """What removes evidence in the service, told of each change as there."""
    return Retention(shop.database, shop.blobs, shop.chain, shop.clock, shop.retaining.policy())


@pytest.fixture
def ruled(shop: Installation, tmp_path: Path) -> Iterator[Installation]:
    """The same installation, with periods in its file."""
    ruled = Installation(tmp_path, {"retention": {"rolling_days": 90}})
    yield ruled
    ruled.database.close()


def admin_of(shop: Installation) -> TestClient:
    """The same for an installation that is not the usual one."""
    headers = {"Authorization": f"Bearer {shop.token('admin')}"}
    return TestClient(shop.app, "https://kitchen.example", headers=headers, follow_redirects=False)


def test_periods_are_set_and_hold_at_once(shop: Installation, admin: TestClient, upkeep: Retention) -> None:
    hat, smoking = shop.open_case("wang"), shop.open_case("wang", Kind.SMOKING)
    shop.clock.advance(19.9 * DAY)
    assert admin.post(PAGE, data=WISH).headers["location"] == f"{PAGE}?done=1"
    policy = shop.retaining.policy()
    assert (policy.rolling_days, policy.dismissed_days, policy.confirmed_days) == (20, 10, None)
    page = admin.get(PAGE).text
    for part in ('value="20"', 'value="60"', 'name="revision" value="1"', "admin"):
        assert part in page
    shop.clock.advance(0.2 * DAY)
    upkeep.policy = policy
    upkeep.run_once()
    assert (kept(shop, hat), kept(shop, smoking)) == (False, True)

    assert admin.post(PAGE, data=WISH | {"confirmed_days": "365", "revision": "1"}).status_code == 303
    changed = next(row for row in shop.reading.audit() if row.action == "retention.change")
    assert (changed.actor, changed.data["before"], changed.data["after"]) == (
        "admin",
        SAID,
        SAID | {"confirmed_days": 365},
    )
    assert "修改保存期限" in admin.get("/admin/audit").text


def test_what_a_shorter_period_removes_is_told_before_it_is_saved(shop: Installation, admin: TestClient) -> None:
    _, upheld, held = (shop.open_case("wang") for _ in range(3))
    act(shop, upheld, Act.CONFIRM)
    assert admin.put(f"/api/v1/cases/{held}/legal-hold", json={"hold": True}).status_code in (200, 204)
    shop.clock.advance(25 * DAY)
    asked = admin.post(PAGE, data=WISH)
    assert asked.status_code == 200
    assert f"保存后将删除 1 起案件的证据，共 {size(3 * len(picture()))}" in asked.text
    assert not shop.declarations.all()

    agreed = WISH | {"agreed": agreed_in(asked.text)}
    assert "保存后将删除" in admin.post(PAGE, data=agreed | {"rolling_days": "8"}).text, "agreed to something else"
    assert not shop.declarations.all()
    assert admin.post(PAGE, data=agreed).status_code == 303


def test_agreeing_in_a_browser_saves(shop: Installation, served: str, browser: Browser) -> None:
    shop.open_case("wang")
    shop.clock.advance(25 * DAY)
    context = browser.new_context(base_url=served, viewport={"width": 390, "height": 844})
    secret = shop.tokens.open_session("admin").secret
    context.add_cookies([{"name": COOKIE, "value": secret, "url": served, "sameSite": "Strict"}])
    page = context.new_page()
    page.goto(PAGE)
    page.get_by_label("未审核，自抓拍起").fill("20")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("heading", name="保存后将删除 1 起案件的证据").wait_for()
    page.get_by_label("未审核，自抓拍起").fill("21")
    page.get_by_role("button", name="保存并删除").click()
    page.get_by_role("heading", name="保存后将删除 1 起案件的证据").wait_for()
    assert shop.retaining.policy().rolling_days == 30, "21 days were not what was agreed to"
    page.get_by_role("button", name="保存并删除").click()
    page.get_by_role("status").filter(has_text="已保存").wait_for()
    context.close()
    assert shop.retaining.policy().rolling_days == 21


def kept(shop: Installation, case: UUID) -> bool:
    return all(piece.deleted_at is None for piece in shop.reading.case(EVERYTHING, case).evidence)


def agreed_in(page: str) -> str:
    return unescape(page.split('name="agreed" value="')[1].split('"')[0])


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"rolling_days": ""}, "不能为空"),
        ({"rolling_days": "6"}, "不得少于 7"),
        ({"rolling_days": "9999"}, "不得多于 3650"),
        ({"dismissed_days": "0"}, "不得少于 1"),
        ({"confirmed_days": "29"}, "不得少于 30"),
        ({"by_kind.smoking": "soon"}, "应为整数"),
        ({"by_kind.smoking": "7.5"}, "应为整数"),
        ({"by_kind.smoking": "1"}, "不得少于 7"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_is_kept(
    wrong: dict[str, str], told: str, shop: Installation, admin: TestClient
) -> None:
    answer = admin.post(PAGE, data=WISH | wrong)
    assert (answer.status_code, told in answer.text, 'value="10"' in answer.text or "dismissed_days" in wrong) == (
        422,
        True,
        True,
    )
    assert all(f'value="{typed}"' in answer.text for typed in wrong.values())
    assert not shop.declarations.all()


def test_the_second_is_told_and_loses_nothing(shop: Installation, admin: TestClient) -> None:
    assert admin.post(PAGE, data=WISH).status_code == 303
    for late in ({}, {"revision": "2"}, {"revision": "0"}):
        answer = admin.post(PAGE, data=WISH | late | {"rolling_days": "44"})
        assert (answer.status_code, "他人已先" in answer.text, 'value="44"' in answer.text) == (409, True, True)
    assert shop.retaining.policy().rolling_days == 20


def test_what_the_file_says_is_seen_but_not_changed(ruled: Installation) -> None:
    admin = admin_of(ruled)
    page = admin.get(PAGE).text
    assert ("90 天" in page, "由配置文件" in page, "<form id" in page) == (True, True, False)
    answer = admin.post(PAGE, data=WISH)
    assert (answer.status_code, "is declared in the file" in answer.text) == (422, True)
    assert not ruled.declarations.all()


def test_a_clash_is_told_with_both_versions_until_one_goes(ruled: Installation) -> None:
    admin = admin_of(ruled)
    ruled.declarations.add("li", Wish("retention", "days", SAID))
    assert ruled.retaining.policy().rolling_days == 90
    page = admin.get("/admin").text
    for part in ("重复定义", "rolling_days: 90", "rolling_days: 20", 'action="/admin/retention/remove"'):
        assert part in page
    assert "declared in the console" not in admin.get("/admin/configuration.yaml").text
    assert admin.get("/admin/retention/yaml").text.startswith("retention:\n  rolling_days: 20\n")
    assert admin.post("/admin/retention/remove", data={"revision": "1"}).status_code == 303
    assert "重复定义" not in admin.get("/admin").text


def test_periods_go_by_the_file_once_they_stand_there_and_not_before(shop: Installation, admin: TestClient) -> None:
    admin.post(PAGE, data=WISH)
    assert admin.post("/admin/retention/remove", data={"revision": "1"}).status_code == 404
    told = admin.get("/admin/configuration.yaml").text
    assert "rolling_days: 20  # declared in the console" in told
    exported = admin.get("/admin/retention/yaml").text
    assert "smoking: 60" in exported


def test_room_on_the_disk_alone_leaves_the_periods_to_the_console(shop: Installation, tmp_path: Path) -> None:
    roomy = Installation(tmp_path, {"retention": {"disk_floor": "20%"}})
    assert admin_of(roomy).post(PAGE, data=WISH).status_code == 303
    policy = roomy.retaining.policy()
    assert (policy.rolling_days, policy.floor_bytes) == (20, round(0.2 * roomy.blobs.free()[1]))
    roomy.database.close()
