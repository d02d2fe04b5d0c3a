"""The whole way, with everything real: cameras over RTSP, the service, webhooks, the event stream, a browser."""

import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from living import (
    EVERYTHING,
    SITE,
    Listener,
    Living,
    Recipient,
    Sample,
    thread_names,
    two_recipients,
    wait_for,
    write_config,
)
from numpy.typing import NDArray
from playwright.sync_api import Browser, expect

from kitchenwatch.evidence.keys import load_public_key, public_path
from kitchenwatch.evidence.links import Witness
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.model import AlertType
from kitchenwatch.sources.picture import Converter
from rtsp import RtspServer

Image = NDArray[np.uint8]

STORY = [AlertType.CASE_OPENED, AlertType.CASE_CLIP, AlertType.CASE_CLOSED]
KINDS = {"stove": "no_hat", "cutting": "no_mask"}
CODECS = {"stove": "h264", "cutting": "hevc"}
PICTURES = {"snapshot", "annotated", "crop", "best"}
# How long a camera may stay away after it answers again.
BACK_S = 15.0
# What a JPEG changes of a picture, in levels of 0 to 255 on average.
JPEG_LOSS = 3.0
PLAY = """() => new Promise((played, failed) => {
    const video = document.querySelector("video");
    video.addEventListener("error", () => failed(video.error.message));
    video.addEventListener("timeupdate", () => { if (video.currentTime > 0.5) played(video.duration); });
    video.play();
})"""
SEEK = """to => new Promise((shown, failed) => {
    const video = document.querySelector("video");
    video.pause();
    video.addEventListener("error", () => failed(video.error.message));
    video.addEventListener("seeked", () => shown([video.currentTime, video.videoWidth]));
    video.currentTime = to;
})"""


@dataclass
class Watched:
    """A kitchen in which two films have been watched to the end of their violations."""

    living: Living
    recipients: dict[str, Recipient]
    films: dict[str, Sample]
    cut_off: Listener

    def case(self, camera: str, kind: str) -> dict[str, Any]:
        """The one case of this kind."""
        (case,) = [case for case in self.living.cases if (case["camera"], case["kind"]) == (camera, kind)]
        found: dict[str, Any] = self.living.get(f"/cases/{case['id']}")
        return found

    def sealed(self, case: str, event: str) -> dict[str, Any]:
        """What the manifest says of that event of a case."""
        manifests = [entry.manifest for entry in self.living.service.stores.chain.entries(SITE)]
        (manifest,) = [each for each in manifests if (each["case"], each["event"]) == (case, event)]
        return manifest


@pytest.fixture(scope="module")
def watched(
    rtsp_server_installed: None,
    no_hat: Sample,
    no_mask: Sample,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Watched]:
    films = {"stove": no_hat, "cutting": no_mask}
    server = RtspServer({camera: film.path for camera, film in films.items()}, "admin", "p@ss/word")
    cameras = {camera: f"rtsp://admin:p%40ss%2Fword@127.0.0.1:{server.port}/{camera}" for camera in films}
    recipients = two_recipients()
    living = Living(write_config(tmp_path_factory.mktemp("kitchen"), cameras, recipients))
    try:
        cut_off = Listener(living, enough=1)
        wait_for(cut_off.connected.is_set, "the event stream")
        expected = sum(len(film.kinds) for film in films.values())
        wait_for(lambda: sum(has_clip(case) for case in living.cases) >= expected, "every case with its clip")
        # The films would begin anew: the cameras are taken away, which closes what is open.
        living.service.runner.stop()
        wait_for(lambda: all(is_closed(living, case) for case in living.cases), "the end of every violation")
        yield Watched(living, recipients, films, cut_off)
    finally:
        living.stop()
        server.kill()
        for recipient in recipients.values():
            recipient.receiver.close()


def has_requests(recipient: Recipient, number: int) -> bool:
    return len(recipient.receiver.requests) >= number


def has_clip(case: dict[str, Any]) -> bool:
    return any(piece["kind"] == "clip" for piece in case["evidence"])


def is_closed(living: Living, case: dict[str, Any]) -> bool:
    return living.get(f"/cases/{case['id']}")["violation"]["closed"] is not None


