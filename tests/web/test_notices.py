"""The business's side: what it is shown, and an answer given on a phone or without scripts."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from phone import ASKED, act, ordered, revision, taken
from playwright.sync_api import Browser, Page, Route, expect

from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, Role, Scope
from kitchenwatch.store.tables import Case
from kitchenwatch.store.users import NewUser

Asking = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)
PHONE = "13812345678"
PATIENCE_MS = 60_000  # a photo is decoded, drawn on, sealed and drawn by the browser: seconds on a busy machine


@pytest.fixture
def wang(shop: Installation, as_user: Asking) -> TestClient:
    """The business of the site wang, whose phone is known."""
    shop.users.set_phone("admin", "wang", PHONE)
    return as_user("wang")


@pytest.fixture
def case(shop: Installation) -> UUID:
    """A case of that site that asks for an answer."""
    return ordered(shop, shop.open_case("wang"))


@pytest.fixture
def phone(shop: Installation, browser: Browser, served: str) -> Iterator[Page]:
    """A phone on which wang has signed in; it fails the test when its scripts do."""
    shop.users.set_phone("admin", "wang", PHONE)
    context = browser.new_context(
        base_url=served,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        geolocation={"latitude": 30.25, "longitude": 120.16, "accuracy": 12},
        permissions=["geolocation"],
    )
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/notices")
    page.fill("[name=name]", "wang")
    page.fill("[name=password]", PASSWORD)
    page.click("text=登录")
    expect(page.locator("h1")).to_have_text("我的通知")
    yield page
    assert not faults


def now(shop: Installation, case: UUID) -> Case:
    return shop.reading.case(EVERYTHING, case)


def photo(folder: Path, name: str, seed: int) -> Path:
    path = folder / name
    path.write_bytes(taken(seed, size=(1600, 1200)))
    return path


def test_the_most_urgent_stands_first(shop: Installation, wang: TestClient) -> None:
    late, later, today = (ordered(shop, shop.open_case("wang")) for _ in range(3))
    theirs = ordered(shop, shop.open_case("li"))
    shop.open_case("wang")  # nothing is asked about it
    with shop.database.session() as session:
        for case, hours in ((late, -5), (today, 2), (later, 50)):
            row = session.get(Case, case)
            assert row is not None
            row.deadline = shop.clock.now() + timedelta(hours=hours)
    page = wang.get("/notices").text
    found = re.findall(r'href="/notices/([0-9a-f-]{36})"', page)
    assert found == [str(late), str(today), str(later)]
    assert str(theirs) not in page
    assert page.index("已逾期5小时") < page.index("今日到期") < page.index("剩余2小时") < page.index("剩余2天")
    assert ASKED in page


def test_nobody_is_left_before_an_empty_page(wang: TestClient) -> None:
    assert "暂无待整改事项" in wang.get("/notices").text


@pytest.mark.parametrize("user", ["east", "admin", "viewer"])
def test_notices_are_for_businesses(user: str, case: UUID, as_user: Asking) -> None:
    asking = as_user(user)
    assert asking.get("/notices").status_code == 403
    assert asking.get(f"/notices/{case}").status_code == 403
    assert asking.post(f"/notices/{case}/answer").status_code == 403


def test_the_phone_number_is_asked_for_once(shop: Installation, case: UUID, as_user: Asking) -> None:
    asking = as_user("wang")
    assert "登记手机号" in asking.get(f"/notices/{case}").text
    assert asking.post("/notices/phone", data={"phone": "call me", "case": str(case)}).status_code == 422
    answer = asking.post("/notices/phone", data={"phone": " +86 138-1234-5678 ", "case": str(case)})
    assert "提交整改情况" in answer.text
    assert shop.users.get("wang").phone == "+86 138-1234-5678"


def test_an_answer_without_scripts(shop: Installation, case: UUID, wang: TestClient) -> None:
    files = [
        ("photos", ("a.jpg", taken(1), "image/jpeg")),
        ("photos", ("b.png", taken(2), "image/png")),
        ("photos", ("", b"", "application/octet-stream")),
        ("portrait", ("c.jpg", taken(3), "image/jpeg")),
    ]
    data = {"revision": str(revision(shop, case)), "remark": " 已佩戴工作帽 ", "latitude": "", "longitude": ""}
    answer = wang.post(f"/notices/{case}/answer", data=data, files=files)
    assert (answer.status_code, "整改情况已提交" in answer.text) == (200, True)
    step = now(shop, case).steps[-1]
    assert (step.act, step.by, step.remark) == ("rectify", "wang", "已佩戴工作帽")
    assert sorted(upload.purpose for upload in step.uploads) == ["photo", "photo", "portrait"]


def test_a_wrong_photo_loses_nothing_else(shop: Installation, case: UUID, wang: TestClient) -> None:
    files = [
        ("photos", ("a.jpg", taken(1), "image/jpeg")),
        ("photos", ("b.jpg", b"<html>", "image/jpeg")),
    ]
    data = {"revision": str(revision(shop, case)), "remark": "已整改"}
    answer = wang.post(f"/notices/{case}/answer", data=data, files=files)
    assert (answer.status_code, "该文件不是照片" in answer.text, ">已整改</textarea>" in answer.text) == (
        422,
        True,
        True,
    )
    kept = now(shop, case).uploads[0]
    assert f'name="uploads" value="{kept.id}"' in answer.text
    portrait = [("portrait", ("c.jpg", taken(3), "image/jpeg"))]
    again = wang.post(f"/notices/{case}/answer", data=data | {"uploads": str(kept.id)}, files=portrait)
    assert "整改情况已提交" in again.text


def test_an_answer_without_a_portrait_comes_back(shop: Installation, case: UUID, wang: TestClient) -> None:
    data = {"revision": str(revision(shop, case))}
    files = [("photos", ("a.jpg", taken(1), "image/jpeg"))]
    answer = wang.post(f"/notices/{case}/answer", data=data, files=files)
    assert (answer.status_code, "以及一张本人照片" in answer.text) == (422, True)
    assert now(shop, case).status == CaseStatus.DISPATCHED


def test_an_answer_to_what_has_changed_overwrites_nothing(shop: Installation, case: UUID, wang: TestClient) -> None:
    files = [("photos", ("a.jpg", taken(1), "image/jpeg")), ("portrait", ("c.jpg", taken(3), "image/jpeg"))]
    seen = revision(shop, case) - 1
    assert wang.post(f"/notices/{case}/answer", data={"revision": str(seen)}, files=files).status_code == 409
    assert now(shop, case).status == CaseStatus.DISPATCHED


def test_another_business_can_do_nothing_here(shop: Installation, case: UUID, as_user: Asking) -> None:
    shop.users.add("admin", NewUser("li", Role.BUSINESS, sites=("li",), phone=PHONE), PASSWORD)
    asking = as_user("li")
    assert asking.get(f"/notices/{case}").status_code == 404
    assert asking.post(f"/notices/{case}/answer", data={"revision": "3"}).status_code == 404


def test_a_phone_answers_is_returned_and_answers_again(
    shop: Installation, case: UUID, phone: Page, tmp_path: Path
) -> None:
    expect(phone.locator(".notice")).not_to_contain_text("要求整改")
    phone.tap(".notice")
    expect(phone.locator(".order")).to_contain_text(ASKED)
    send = phone.get_by_role("button", name="提交整改情况")
    expect(send).to_be_disabled()
    phone.tap(".locate")
    expect(phone.locator(".position")).to_contain_text("30.25000，120.16000")
    camera, album = phone.locator("[name=photos]").all()
    camera.set_input_files(photo(tmp_path, "IMG_1.jpg", 1))
    album.set_input_files([photo(tmp_path, "IMG_2.jpg", 2), photo(tmp_path, "IMG_3.jpg", 3)])
    expect(phone.locator("[data-purpose=photo] li.sent img")).to_have_count(3, timeout=PATIENCE_MS)
    with phone.expect_response(lambda answer: answer.request.method == "DELETE"):
        phone.tap("[data-purpose=photo] li:nth-child(3) .remove")
    phone.fill("textarea", "已戴好帽子")
    expect(phone.locator(".missing")).to_have_text("还需拍摄本人照片。")

    phone.reload()  # a call came in between
    expect(phone.locator("[data-purpose=photo] li.sent")).to_have_count(2, timeout=PATIENCE_MS)
    expect(phone.locator("textarea")).to_have_value("已戴好帽子")
    phone.locator("[name=portrait]").set_input_files(photo(tmp_path, "ME.jpg", 4))
    expect(phone.locator("[data-purpose=portrait] li.sent")).to_have_count(1, timeout=PATIENCE_MS)
    expect(phone.locator(".pick", has=phone.locator("[name=portrait]"))).to_be_hidden()
    send.tap()
    expect(phone.locator("#sent")).to_contain_text("复核通过即办结", timeout=PATIENCE_MS)
    step = now(shop, case).steps[-1]
    assert (step.act, step.remark, len(step.uploads)) == ("rectify", "已戴好帽子", 3)
    assert [upload.latitude for upload in step.uploads] == [30.25, 30.25, None]

    act(shop, case, Act.RETURN, remark="看不清帽子", deadline=shop.clock.now() + timedelta(days=1))
    phone.goto("/notices")
    expect(phone.locator(".notice")).to_contain_text("第 2 次要求整改")
    phone.tap(".notice")
    expect(phone.locator(".order .problem")).to_contain_text("看不清帽子")
    phone.locator("[name=photos]").first.set_input_files(photo(tmp_path, "IMG_5.jpg", 5))
    phone.locator("[name=portrait]").set_input_files(photo(tmp_path, "ME2.jpg", 6))
    expect(phone.locator("li.sent")).to_have_count(2, timeout=PATIENCE_MS)
    send.tap()
    expect(phone.locator("#sent")).to_be_visible()
    assert (now(shop, case).status, now(shop, case).round) == (CaseStatus.RECTIFIED, 2)
    assert [found for found in verify_store(shop.blobs, shop.key.public).findings if found.site == "wang"] == []


def test_a_lost_connection_is_tried_again(shop: Installation, case: UUID, phone: Page, tmp_path: Path) -> None:
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        if lost:
            route.continue_()
        else:
            lost.append(route.request.url)
            route.abort("connectionreset")

    phone.goto(f"/notices/{case}")
    phone.route("**/uploads", lose_the_first)
    phone.locator("[name=photos]").first.set_input_files(photo(tmp_path, "a.jpg", 1))
    expect(phone.locator("li.photo .state")).to_contain_text("秒后重试", timeout=PATIENCE_MS)
    expect(phone.locator("li.sent")).to_have_count(1, timeout=PATIENCE_MS)
    assert (len(lost), len(now(shop, case).uploads)) == (1, 1)


def test_what_is_no_photo_is_told_in_words(case: UUID, phone: Page, tmp_path: Path) -> None:
    phone.goto(f"/notices/{case}")
    page = tmp_path / "IMG.jpg"
    page.write_text("<html><script>alert(1)</script></html>")
    phone.locator("[name=photos]").first.set_input_files(page)
    expect(phone.locator("li.failed .state")).to_contain_text("该文件不是照片", timeout=PATIENCE_MS)
    phone.tap("li.failed .remove")
    expect(phone.locator("li.photo")).to_have_count(0)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1440, 900)])
def test_nothing_sticks_out(width: int, height: int, case: UUID, phone: Page) -> None:
    phone.set_viewport_size({"width": width, "height": height})
    for path in ("/notices", f"/notices/{case}"):
        phone.goto(path)
        assert phone.evaluate("document.documentElement.scrollWidth") <= width, path
