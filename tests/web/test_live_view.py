"""Live pictures at the door: who may watch, what they are told, and that nobody's slowness is kept in memory."""

import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fastapi.testclient import TestClient
from installation import BEGIN, Installation
from PIL import Image
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from websockets.sync.client import connect

from films import read_time
from kitchenwatch.model import (
    LABELS,
    CameraState,
    Change,
    Detections,
    Frame,
    HealthChange,
    Kind,
    Label,
    Look,
    Phase,
    Track,
    Violation,
    violation_id,
)
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.pipeline.onlooker import Onlooker
from kitchenwatch.pipeline.unrecorded import NoRecorder
from kitchenwatch.sources.broadcast import MOST_BYTES, Reel, Viewer
from kitchenwatch.store import tables
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.web.live_view import LiveView
from played import PlayedCamera, shown

LIVE = "/api/v1/cameras/{}/live"
STILL = "/api/v1/cameras/{}/still.jpg"
GUARD_S = 30.0
HERE = "https://testserver"  # what Starlette's client calls the server of its sockets


@pytest.fixture
def camera(shop: Installation, make_film: Callable[..., Path]) -> PlayedCamera:
    """Of the site wang: three seconds of film, a keyframe each second."""
    camera = PlayedCamera(make_film("cam.mkv", seconds=3, gop=1))
    shop.views["wang-wok"] = LiveView(Onlooker(NoRecorder()), camera.broadcast, lambda: 0.44)
    return camera


def frame(t: float = 0.0, colour: int = 90) -> Frame:
    return Frame("wang-wok", "run", t, BEGIN, ArrayPicture(np.full((360, 640, 3), colour, np.uint8)))


def bare_headed(shop: Installation) -> Violation:
    """Somebody on the left of the picture is seen without a hat, and that is a violation."""
    id_, box = violation_id("wang-wok", Kind.NO_HAT, "run", 7, 1.0), (64.0, 36.0, 320.0, 360.0)
    violation = Violation(id_, "wang-wok", "wang", Kind.NO_HAT, "run", 7, 1.0, BEGIN, 0.9, box)
    track = Track(7, np.array([64, 36, 320, 360], np.float32), 0.8, 1.0, 0.0)
    heads = Detections(
        np.array([[128, 36, 192, 90], [0, 0, 9, 9]], np.float32),
        np.array([0.91, 0.1], np.float32),
        np.array([LABELS.index(Label.NO_HAT), LABELS.index(Label.HAT)]),
    )
    sights = shop.views["wang-wok"].sights
    assert isinstance(sights, Onlooker)
    sights.step(frame(1.0), [track], [Look(1.0, 7, heads, ())], [Change(Phase.OPENED, violation)])
    return violation


def messages(socket: WebSocketTestSession) -> Iterator[dict[str, Any] | bytes]:
    """What is told, until the server ends it."""
    while (message := socket.receive())["type"] == "websocket.send":
        text = message.get("text")
        yield json.loads(text) if text is not None else message["bytes"]


def told(socket: WebSocketTestSession, name: str) -> Any:
    """The next message of that name."""
    return next(message[name] for message in messages(socket) if isinstance(message, dict) and name in message)


def wait_for(condition: Callable[[], Any]) -> None:
    end = time.monotonic() + GUARD_S
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_page_gets_the_film_and_how_the_camera_is(
    shop: Installation, camera: PlayedCamera, as_user: Callable[[str], TestClient]
) -> None:
    SqlHealthLog(shop.database).record(HealthChange("wang-wok", CameraState.COVERED, True, shop.clock.now()))
    camera.play()
    with as_user("east").websocket_connect(LIVE.format("wang-wok")) as socket:
        heard = messages(socket)
        first = [next(heard) for _ in range(5)]
        (pulse,) = [each["pulse"] for each in first if isinstance(each, dict) and "pulse" in each]
        assert pulse == {"states": ["covered"], "age_s": 0.4, "violations": [], "attention": None}
        (reel,) = [each["reel"] for each in first if isinstance(each, dict) and "reel" in each]
        init, *pieces = [each for each in first if isinstance(each, bytes)]
        for t, picture in shown([Reel(reel["mime"], reel["start"], init), *pieces]):
            assert t == pytest.approx(read_time(picture), abs=0.02)
            assert t >= 2
        assert camera.followed
        socket.send_text("film off")
        wait_for(lambda: not camera.followed)