def test_every_violation_of_the_films_is_one_case_with_its_evidence(watched: Watched) -> None:
    cases = watched.living.cases
    for camera, film in watched.films.items():
        assert sorted(case["kind"] for case in cases if case["camera"] == camera) == film.kinds
    for case in cases:
        pieces = {piece["kind"]: watched.living.fetch(piece["href"]) for piece in case["evidence"]}
        assert set(pieces) == {*PICTURES, "clip"}
        assert all(picture_of(pieces[kind]).size for kind in PICTURES)
        assert codec_of(pieces["clip"]) == CODECS[case["camera"]]


def test_both_recipients_hear_the_whole_story_signed_and_once(watched: Watched) -> None:
    told = watched.living.service.stores.reading.alerts(EVERYTHING, 0)
    stories = {case["id"]: STORY for case in watched.living.cases}
    for recipient in watched.recipients.values():
        wait_for(partial(has_requests, recipient, len(told)), "every webhook")
        events = recipient.events()
        assert sorted(event["id"] for event in events) == sorted(str(alert.id) for alert in told)
        heard = {case: [event["type"] for event in events if event["subject"] == case] for case in stories}
        assert heard == stories
        assert {event["source"] for event in events} == {f"/kitchenwatch/sites/{SITE}"}


def test_a_client_that_was_cut_off_gets_exactly_what_it_missed(watched: Watched) -> None:
    (first,) = watched.cut_off.events
    told = watched.living.service.stores.reading.alerts(EVERYTHING, 0)
    assert first.id == told[0].seq
    back = Listener(watched.living, first.id, enough=len(told) - 1)
    back.thread.join(30)
    assert [(event.id, event.type, event.data["id"]) for event in back.events] == [
        (alert.seq, alert.type, str(alert.id)) for alert in told[1:]
    ]


@pytest.mark.parametrize("camera", KINDS)
def test_the_clip_holds_the_very_frame_of_the_snapshot(watched: Watched, camera: str) -> None:
    case = watched.case(camera, KINDS[camera])
    pieces = {piece["kind"]: piece for piece in case["evidence"]}
    alarm = watched.sealed(case["id"], "opened")["alarm"]
    begin, end = watched.sealed(case["id"], "clip")["clip_t"]
    assert begin <= case["violation"]["opened"] - 5 or begin < 2.5
    assert end == pytest.approx(alarm["t"] + 10, abs=0.3)
    into = (datetime.fromisoformat(alarm["at"]) - datetime.fromisoformat(pieces["clip"]["begins"])).total_seconds()
    assert into == pytest.approx(alarm["t"] - begin, abs=0.001)
    snapshot = picture_of(watched.living.fetch(pieces["snapshot"]["href"]))
    clip = watched.living.fetch(pieces["clip"]["href"])
    least, t = min((distance(snapshot, image), t) for t, image in moving(clip, into - 0.5, into + 0.5))
    assert least < JPEG_LOSS
    assert t == pytest.approx(into, abs=0.02)


def test_a_browser_plays_the_clip_and_shows_the_alarm(watched: Watched, browser: Browser) -> None:
    case = watched.case("stove", "no_hat")
    alarm = watched.sealed(case["id"], "opened")["alarm"]
    begin, end = watched.sealed(case["id"], "clip")["clip_t"]
    faults: list[str] = []
    page = browser.new_page(base_url=watched.living.url)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/cases/{case['id']}")
    page.fill("[name=name]", "admin")
    page.fill("[name=password]", watched.living.password)
    page.click("text=登录")
    expect(page.locator("h1")).to_contain_text("未戴工作帽")
    assert page.evaluate(PLAY) == pytest.approx(end - begin, abs=0.2)
    at, width = page.evaluate(SEEK, alarm["t"] - begin)
    assert at == pytest.approx(alarm["t"] - begin, abs=0.01)
    assert width == picture_of(watched.living.fetch(f"/api/v1/cases/{case['id']}/evidence/snapshot")).shape[1]
    assert not faults


