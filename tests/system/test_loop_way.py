"""One violation all the way: seen over RTSP, confirmed, ordered, answered from a phone, returned, answered, closed."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pymupdf
import pytest
from living import DISTRICT, EVERYTHING, SITE, Living, Sample, wait_for, write_config
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from kitchenwatch.evidence.keys import load_public_key, public_path
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.model import Role
from kitchenwatch.store.users import NewUser
from rtsp import RtspServer

PASSWORD = "a long password"
PHONE: Any = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ASKED = "请操作人员规范佩戴工作帽。"
DONE = ["厨师已戴好工作帽", "重新拍摄，帽子完全遮住头发"]
MISSING = "照片看不清头部，请重新拍摄。"
LIFE = ["confirm", "dispatch", "rectify", "return", "rectify", "close"]
AUDITED = [f"case.{act}" for act in LIFE]


@dataclass
class Kitchen:
    """An installation that has seen a bare-headed cook, and the people who settle it."""

    living: Living
    case: str
    browser: Browser

    def page(self, user: str, **device: Any) -> Page:
        """A browser of somebody who has signed in."""
        page = self.browser.new_context(base_url=self.living.url, locale="zh-CN", **device).new_page()
        page.set_default_timeout(30_000)
        page.goto("/login")
        page.fill("[name=name]", user)
        page.fill("[name=password]", PASSWORD)
        page.click("main button:has-text('登录')")
        page.wait_for_url(lambda url: "/login" not in url)
        return page


@pytest.fixture
def kitchen(rtsp_server_installed: None, no_hat: Sample, browser: Browser, tmp_path: Path) -> Iterator[Kitchen]:
    server = RtspServer({"stove": no_hat.path}, "admin", "secret")
    living = Living(write_config(tmp_path, {"stove": f"rtsp://admin:secret@127.0.0.1:{server.port}/stove"}))
    try:
        users = living.service.stores.users
        users.add("test", NewUser("li", Role.REGULATOR, districts=(DISTRICT,)), PASSWORD)
        users.add("test", NewUser("wang", Role.BUSINESS, sites=(SITE,)), PASSWORD)
        wait_for(lambda: any(has_clip(case) for case in living.cases), "a case with its clip")
        living.service.runner.stop()
        yield Kitchen(living, next(case["id"] for case in living.cases if has_clip(case)), browser)
    finally:
        living.stop()
        server.kill()


def has_clip(case: dict[str, Any]) -> bool:
    return any(piece["kind"] == "clip" for piece in case["evidence"])


def photo(seed: int) -> FilePayload:
    """A file for a form, unlike those of other seeds."""
    coarse = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), np.uint8)
    written = io.BytesIO()
    Image.fromarray(coarse).resize((1200, 900), Image.Resampling.BICUBIC).save(written, "JPEG")
    return {"name": f"IMG_{seed}.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def answer(page: Page, case: str, seed: int, remark: str) -> None:
    page.goto(f"/notices/{case}")
    if page.locator("[name=phone]").count():
        page.fill("[name=phone]", "13800138000")
        with page.expect_navigation():
            page.click("form[action='/notices/phone'] button")
    page.set_input_files("[name=photos][capture]", photo(seed))
    page.set_input_files("[name=portrait]", photo(seed + 100))
    expect(page.locator("#answer .photo:not(.sending)")).to_have_count(2)
    page.fill("[name=remark]", remark)
    page.click("button.send")
    expect(page.locator("#sent")).to_be_visible()


def press(page: Page, case: str, act: str, **fields: str) -> None:
    """Fill the form of an act on the page of the case, and send it."""
    page.goto(f"/cases/{case}")
    form = page.locator(f"form.act-{act}")
    page.locator("details", has=form).evaluate_all("all => all.forEach(one => one.open = true)")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    with page.expect_navigation():
        form.locator("button:not([type=button])").click()


def test_a_violation_is_settled_and_every_record_tells_the_same_story(kitchen: Kitchen) -> None:
    case, living = kitchen.case, kitchen.living
    li, wang = kitchen.page("li"), kitchen.page("wang", **PHONE)
    press(li, case, "confirm", remark="属实")
    press(li, case, "dispatch", asked=ASKED)
    wang.goto("/notices")
    expect(wang.locator(f"a[href='/notices/{case}']").first).to_be_visible()
    answer(wang, case, 1, DONE[0])
    press(li, case, "return", remark=MISSING)
    wang.goto(f"/notices/{case}")
    expect(wang.locator("main")).to_contain_text(MISSING)
    answer(wang, case, 2, DONE[1])
    press(li, case, "close", remark="已整改到位")
    expect(li.locator("main")).to_contain_text("已办结")

    row = living.service.stores.reading.case(EVERYTHING, UUID(case))
    assert [step.act for step in row.steps] == LIFE
    assert [step.by for step in row.steps] == ["li", "li", "wang", "li", "wang", "li"]
    assert (row.status, row.round) == ("closed", 2)
    assert [len(step.uploads) for step in row.steps] == [0, 0, 2, 0, 2, 0]

    audit = [row for row in living.service.stores.reading.audit(limit=200) if row.subject == case]
    acts = [row for row in reversed(audit) if row.action in AUDITED]
    assert [(row.action, row.actor) for row in acts] == [(f"case.{step.act}", step.by) for step in row.steps]
    sealed = [entry.manifest for entry in living.service.stores.chain.entries(SITE)]
    assert [manifest["act"] for manifest in sealed if manifest["event"] == "step"] == LIFE
    assert sum(manifest["event"] == "upload" for manifest in sealed) == 4

    text = sheet(living, case)
    places = [text.find(said) for said in (ASKED, DONE[0], MISSING, DONE[1])]
    assert -1 not in places
    assert places == sorted(places)
    assert all(name in text for name in ("li", "wang", case))

    living.stop()
    store = living.config.store.evidence
    report = verify_store(store, load_public_key(public_path(living.config.keys.private)), case=UUID(case))
    assert not report.findings
    assert not report.unsealed


def sheet(living: Living, case: str) -> str:
    """The text of the printed case sheet, without its line breaks."""
    answer = httpx.get(f"{living.url}/cases/{case}/sheet.pdf", headers=living.headers, trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text
    with pymupdf.open(stream=answer.content) as document:
        return "".join(page.get_text() for page in document).replace("\n", "")