def test_who_leaves_is_forgotten(camera: PlayedCamera, as_user: Callable[[str], TestClient]) -> None:
    with as_user("wang").websocket_connect(LIVE.format("wang-wok")) as socket:
        told(socket, "pulse")
        assert camera.followed
    wait_for(lambda: not camera.followed)


def test_boxes_are_told_to_those_who_ask(
    shop: Installation, camera: PlayedCamera, as_user: Callable[[str], TestClient]
) -> None:
    with as_user("viewer").websocket_connect(LIVE.format("wang-wok")) as socket:
        violation = bare_headed(shop)
        pulse = told(socket, "pulse")
        while not pulse["violations"]:
            pulse = told(socket, "pulse")
        assert pulse["violations"] == [{"kind": "no_hat", "case": str(violation.id)}]
        socket.send_text("boxes on")
        seen = told(socket, "seen")
        assert seen["people"] == [{"track": 7, "violating": True, "box": [0.1, 0.1, 0.5, 1.0]}]
        assert seen["marks"] == [{"label": "no_hat", "score": 0.91, "box": [0.2, 0.1, 0.3, 0.25]}]
        assert (seen["t"], seen["at"]) == (1.0, BEGIN.isoformat())
    sights = shop.views["wang-wok"].sights
    assert isinstance(sights, Onlooker)
    sights.step(frame(2.0), [], [], [Change(Phase.CLOSED, replace(violation, closed=2.0))])
    assert sights.newest
    assert sights.newest.violations == ()


@pytest.mark.parametrize(
    ("user", "camera_id", "status"),
    [("west", "wang-wok", 404), ("wang", "li-wok", 404), ("east", "zhao-wok", 404), ("admin", "nowhere", 404)],
)
def test_others_do_not_learn_that_there_is_a_camera(
    user: str, camera_id: str, status: int, camera: PlayedCamera, as_user: Callable[[str], TestClient]
) -> None:
    asking = as_user(user)
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        asking.websocket_connect(LIVE.format(camera_id)),
    ):
        pass
    assert (refused.value.status_code, refused.value.json()["status"]) == (status, status)
    assert not camera.followed
    assert asking.get(STILL.format(camera_id)).status_code == status
    assert asking.get(f"/cameras/{camera_id}").status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": HERE}, None),
        ({"Sec-Fetch-Site": "same-origin"}, None),
    ],
)
def test_a_session_watches_from_our_own_pages_only(
    headers: Mapping[str, str], status: int | None, shop: Installation, camera: PlayedCamera, client: TestClient
) -> None:
    client.cookies.set("kw_session", shop.tokens.open_session("east").secret)
    if status is None:
        with client.websocket_connect(LIVE.format("wang-wok"), headers=headers) as socket:
            told(socket, "pulse")
        return
    with (
        pytest.raises(WebSocketDenialResponse) as refused,
        client.websocket_connect(LIVE.format("wang-wok"), headers=headers),
    ):
        pass
    assert refused.value.status_code == status


def test_strangers_are_not_let_in(camera: PlayedCamera, client: TestClient) -> None:
    for headers in ({}, {"Authorization": "Bearer kw_nothing"}, {"Authorization": "Bearer " + "x" * 5000}):
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            client.websocket_connect(LIVE.format("wang-wok"), headers=headers),
        ):
            pass
        assert refused.value.status_code == 401
    assert client.get(STILL.format("wang-wok")).status_code == 401


