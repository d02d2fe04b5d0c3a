"""Findings made by hand: from the live view, from a picture, or without one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from httpx import Response
from installation import BEGIN, Installation
from phone import encoded, scene, taken

from films import read_time
from kitchenwatch.model import CaseStatus, EvidenceKind, Frame, Origin, Role, Scope
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.onlooker import Seen
from kitchenwatch.sources.moment import picture_at
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.web.live_view import LiveView

AsUser = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)
BASIC = {"camera": "wang-wok", "kind": "smoking", "source": "none", "remark": "后厨有人吸烟"}


def report(asking: TestClient, photo: bytes | None = None, **said: str) -> Response:
    form = {"id": str(uuid4())} | BASIC | said
    files = {"photo": ("a.jpg", photo, "image/jpeg")} if photo is not None else None
    answer: Response = asking.post("/patrol", data=form, files=files, follow_redirects=False)
    return answer


def opened(answer: Response) -> UUID:
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].removeprefix("/cases/"))


def test_a_finding_opens_a_sealed_case_in_the_same_list(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("east")
    case = opened(report(asking, taken(), source="sent", at="2026-11-22T19:30"))
    row = shop.reading.case(EVERYTHING, case)
    assert (row.status, row.origin, row.found_by) == (CaseStatus.OPEN, Origin.PATROL, "east")
    assert row.opened_at == BEGIN - timedelta(minutes=15)
    [piece] = row.evidence
    manifest = next(entry for entry in shop.chain.entries("wang") if entry.seq == piece.seal_seq).manifest
    assert (manifest["event"], manifest["files"][0]["sha256"]) == ("found", piece.sha256)
    # Made small and encoded anew: nothing hides in it.
    kept = asking.get(f"/api/v1/cases/{case}/evidence/snapshot").content
    assert kept.startswith(b"\xff\xd8")
    assert b"HUAWEI" not in kept
    for page in (asking.get("/cases?origin=patrol").text, asking.get(f"/cases/{case}").text):
        assert "网上巡查" in page
    assert "后厨有人吸烟" in asking.get(f"/cases/{case}").text


@dataclass
class Sights:
    newest: Seen | None

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        return lambda: None


def test_the_live_picture_is_that_of_the_moment_of_sending(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("east")
    image = np.full((1080, 1920, 3), 90, np.uint8)
    at = BEGIN - timedelta(seconds=2)
    frame = Frame("wang-wok", "run", 1.0, at, ArrayPicture(image))
    shop.views["wang-wok"] = LiveView(Sights(seen(frame)), None, lambda: 2.0)
    assert 'value="live" checked' in asking.get("/patrol?camera=wang-wok").text
    case = opened(report(asking, source="live", at="2026-11-20T10:00"))
    assert shop.reading.case(EVERYTHING, case).opened_at == at
    kept = asking.get(f"/api/v1/cases/{case}/evidence/snapshot").content
    shown = cv2.imdecode(np.frombuffer(kept, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (1080, 1920, 3)


def test_a_moment_of_a_clip_becomes_a_finding(
    shop: Installation, as_user: AsUser, make_film: Callable[..., Path]
) -> None:
    film = make_film(seconds=4, fps=25, size=(640, 360))
    shown, asking = shop.open_case("wang", clip=film.read_bytes()), as_user("east")
    begins = shop.reading.evidence(EVERYTHING, shown, EvidenceKind.CLIP).begins
    assert begins
    page = asking.get(f"/patrol?case={shown}&t=2.5").text
    assert 'value="clip" checked' in page
    assert f"/cases/{shown}/moment.jpg?t=2.5" in page
    case = opened(report(asking, source="clip", case=str(shown), t="2.5"))
    row = shop.reading.case(EVERYTHING, case)
    assert (row.origin, row.camera_id) == (Origin.PATROL, "wang-wok")
    assert row.opened_at == begins + timedelta(seconds=2.48)  # of the picture that stands at 2.5 s
    kept = asking.get(f"/api/v1/cases/{case}/evidence/snapshot").content
    picture = cv2.imdecode(np.frombuffer(kept, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert read_time(np.asarray(picture, np.uint8)) == 2.48
    assert asking.get(f"/cases/{shown}/moment.jpg?t=2.5").content == kept


def test_beyond_a_clip_stands_its_last_picture(make_film: Callable[..., Path]) -> None:
    with make_film(seconds=1, fps=25, size=(640, 360)).open("rb") as clip:
        image, t = picture_at(clip, 99.0)
        assert (read_time(image), t) == (0.96, 0.96)


def test_a_clip_of_another_camera_or_none_is_refused(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("east")
    broken, without, theirs = shop.open_case("wang", clip=b"film"), shop.open_case("wang"), shop.open_case("zhao")
    assert report(asking, source="clip").status_code == 422
    for camera, case in (("wang-wok", broken), ("wang-wok", without), ("wang-wok", theirs), ("li-wok", broken)):
        assert report(asking, source="clip", camera=camera, case=str(case), t="1").status_code == 422
    assert report(asking, source="clip", case=str(broken), t="nan").status_code == 422
    assert asking.get(f"/patrol?case={theirs}").status_code == 404
    assert asking.get(f"/cases/{broken}/moment.jpg").status_code == 422
    assert {row.origin for row in shop.reading.cases(EVERYTHING, no_filter()).cases} == {Origin.CAMERA}


def test_a_camera_that_shows_nothing_is_told(shop: Installation, as_user: AsUser) -> None:
    answer = report(as_user("east"), source="live")
    assert (answer.status_code, "后厨有人吸烟" in answer.text) == (422, True)
    assert not shop.reading.cases(EVERYTHING, no_filter()).cases


@pytest.mark.parametrize(
    ("photo", "told"),
    [
        (b"<html><script>alert(1)</script></html>", "不是"),
        (taken()[:5000], "损坏"),
        (encoded(scene(1), "JPEG") + b"PK\x03\x04" + b"x" * 100 + b"PK\x05\x06" + bytes(18), ""),
        (None, "请选择图片"),
    ],
)
def test_what_is_no_picture_is_refused(photo: bytes | None, told: str, shop: Installation, as_user: AsUser) -> None:
    answer = report(as_user("east"), photo, source="sent")
    assert (answer.status_code, told in answer.text, "后厨有人吸烟" in answer.text) == (422, True, True)
    assert not shop.reading.cases(EVERYTHING, no_filter()).cases


def test_a_body_too_large_is_refused(as_user: AsUser) -> None:
    assert report(as_user("east"), bytes(17 * 1024**2), source="sent").status_code == 413


def test_other_problems_must_be_said(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("east")
    assert report(asking, kind="other", remark="  ").status_code == 422
    assert report(asking, at="2026-11-23T10:00").status_code == 422
    assert opened(report(asking, kind="other", remark="地面有油污"))


def test_the_same_form_sent_twice_opens_one_case(shop: Installation, as_user: AsUser) -> None:
    asking, id = as_user("east"), str(uuid4())
    first = opened(report(asking, taken(1), source="sent", id=id))
    assert opened(report(asking, taken(2), source="sent", id=id)) == first
    [piece] = shop.reading.case(EVERYTHING, first).evidence
    from hashlib import sha256

    assert sha256(shop.blobs.get(piece.key)).hexdigest() == piece.sha256


def test_only_regulators_of_the_district(shop: Installation, as_user: AsUser) -> None:
    assert as_user("wang").get("/patrol").status_code == 403
    assert report(as_user("wang")).status_code == 403
    assert report(as_user("viewer")).status_code == 403
    assert report(as_user("west")).status_code == 404
    assert as_user("west").get("/patrol?camera=wang-wok").status_code == 404
    options = re.findall(r'<option value="(\w+-wok)"', as_user("west").get("/patrol").text)
    assert options == ["zhao-wok"]


def seen(frame: Frame) -> Seen:
    return Seen(frame, (), (), ())


def no_filter() -> CaseFilter:
    return CaseFilter()
