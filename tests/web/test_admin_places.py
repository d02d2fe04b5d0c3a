"""Districts, sites and cameras declared in the console, and what the file says against it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.model import Role, Scope
from kitchenwatch.store import tables
from kitchenwatch.store.declarations import Wish

Asking = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)
SECRET = "s3cret-w0rd"
CAMERA = {"id": "li-cold", "name": "专间", "site": "li", "url": f"rtsp://watch:{SECRET}@10.0.0.9/101"}


@pytest.fixture
def admin(as_user: Asking) -> TestClient:
    client = as_user("admin")
    client.follow_redirects = False
    return client


def audit(shop: Installation, action: str) -> tables.Audit:
    return next(row for row in shop.reading.audit() if row.action == action)


def test_a_camera_is_added_changed_and_removed(shop: Installation, admin: TestClient) -> None:
    added = admin.post("/admin/declare/camera", data=CAMERA | {"rule-no_mask-enabled": "off"})
    assert (added.status_code, added.headers["location"]) == (303, "/admin/places/camera/li-cold?done=1")
    assert shop.reading.camera(EVERYTHING, "li-cold").camera.name == "专间"
    page = admin.get("/admin/places/camera/li-cold").text
    assert 'value="rtsp://10.0.0.9/101"' in page
    assert SECRET not in page

    form = CAMERA | {"name": "冷菜间", "url": "rtsp://10.0.0.9/101", "revision": "1"}
    zone = {"zone-0-name": "台面", "zone-0-mode": "out", "zone-0-points": "0.1,0.1 0.9,0.1 0.9,0.8"}
    hours = {"rule-smoking-when": "own", "rule-smoking-hours-0-from": "08:00", "rule-smoking-hours-0-to": "20:00"}
    changed = admin.post("/admin/places/camera/li-cold", data=form | zone | hours | {"rule-smoking-for": "2"})
    assert changed.status_code == 303
    (camera,) = [each for site in shop.desk.config.sites for each in site.cameras if each.id == "li-cold"]
    assert (camera.name, camera.url.get_secret_value()) == ("冷菜间", CAMERA["url"])
    assert (camera.zones["台面"].mode, len(camera.zones["台面"].polygon)) == ("out", 3)
    smoking = {str(kind): rule for kind, rule in camera.rules.items()}["smoking"]
    assert smoking.for_s == 2
    assert smoking.schedule
    assert f"{smoking.schedule[0].begin:%H:%M}" == "08:00"

    said = audit(shop, "camera.change").data
    assert (said["before"]["name"], said["after"]["name"], said["address_set"]) == ("专间", "冷菜间", False)
    assert admin.post("/admin/places/camera/li-cold/remove", data={"revision": "2"}).status_code == 303
    assert not shop.reading.camera(EVERYTHING, "li-cold").camera.active
    assert SECRET not in repr([row.data for row in shop.reading.audit()])


def test_districts_and_sites_are_added_before_their_cameras(shop: Installation, admin: TestClient) -> None:
    assert admin.post("/admin/declare/district", data={"id": "north", "name": "北区"}).status_code == 303
    site = {"id": "school", "name": "一中食堂", "district": "north", "timezone": "Asia/Urumqi", "channels": "hook"}
    hours = {"hours-0-from": "05:30", "hours-0-to": "19:30", "hours-0-days": ["mon", "tue"]}
    assert admin.post("/admin/declare/site", data=site | hours).status_code == 303
    row = shop.reading.site(EVERYTHING, "school")
    assert (row.name, row.district_id, row.timezone) == ("一中食堂", "north", "Asia/Urumqi")
    kept = shop.desk.holding().find("site", "school")
    assert kept
    assert kept.body["hours"] == [{"from": "05:30:00", "to": "19:30:00", "days": ["mon", "tue"]}]
    assert admin.post("/admin/declare/camera", data=CAMERA | {"site": "school"}).status_code == 303
    refused = admin.post("/admin/places/site/school/remove", data={"revision": "1"})
    assert (refused.status_code, "li-cold" in refused.text) == (409, True)
    assert admin.get("/admin/places/site/school").text.count("checked") >= 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"id": "Li Cold"}, "含有不能使用的字符"),
        ({"id": "li-wok"}, "配置文件中已有此编号"),
        ({"name": ""}, "不能为空"),
        ({"url": "file:///etc/passwd"}, "不是摄像头地址"),
        ({"url": "/etc/passwd"}, "不是摄像头地址"),
        ({"url": "http://10.0.0.9/x"}, "不是摄像头地址"),
        ({"url": "rtsp://169.254.169.254/latest"}, "不会是摄像头"),
        ({"url": "rtsp://[::ffff:169.254.169.254]/latest"}, "不会是摄像头"),
        ({"url": "rtsp://2852039166/latest"}, "不会是摄像头"),
        ({"url": "rtsp://0.0.0.0/x"}, "不会是摄像头"),
        ({"url": "rtsp://a:b/c@10.0.0.9/x"}, "有歧义"),
        ({"url": "rtsp://no-such-host.invalid/x"}, "主机名无法解析"),
        ({"zone-0-points": "0.1,0.1 0.9,0.9"}, "顶点少于三个"),
        ({"zone-0-points": "0.1,0.1 0.9,0.9 2,2"}, "超出画面"),
        ({"zone-0-points": "somewhere"}, "somewhere</textarea>"),
        ({"rule-no_hat-for": "soon"}, "不是时长"),
        ({"sample_fps": "-3"}, "应大于 0"),
        ({"rule-no_hat-where": "some", "rule-no_hat-zones": "nowhere"}, "不存在"),
        ({"site": "nowhere"}, "不存在"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_is_kept(
    wrong: dict[str, str], told: str, shop: Installation, admin: TestClient
) -> None:
    answer = admin.post("/admin/declare/camera", data=CAMERA | {"zone-0-name": "灶台"} | wrong)
    assert (answer.status_code, told in answer.text) == (422, True), answer.text
    assert SECRET not in answer.text
    assert "name" in wrong or 'value="专间"' in answer.text
    assert not shop.declarations.all()


def test_an_address_that_is_given_anew_forgets_the_old_password(shop: Installation, admin: TestClient) -> None:
    admin.post("/admin/declare/camera", data=CAMERA)

    def address(**typed: str) -> str | None:
        revision = str(shop.declarations.all()[0].revision)
        form = {"name": "专间", "site": "li", "revision": revision} | typed
        assert admin.post("/admin/places/camera/li-cold", data=form).status_code == 303
        return shop.desk.address("li-cold")

    assert address(url="") == CAMERA["url"]
    assert address(url="rtsp://10.0.0.9/101", password="p@ss/word") == "rtsp://watch:p%40ss%2Fword@10.0.0.9/101"
    assert address(url="rtsp://10.0.0.99/101") == "rtsp://10.0.0.99/101"
    assert address(url="rtsp://10.0.0.99/101", user="li", password="x") == "rtsp://li:x@10.0.0.99/101"


def test_the_second_is_told_and_loses_nothing(shop: Installation, admin: TestClient) -> None:
    admin.post("/admin/declare/camera", data=CAMERA)
    mine = {"name": "我的名字", "site": "li", "url": "", "revision": "1"}
    assert admin.post("/admin/places/camera/li-cold", data=mine | {"name": "先到"}).status_code == 303
    second = admin.post("/admin/places/camera/li-cold", data=mine)
    assert (second.status_code, "我的名字" in second.text, "他人已先" in second.text) == (409, True, True)
    assert shop.reading.camera(EVERYTHING, "li-cold").camera.name == "先到"
    assert admin.post("/admin/places/camera/li-cold/remove", data={"revision": "1"}).status_code == 409


def test_what_the_file_declares_is_seen_but_not_changed(shop: Installation, admin: TestClient) -> None:
    page = admin.get("/admin/places/camera/li-wok")
    assert (page.status_code, "由配置文件定义" in page.text, "hush" in page.text) == (200, True, False)
    answer = admin.post("/admin/places/camera/li-wok", data={"name": "X", "site": "li", "revision": "1"})
    assert (answer.status_code, "is declared in the file" in answer.text) == (422, True)
    assert admin.post("/admin/places/camera/li-wok/remove", data={"revision": "1"}).status_code == 404


def test_hours_without_days_are_of_every_day(shop: Installation, tmp_path: Path) -> None:
    spans = {"hours": ["09:00-14:00"], "rules": {"smoking": {"schedule": ["22:00-02:00"]}}}
    site = {"id": "wang", "name": "老王烧烤店", "district": "east"} | spans
    camera = {"id": "wang-wok", "name": "炒锅区", "url": "rtsp://10.0.0.5/1", "rules": spans["rules"]}
    there = Installation(tmp_path, {"sites": [site | {"cameras": [camera]}]})
    asking = TestClient(there.app, headers={"Authorization": f"Bearer {there.token('admin')}"})
    for path, begin in (("site/wang", "09:00"), ("camera/wang-wok", "22:00")):
        page = asking.get(f"/admin/places/{path}").text
        assert page.count(f'value="{begin}"') == 1
        row = page.split(f'value="{begin}"')[0].split("<li>")[-1]
        assert row.count("checked") == 7
    there.database.close()


def test_a_clash_is_told_with_both_versions_until_one_goes(shop: Installation, admin: TestClient) -> None:
    shop.declarations.add("li", Wish("camera", "li-wok", {"id": "li-wok", "name": "另一个"}, "li", CAMERA["url"]))
    page = admin.get("/admin").text
    assert "重复定义" in page
    assert "name: 炒锅区" in page
    assert "name: 另一个" in page
    assert SECRET not in page
    assert "hush" not in page
    (camera,) = [each for site in shop.desk.config.sites for each in site.cameras if each.id == "li-wok"]
    assert camera.name == "炒锅区"
    assert "另一个" not in admin.get("/admin/cameras").text
    exported = admin.get("/admin/places/camera/li-wok/yaml")
    assert "url: rtsp://${LI_WOK_USER}:${LI_WOK_PASSWORD}@10.0.0.9/101" in exported.text
    assert admin.post("/admin/places/camera/li-wok/remove", data={"revision": "1"}).status_code == 303
    assert "重复定义" not in admin.get("/admin").text


def test_what_cannot_be_used_is_told(shop: Installation, admin: TestClient) -> None:
    shop.declarations.add("li", Wish("site", "lost", {"id": "lost", "name": "失", "district": "nowhere"}))
    page = admin.get("/admin").text
    assert "未生效" in page
    assert "district does not exist" in page


def test_the_configuration_that_holds_is_seen_without_secrets(shop: Installation, admin: TestClient) -> None:
    admin.post("/admin/declare/camera", data=CAMERA)
    told = admin.get("/admin/configuration.yaml").text
    assert "- id: li-cold  # declared in the console" in told
    assert "url: http://127.0.0.1:9/…" in told
    for secret in (SECRET, "hush", "whsec_"):
        assert secret not in told
        assert secret not in admin.get("/admin/configuration").text


def test_nobody_else_comes_in(shop: Installation, as_user: Asking, client: TestClient) -> None:
    for path in ("/admin", "/admin/places", "/admin/declare/camera", "/admin/audit.csv", "/admin/configuration.yaml"):
        answers: dict[str, Any] = {role: as_user(role).get(path).status_code for role in ("wang", "east", "viewer")}
        assert answers == {"wang": 403, "east": 403, "viewer": 403}
        assert client.get(path, follow_redirects=False).status_code == 303
    assert as_user("east").post("/admin/declare/camera", data=CAMERA).status_code == 403
    assert not shop.declarations.all()