def test_what_is_withdrawn_ends_open_views(shop: Installation, camera: PlayedCamera, client: TestClient) -> None:
    grant = shop.tokens.issue("test", "east")

    def watching(camera_id: str, secret: str) -> WebSocketTestSession:
        return client.websocket_connect(LIVE.format(camera_id), headers={"Authorization": f"Bearer {secret}"})

    with (
        watching("wang-wok", grant.secret) as revoked,
        watching("zhao-wok", shop.token("admin")) as gone,
        watching("wang-wok", shop.token("admin")) as rebuilt,
    ):
        for socket in (revoked, gone, rebuilt):
            told(socket, "pulse")
        shop.tokens.revoke("test", grant.id)
        with shop.database.session() as session:
            session.get_one(tables.Camera, "zhao-wok").active = False
        shop.views["wang-wok"] = replace(shop.views["wang-wok"])
        assert [ending(socket) for socket in (revoked, gone, rebuilt)] == [4401, 4404, 1012]
    wait_for(lambda: not camera.followed)


def ending(socket: WebSocketTestSession) -> int:
    """The close code."""
    while (message := socket.receive())["type"] == "websocket.send":
        pass
    return int(message["code"])


def test_nothing_piles_up_for_a_page_that_does_not_read(
    shop: Installation, served: str, make_film: Callable[..., Path]
) -> None:
    def noise(image: np.ndarray[Any, Any], t: float) -> None:
        image[:] = np.random.default_rng(round(t * 25)).integers(0, 255, image.shape, np.uint8)

    camera = PlayedCamera(make_film("noise.mkv", seconds=1, gop=0.5, size=(640, 360), painter=noise))
    shop.views["wang-wok"] = LiveView(Onlooker(NoRecorder()), camera.broadcast, lambda: 0.1)
    address = served.replace("http", "ws") + LIVE.format("wang-wok")
    headers = {"Authorization": f"Bearer {shop.token('admin')}"}
    with connect(address, additional_headers=headers, max_queue=1, max_size=None, compression=None) as socket:
        wait_for(lambda: camera.followed)
        (viewer,) = camera.broadcast._viewers
        lap = fill(camera, viewer)
        # It reads again: what it gets after a while is new, and begins with a keyframe.
        got = sum(len(socket.recv(timeout=GUARD_S)) for _ in range(40))
        assert got > 0
        camera.play(lap=lap + 1)
        assert socket.recv(timeout=GUARD_S)
    wait_for(lambda: not camera.followed)


def fill(camera: PlayedCamera, viewer: Viewer) -> int:
    """Play until the viewer has lost something; how many laps it took."""
    for lap in range(200):
        camera.play(lap=lap)
        assert viewer.holds <= MOST_BYTES
        if viewer.losses:
            return lap
        time.sleep(0.02)
    raise AssertionError("it took everything")


def test_stills_are_made_twice_a_second_at_most(
    shop: Installation, camera: PlayedCamera, as_user: Callable[[str], TestClient]
) -> None:
    asking, sights = as_user("wang"), shop.views["wang-wok"].sights
    assert isinstance(sights, Onlooker)
    assert asking.get(STILL.format("wang-wok")).status_code == 404

    def brightness(width: int) -> tuple[int, tuple[int, int]]:
        answer = asking.get(STILL.format("wang-wok"), params={"width": width})
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert answer.headers["last-modified"] == "Sun, 22 Nov 2026 11:45:00 GMT"
        assert answer.headers["cache-control"] == "no-store"
        picture = Image.open(io.BytesIO(answer.content))
        return round(cv2.mean(np.asarray(picture))[0]), picture.size

    sights.step(frame(colour=50), [], [], [])
    assert brightness(300) == (50, (320, 180))
    sights.step(frame(colour=150), [], [], [])
    assert brightness(300) == (50, (320, 180))
    assert brightness(4000) == (150, (640, 360))
    shop.clock.advance(0.5)
    assert brightness(300) == (150, (320, 180))


def test_a_camera_that_runs_elsewhere_is_told_as_such(as_user: Callable[[str], TestClient]) -> None:
    with as_user("admin").websocket_connect(LIVE.format("li-wok")) as socket:
        assert told(socket, "pulse") == {"states": [], "age_s": None, "violations": [], "attention": None}
    assert as_user("admin").get(STILL.format("li-wok")).status_code == 404
