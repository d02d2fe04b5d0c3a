"""The case sheet: the same bytes for the same state, and the same story as the steps and the audit log."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import cv2
import numpy as np
import pymupdf
import pytest
from fastapi.testclient import TestClient
from installation import BEGIN, Installation
from phone import encoded, ordered, scene
from sealed_case import sealed, whole_story

from kitchenwatch.evidence.layout import entry_key
from kitchenwatch.model import Role, Scope
from kitchenwatch.web.figures import local
from kitchenwatch.web.language import Language
from kitchenwatch.web.sheet.paper import Draft, print_pdf
from kitchenwatch.web.sheet.pictures import WIDTH, pictures_of
from kitchenwatch.web.sheet.sheet import witness
from kitchenwatch.web.words import word

AsUser = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)


def sheet(asking: TestClient, case: UUID) -> bytes:
    answer = asking.get(f"/cases/{case}/sheet.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    return bytes(answer.content)


def text(pdf: bytes) -> str:
    """What the pages say, without the breaks of lines."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return "".join(page.get_text() for page in document).replace("\n", "")


def codes(pdf: bytes) -> set[str]:
    """What the QR codes on its pages say."""
    found: set[str] = set()
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for page in document:
            pixels = page.get_pixmap(dpi=200)
            image = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, pixels.n)
            _, told, *_ = cv2.QRCodeDetector().detectAndDecodeMulti(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
            found.update(told)
    return found


def test_sheet_steps_and_audit_log_tell_the_same_story(shop: Installation, as_user: AsUser) -> None:
    case = whole_story(shop, as_user)
    row = shop.reading.case(EVERYTHING, case)
    log = [one for one in reversed(shop.reading.audit(limit=200)) if one.subject == str(case) and "status" in one.data]
    told = [(f"case.{step.act}", step.by, step.at, step.status, step.revision, step.remark) for step in row.steps]
    assert told == [
        (one.action, one.actor, one.at, one.data["status"], one.data["revision"], one.data["remark"]) for one in log
    ]
    printed = text(sheet(as_user("east"), case)).replace(" ", "")
    place = 0
    for step in row.steps:
        line = f"{word(step.act, Language.ZH)}·{step.by}({word(step.role or '', Language.ZH)})"
        place = printed.index(line, place)
        moment = printed.index(local(step.at, "Asia/Shanghai").replace(" ", ""), place)
        assert printed.index(f"№{step.seal_seq}", moment) >= moment
        assert step.remark in printed[place:]
    for upload in row.uploads:
        assert upload.sha256 in printed
    assert f"{row.seal_sha256}" in printed


def test_the_same_state_prints_the_same_bytes(shop: Installation, as_user: AsUser) -> None:
    case = ordered(shop, sealed(shop))
    asking = as_user("east")
    first = sheet(asking, case)
    shop.clock.advance(timedelta(days=30).total_seconds())
    assert sheet(as_user("admin"), case) == first
    asking.cookies.set("kw_lang", "en")
    english = sheet(asking, case)
    assert english != first
    assert "Bright kitchen: case sheet" in text(english)
    assert "明厨亮灶案件单" in text(first)


def test_the_codes_lead_to_the_case_and_to_its_seal(shop: Installation, as_user: AsUser) -> None:
    case = sealed(shop)
    found = codes(sheet(as_user("east"), case))
    assert f"https://kitchen.example/cases/{case}" in found
    assert witness(shop.reading.case(EVERYTHING, case)) in found


@pytest.mark.parametrize("above", range(30, 60))
def test_no_heading_stands_alone_at_the_end_of_a_page(above: int) -> None:
    lines = "".join(f"<p>line {number}</p>" for number in range(above))
    body = (
        f'<body>{lines}<h2>Heading</h2><p class="leads small">beside it</p><p><img src="a.png"/></p><p>end</p></body>'
    )
    css = "h2 { margin: 12pt 0 4pt } p { margin: 2pt 0 } .small { font-size: 8pt }"
    shown = {"a.png": encoded(scene(1, 200, 150), "PNG")}
    draft = Draft("title", body, css, shown, encoded(scene(2, 40, 40), "PNG"), "name", BEGIN)
    with pymupdf.open(stream=print_pdf(draft), filetype="pdf") as document:
        pages = [page.get_text().split() for page in document]
        (place,) = [number for number, words in enumerate(pages) if "Heading" in words]
        assert "beside" in pages[place]
        pictures = [
            number for number, page in enumerate(document) for info in page.get_image_info() if info["width"] == 200
        ]
        assert pictures == [place]
        told = [word for words in pages for word in words]
    assert [told.count(word) for word in ("Heading", "end", "line")] == [1, 1, above]


def test_a_damaged_seal_is_told(shop: Installation, as_user: AsUser) -> None:
    case = sealed(shop)
    shop.blobs.put(entry_key("wang", 1), b"{}")
    assert "存储中无法读取" in text(sheet(as_user("east"), case))


def test_pictures_that_are_gone_are_told(shop: Installation, as_user: AsUser) -> None:
    case = sealed(shop)
    for piece in shop.reading.case(EVERYTHING, case).evidence:
        shop.blobs.delete(piece.key)
    assert "截图已按期删除" in text(sheet(as_user("east"), case))


def test_large_pictures_are_made_small(shop: Installation) -> None:
    case = sealed(shop)
    row = shop.reading.case(EVERYTHING, case)
    [annotated] = [piece.key for piece in row.evidence if piece.kind == "annotated"]
    shop.blobs.put(annotated, cv2.imencode(".jpg", np.zeros((2160, 3840, 3), np.uint8))[1].tobytes())
    image = cv2.imdecode(np.frombuffer(pictures_of(shop.blobs, row)["seen"], np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape[1] == WIDTH
