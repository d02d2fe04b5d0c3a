"""The video wall over real RTSP in a real Chromium: film, stills for H.265, a camera that dies and comes back."""

from collections.abc import Callable
from pathlib import Path

from living import Living, wait_for
from playwright.sync_api import Browser, Page, expect

from rtsp import RtspServer

PLAYS = """camera => {
    const tile = document.querySelector(`[data-camera="${camera}"]`);
    const video = tile.querySelector("video");
    return tile.classList.contains("film") && video.videoWidth > 0 ? video.currentTime : 0;
}"""
STILL = """camera => {
    const tile = document.querySelector(`[data-camera="${camera}"]`);
    return !tile.classList.contains("film") && tile.querySelector(".still").naturalWidth;
}"""
GUARD_MS = 90_000


def test_the_wall_plays_and_a_camera_comes_back(
    rtsp_server: Callable[..., RtspServer],
    live: Callable[..., Living],
    make_film: Callable[..., Path],
    browser: Browser,
) -> None:
    film = make_film("film.mp4", seconds=4, gop=1, fps=12.5)
    server = rtsp_server({"steady": film, "new": make_film("new.mp4", seconds=4, gop=1, fps=12.5, codec="libx265")})
    other = rtsp_server({"dies": film})
    living = live({"steady": server.url("steady"), "new": server.url("new"), "dies": other.url("dies")})
    page = browser.new_page(base_url=living.url, viewport={"width": 1440, "height": 900})
    page.goto("/wall")
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", living.password)
    page.click(".door form button")
    expect(page.locator('[data-camera="steady"]').first).to_be_visible(timeout=GUARD_MS)

    for camera in ("steady", "dies"):
        assert_plays(page, camera)
    # Debian's Chromium knows no H.265.
    wait_for(lambda: page.evaluate(STILL, "new"), "a still of the H.265 camera")

    other.kill()
    badge = page.locator('[data-camera="dies"] .badge')
    expect(badge).to_have_text("离线", timeout=GUARD_MS)
    assert_plays(page, "steady")
    other.start()
    expect(badge).to_have_text("在线", timeout=GUARD_MS)
    assert_plays(page, "dies")
    page.goto("/cameras/dies")
    assert_plays(page, "dies")
    expect(page.locator(".history")).to_contain_text("离线")


def assert_plays(page: Page, camera: str) -> None:
    """The film goes on while one looks."""
    wait_for(lambda: page.evaluate(PLAYS, camera) > 0, f"film of {camera}")
    before = page.evaluate(PLAYS, camera)
    wait_for(lambda: page.evaluate(PLAYS, camera) not in (0, before), f"more film of {camera}")
