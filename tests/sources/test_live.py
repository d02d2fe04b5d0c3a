"""Live cameras against a real RTSP server that is killed, frozen and restarted."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import av
import pytest
from cameras import QUICK, Watched

from films import read_time
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import SourceDenied, SourceLost
from kitchenwatch.model import CameraState
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.reader import DOZE_S
from kitchenwatch.sources.stream import Stream, StreamSettings
from rtsp import RtspServer

MakeFilm = Callable[..., Path]
Server = Callable[..., RtspServer]
Watch = Callable[..., Watched]

SECRET = "hunter2"
CODECS = pytest.mark.parametrize("codec", ["libx264", "libx265"])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def camera_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("rtsp-")]


@CODECS
def test_a_camera_behind_digest_auth_is_sampled_by_media_time(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch, codec: str
) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=3, codec=codec)}, "admin", SECRET)
    watched = watch(server.url("kitchen"))
    watched.wait_frames(12)
    frames = watched.frames[2:12]
    steps = [round(later.t - earlier.t, 2) for earlier, later in pairwise(frames)]
    shown = [read_time(frame.image) for frame in frames]
    assert steps == [0.2] * 9
    assert {round((later - earlier) % 3, 2) for earlier, later in pairwise(shown)} == {0.2}
    assert {frame.run for frame in frames} == {watched.frames[0].run}
    assert abs((datetime.now(UTC) - watched.frames[-1].at).total_seconds()) < 10


class Dozes(SystemClock):
    """Counts how often the reader let packets gather."""

    def __init__(self) -> None:
        self.count = 0

    def sleep(self, seconds: float, wake: threading.Event | None = None) -> None:
        self.count += seconds == DOZE_S
        super().sleep(seconds, wake)


def test_an_empty_kitchen_is_fetched_in_gulps_but_never_under_the_eyes_of_a_viewer(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch, tmp_path: Path
) -> None:
    clock, server = Dozes(), rtsp_server({"kitchen": make_film(seconds=30)})
    watched = watch(server.url("kitchen"), attention=CameraAttention("cam1"), clock=clock)
    watched.wait(lambda: clock.count >= 5)
    times: list[float] = []
    watched.source.footage.follow(lambda codec, unit: times.append(unit.t))
    watched.wait(lambda: len(times) > 10)
    dozed, seen = clock.count, len(times)
    watched.wait(lambda: len(times) > seen + 20)
    assert clock.count == dozed
    # Nothing is lost on the way into a doze or out of it.
    clip = watched.source.footage.cut(0, 1000)
    assert clip is not None
    clip.write(tmp_path / "clip.mp4")
    with av.open(str(tmp_path / "clip.mp4")) as container:
        shown = [picture.time or 0.0 for picture in container.decode(video=0)]
    assert {round(later - earlier, 2) for earlier, later in pairwise(shown)} == {0.04}
    assert clip.t[0] < times[-1] - 2


@CODECS
def test_a_clip_is_cut_from_the_ring_and_holds_the_trigger(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch, tmp_path: Path, codec: str
) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=30, size=(160, 96), codec=codec)})
    watched = watch(server.url("kitchen"))
    watched.wait_frames(16)
    trigger = watched.frames[10]
    # The connection is closed and gone before the clip is written.
    clip = watched.source.footage.cut(trigger.t - 0.5, trigger.t + 0.5)
    watched.stop()
    assert clip is not None
    clip.write(tmp_path / "clip.mp4")
    assert clip.t[0] <= trigger.t - 0.5
    assert clip.t[1] == pytest.approx(trigger.t + 0.5, abs=0.05)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert container.streams.video[0].codec_tag == ("hvc1" if codec == "libx265" else "avc1")
        converter = Converter()
        pictures = [(picture.time or 0.0, read_time(converter.bgr(picture))) for picture in container.decode(video=0)]
    assert pictures[0][0] == 0
    shown = read_time(trigger.image)
    assert any(seconds == pytest.approx(shown, abs=0.001) for _, seconds in pictures)
    # What the clip shows at a moment is what was seen at that moment.
    seconds_in = (trigger.at - clip.begins).total_seconds()
    assert min(pictures, key=lambda picture: abs(picture[0] - seconds_in))[1] == pytest.approx(shown, abs=0.001)


def test_a_killed_server_is_an_offline_interval_and_media_time_goes_on(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch
) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=3)})
    watched = watch(server.url("kitchen"))
    watched.wait_frames(3)
    server.kill()
    began = watched.wait_offline(began=True)
    last = watched.frames[-1]
    server.start()
    ended = watched.wait_offline(began=False)
    after = watched.wait_frames(2)[-1]
    assert (began.state, began.at) == (CameraState.OFFLINE, last.at)
    assert ended.at > began.at
    assert after.run != last.run
    times = [frame.t for frame in watched.frames]
    assert times == sorted(set(times))
    assert after.t - last.t == pytest.approx((after.at - last.at).total_seconds(), abs=0.5)
    # Nothing of the run before may be in a cut that reaches over both.
    clip = watched.source.footage.cut(0, 1000)
    assert clip is not None
    assert clip.t[1] <= last.t + 0.5 or clip.t[0] > last.t


def test_a_frozen_server_is_given_up_and_found_again(rtsp_server: Server, make_film: MakeFilm, watch: Watch) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=3)})
    watched = watch(server.url("kitchen"))
    watched.wait_frames(3)
    server.freeze()
    began = watched.wait_offline(began=True)
    assert began.at == watched.frames[-1].at
    server.thaw()
    watched.wait_offline(began=False)
    watched.wait_frames(2)


def test_the_watchdog_gives_up_a_reader_that_no_timeout_ends(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch
) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=3)})
    # A read time-out far beyond the test: only the watchdog outside the reading thread can help.
    watched = watch(server.url("kitchen"), replace(QUICK, stream=StreamSettings(open_s=1.5, read_s=600.0)))
    run = watched.wait_frames(3)[-1].run
    server.freeze()
    assert watched.wait_offline(began=True).detail == "no picture"
    watched.wait(lambda: len(camera_threads()) > 1)
    server.thaw()
    watched.wait_offline(began=False)
    assert watched.wait_frames(1)[-1].run != run
    watched.wait(lambda: len(camera_threads()) == 1)


def test_no_thread_is_left_behind(rtsp_server: Server, make_film: MakeFilm, watch: Watch) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=2)})
    watched = watch(server.url("kitchen"))
    for cycle in range(5):
        watched.wait_frames(1)
        if cycle % 2:
            server.freeze()
            watched.wait_offline(began=True)
            server.thaw()
        else:
            server.restart()
    watched.wait_frames(1)
    watched.wait(lambda: len(camera_threads()) <= 1)
    watched.stop()
    assert not camera_threads()


def test_a_wrong_password_is_told_without_showing_it(
    rtsp_server: Server, make_film: MakeFilm, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=1)}, "admin", SECRET)
    url = server.url("kitchen").replace(SECRET, "wr0ng@pass")
    with pytest.raises(SourceDenied) as denied:
        Stream(url)
    with caplog.at_level(logging.DEBUG):
        change = watch(url).wait_offline(began=True)
    for text in (str(denied.value), repr(denied.value), caplog.text, change.detail):
        assert "wr0ng" not in text
        assert "127.0.0.1" in text
    assert denied.value.__cause__ is None
    assert denied.value.__suppress_context__


def test_an_unreachable_camera_is_offline_from_the_start(watch: Watch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    began_at = datetime.now(UTC)
    change = watch(f"rtsp://admin:{SECRET}@127.0.0.1:{port}/kitchen").wait_offline(began=True)
    assert change.state is CameraState.OFFLINE
    assert abs((change.at - began_at).total_seconds()) < 1
    assert SECRET not in change.detail


def test_a_server_that_says_nothing_is_offline_and_stop_works_meanwhile(watch: Watch, silent_port: int) -> None:
    watched = watch(f"rtsp://127.0.0.1:{silent_port}/kitchen")
    watched.wait_offline(began=True)
    watched.stop()
    assert not watched.frames


def test_stop_works_while_the_first_connect_hangs(watch: Watch, silent_port: int) -> None:
    watched = watch(f"rtsp://127.0.0.1:{silent_port}/kitchen")
    watched.source.stop()
    watched.stop()
    assert not watched.changes


def test_a_stream_that_goes_silent_is_lost(rtsp_server: Server, make_film: MakeFilm) -> None:
    server = rtsp_server({"kitchen": make_film(seconds=3)})
    with Stream(server.url("kitchen"), StreamSettings(open_s=2.0, read_s=0.5)) as stream:
        packets = stream.packets()
        next(packets)
        server.freeze()
        with pytest.raises(SourceLost, match="no answer in time"):
            list(packets)