def test_what_was_sealed_is_proved_by_the_public_key_and_what_recipients_heard(watched: Watched) -> None:
    """The last of these tests: it stops the service."""
    cases = watched.living.cases
    heard = watched.recipients["district"].events()
    witnesses = [Witness(SITE, event["data"]["seal"]["seq"], event["data"]["seal"]["sha256"]) for event in heard]
    watched.living.stop()
    settings = watched.living.config
    key = load_public_key(public_path(settings.keys.private))
    report = verify_store(settings.store.evidence, key, witnesses=witnesses)
    assert report.ok, report.findings
    assert (report.entries, report.files, report.unsealed) == (3 * len(cases), 5 * len(cases), ())
    assert not list(settings.store.evidence.rglob("*.tmp*"))


def test_a_camera_that_is_lost_comes_back_and_harms_no_other(
    rtsp_server: Callable[..., RtspServer],
    make_film: Callable[..., Path],
    live: Callable[..., Living],
    recipients: dict[str, Recipient],
) -> None:
    film = make_film(seconds=4)
    shaky, steady = rtsp_server({"shaky": film}), rtsp_server({"steady": film})
    living = live({"shaky": shaky.url("shaky"), "steady": steady.url("steady")}, recipients)
    lost, other = living.posts["shaky"], living.posts["steady"]
    wait_for(lambda: lost.frames and other.frames, "both cameras")
    before = thread_names()
    for lose, answer in ((shaky.kill, shaky.start), (shaky.freeze, shaky.thaw), (shaky.kill, shaky.start)):
        lose_for_a_while(living, lose, answer)
    found = gaps(living, "shaky")
    assert all(gap["state"] == "offline" and gap["opened_at"] < gap["closed_at"] for gap in found)
    assert not gaps(living, "steady")
    for recipient in recipients.values():
        wait_for(partial(told_of_gaps, recipient, 3), "every alert about the gaps")
    wait_for(lambda: thread_names() == before, "the end of all that was left behind")


def lose_for_a_while(living: Living, lose: Callable[[], None], answer: Callable[[], None]) -> None:
    """`shaky` is lost until its gap has been noted and `steady` has gone on for a while; then it answers again."""
    lost, other, known = living.posts["shaky"], living.posts["steady"], len(gaps(living, "shaky"))
    lose()
    wait_for(lambda: len(gaps(living, "shaky")) > known, "the gap's beginning")
    meanwhile = other.frames
    wait_for(lambda: other.frames >= meanwhile + 10, "frames of the other camera")
    seen = lost.frames
    answer()
    wait_for(lambda: lost.frames > seen, "the camera that answers again", BACK_S)
    wait_for(lambda: gaps(living, "shaky")[0]["closed_at"], "the gap's end")


def gaps(living: Living, camera: str) -> list[dict[str, Any]]:
    """The camera's intervals of trouble, newest first."""
    items: list[dict[str, Any]] = living.get(f"/camera-health?camera={camera}")["items"]
    return items


def told_of_gaps(recipient: Recipient, number: int) -> bool:
    """Whether the recipient has heard the beginning and the end of so many, in this order."""
    events = [event for event in recipient.events() if event["type"] == AlertType.CAMERA_HEALTH]
    return [event["data"]["began"] for event in events] == [True, False] * number


def test_the_service_stops_while_a_camera_hangs(silent_url: str, live: Callable[..., Living]) -> None:
    before = thread_names()
    living = live({"hangs": silent_url})
    wait_for(lambda: "rtsp-hangs" in thread_names(), "the connection that hangs")
    stopping = threading.Thread(target=living.stop, daemon=True)
    stopping.start()
    stopping.join(10)
    assert not stopping.is_alive()
    wait_for(lambda: thread_names() == before, "the end of the connection that hangs", 15)


def picture_of(data: bytes) -> Image:
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return np.asarray(image, np.uint8)


def moving(clip: bytes, begin: float, end: float) -> Iterator[tuple[float, Image]]:
    """The pictures of a part of a clip, with their seconds."""
    converter = Converter()
    with av.open(io.BytesIO(clip), "r") as container:
        for picture in container.decode(video=0):
            if begin <= (picture.time or 0.0) <= end:
                yield picture.time or 0.0, converter.bgr(picture)


def codec_of(clip: bytes) -> str:
    with av.open(io.BytesIO(clip), "r") as container:
        return container.streams.video[0].codec_context.name


def distance(one: Image, other: Image) -> float:
    """Mean difference in levels of 0 to 255."""
    return float(cv2.absdiff(one, other).mean())
