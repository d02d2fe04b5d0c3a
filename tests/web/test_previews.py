"""Previews of clips: over the API, and in a browser that cannot play H.265."""

import asyncio
import hashlib
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast
from uuid import UUID

import av
import pytest
from fastapi.testclient import TestClient
from installation import PASSWORD, Installation
from playwright.sync_api import Browser, Page, Route, expect
from starlette.exceptions import HTTPException

import films
from kitchenwatch.model import EvidenceKind, Role, Scope
from kitchenwatch.store import tables
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.web import previews

AsUser = Callable[[str], TestClient]
MakeFilm = Callable[..., Path]
EVERYTHING = Scope("x", Role.ADMIN)
PLAYS = """video => new Promise((plays, fails) => {
    let begin = Infinity;
    video.addEventListener("playing", () => { begin = Math.min(begin, video.currentTime); });
    video.addEventListener("timeupdate", () => video.currentTime > begin + 0.2 && plays([begin, video.videoWidth]));
    video.addEventListener("error", () => fails(video.error.message));
    video.play().catch(error => fails(error.message));
})"""


@pytest.fixture(scope="module")
def h265(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of a size that tells it from its preview; its case opens 5 s in."""
    path = tmp_path_factory.mktemp("clips") / "h265.mp4"
    return films.make_film(path, seconds=6, fps=5, size=(1024, 576), codec="libx265").read_bytes()


@pytest.fixture
def page(browser: Browser, served: str) -> Page:
    return browser.new_page(base_url=served, viewport={"width": 1440, "height": 900})


def url(case: UUID) -> str:
    return f"/api/v1/cases/{case}/preview"


def show(page: Page, case: UUID) -> None:
    page.goto(f"/cases/{case}")
    page.fill("[name=name]", "east")
    page.fill("[name=password]", PASSWORD)
    page.click("text=登录")
    expect(page.locator("video")).to_be_visible()


def test_a_preview_is_served_whole_and_in_ranges(shop: Installation, as_user: AsUser, h265: bytes) -> None:
    case, asking = shop.open_case("wang", clip=h265), as_user("wang")
    answer = asking.get(url(case))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.headers["content-disposition"] == f'inline; filename="{case}-preview.mp4"'
    assert answer.headers["etag"] != f'"{hashlib.sha256(h265).hexdigest()}"'
    with av.open(io.BytesIO(answer.content), "r") as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert container.streams.video[0].codec_context.width == 960
        assert (container.duration or 0) / av.time_base == pytest.approx(6, abs=0.2)
    part = asking.get(url(case), headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")
    assert asking.get(url(case), headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_evidence_and_disk_are_as_before(shop: Installation, as_user: AsUser, h265: bytes) -> None:
    case = shop.open_case("wang", clip=h265)
    before = list(shop.blobs.keys(""))
    as_user("wang").get(url(case))
    assert as_user("wang").get(f"/api/v1/cases/{case}/evidence/clip").content == h265
    assert list(shop.blobs.keys("")) == before
    scratch = shop.blobs.scratch(".mp4").parent
    assert not list(scratch.glob("*.mp4"))


def test_a_clip_that_retention_took_has_no_preview_either(shop: Installation, as_user: AsUser, h265: bytes) -> None:
    case, asking = shop.open_case("wang", clip=h265), as_user("wang")
    assert asking.get(url(case)).status_code == 200
    with shop.database.session() as session:
        session.query(tables.Evidence).filter_by(kind="clip").one().deleted_at = shop.clock.now()
    assert asking.get(url(case)).status_code == 404


def test_a_clip_that_cannot_be_decoded_is_told(shop: Installation, as_user: AsUser) -> None:
    answer = as_user("wang").get(url(shop.open_case("wang", clip=b"no film at all" * 100)))
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert "no preview can be made" in answer.json()["detail"]


def test_previews_kept_and_waiting_are_bounded(shop: Installation, make_film: MakeFilm) -> None:
    film = make_film("small.mp4", seconds=0.2, fps=10, size=(64, 48)).read_bytes()
    # A free box at the end (ISO/IEC 14496-12, 8.1.2) makes each clip another one.
    cases = [shop.open_case("wang", clip=film + b"\0\0\0\x0cfree%04d" % n) for n in range(previews.ROOM + 3)]
    clips = [shop.reading.evidence(EVERYTHING, case, EvidenceKind.CLIP) for case in cases]
    maker = previews.Previews(shop.blobs)

    async def ask() -> tuple[list[object], list[previews.Preview]]:
        at_once = await asyncio.gather(*(maker.of(clip) for clip in clips), return_exceptions=True)
        shop.blobs.delete(clips[0].key)
        first = await maker.of(clips[0])  # from memory
        for clip in clips[previews.QUEUE :]:
            await maker.of(clip)
        return list(at_once), [first, await maker.of(clips[0])]

    at_once, (first, again) = asyncio.run(ask())
    refused = [answer for answer in at_once if isinstance(answer, HTTPException)]
    assert [answer.status_code for answer in refused] == [503] * 3
    assert refused[0].headers == {"Retry-After": "20"}
    assert first is again
    assert len(maker._kept) == previews.ROOM


class Slow(io.FileIO):
    """A film that waits in the middle until it may go on, and tells how much of it was read."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.length, self.taken = path.stat().st_size, 0
        self.halfway, self.go_on = threading.Event(), threading.Event()

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.taken += len(data)
        if self.taken > self.length // 2:
            self.halfway.set()
            self.go_on.wait(30)
        return data


class OneFilm(DiskBlobs):
    """Blobs of which each is that film."""

    def __init__(self, root: Path, film: Slow) -> None:
        super().__init__(root)
        self._film = film

    def open(self, key: str) -> BinaryIO:
        return cast(BinaryIO, self._film)


def test_a_request_that_is_given_up_ends_its_work(shop: Installation, make_film: MakeFilm, tmp_path: Path) -> None:
    slow = Slow(make_film("slow.mp4", seconds=4, size=(640, 360)))
    blobs = OneFilm(tmp_path / "slow", slow)
    clip = shop.reading.evidence(EVERYTHING, shop.open_case("wang", clip=b"x"), EvidenceKind.CLIP)

    async def give_up() -> None:
        asking = asyncio.create_task(previews.Previews(blobs).of(clip))
        await asyncio.to_thread(slow.halfway.wait, 30)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        slow.go_on.set()

    asyncio.run(give_up())  # waits for its threads
    assert slow.closed
    assert slow.taken < slow.length
    assert not list(blobs.scratch(".mp4").parent.glob("*.mp4"))


def test_a_browser_without_h265_plays_the_preview(shop: Installation, page: Page, h265: bytes) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    show(page, shop.open_case("wang", clip=h265))
    expect(page.locator(".preview")).to_contain_text("不作为证据", use_inner_text=True)
    assert page.locator("video").evaluate(PLAYS) == [pytest.approx(4, abs=0.1), 960]
    assert page.locator("video").evaluate("video => video.currentSrc").split("#")[0].endswith("/preview")
    expect(page.locator(".preview .making")).to_be_hidden()
    assert not [text for text in told if "Content Security" in text]
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.path().read_bytes() == h265


def test_while_the_preview_is_made_the_page_says_so(shop: Installation, page: Page, h265: bytes) -> None:
    case = shop.open_case("wang", clip=h265)
    held: list[Route] = []
    page.route("**/preview", lambda route: held.append(route), times=1)
    show(page, case)
    expect(page.locator(".preview")).to_contain_text("正在生成预览", use_inner_text=True)
    expect(page.locator(".preview progress")).to_be_visible()
    for route in held:
        route.continue_()
    expect(page.locator(".preview .shown")).to_be_visible()


def test_h264_is_played_as_it_is(shop: Installation, page: Page, make_film: MakeFilm) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    show(page, shop.open_case("wang", clip=make_film(seconds=6, fps=10, size=(1024, 576)).read_bytes()))
    assert page.locator("video").evaluate(PLAYS) == [pytest.approx(4, abs=0.1), 1024]
    expect(page.locator(".preview")).to_have_text("", use_inner_text=True)
    assert not [one for one in asked if one.endswith("/preview")]


def test_a_clip_that_nobody_can_play_is_told(shop: Installation, page: Page) -> None:
    show(page, shop.open_case("wang", clip=b"no film at all" * 100))
    expect(page.locator(".preview")).to_contain_text("no preview can be made of this clip", use_inner_text=True)
    expect(page.locator("a[download][href$='evidence/clip']")).to_be_visible()
