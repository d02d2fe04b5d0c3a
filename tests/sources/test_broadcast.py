"""Live film: what browsers get is what the camera sent, for many at once, and nobody's slowness costs anybody."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from films import Image, read_time
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.broadcast import MOST_BYTES, MOST_VIEWERS, Reel, Viewer
from kitchenwatch.sources.clip import AccessUnit, Codec
from kitchenwatch.sources.fragments import mime_of
from kitchenwatch.sources.picture import Converter
from played import EPOCH, PlayedCamera, shown


class Camera(PlayedCamera):
    """Somebody watches."""

    def watch(self) -> Viewer:
        viewer = self.broadcast.watch(lambda: None)
        assert viewer
        return viewer


@pytest.fixture
def camera(make_film: Callable[..., Path]) -> Camera:
    """Four seconds, a keyframe each second."""
    return Camera(make_film("cam.mkv", seconds=4, gop=1))


def decoded(film: Path) -> Iterator[NDArray[np.uint8]]:
    converter = Converter()
    with av.open(str(film)) as container:
        for picture in container.decode(video=0):
            yield converter.bgr(picture)


@pytest.mark.parametrize(
    ("codec", "b_frames", "mime"),
    [
        ("libx264", 0, r"avc1\.42[0-9a-f]{4}"),
        ("libx264", 2, r"avc1\.4d[0-9a-f]{4}"),
        ("libx265", 0, r"hvc1\.1\.6\.L\d+\.90"),
        ("libx265", 2, r"hvc1\.1\.6\.L\d+\.90"),
    ],
)
def test_the_film_is_what_the_camera_sent(codec: str, b_frames: int, mime: str, make_film: Callable[..., Path]) -> None:
    film = make_film("cam.mkv", seconds=3, codec=codec, b_frames=b_frames)
    camera = Camera(film)
    viewer = camera.watch()
    camera.play()
    taken = viewer.take()
    reel = taken[0]
    assert isinstance(reel, Reel)
    assert re.fullmatch(f'video/mp4; codecs="{mime}"', reel.mime)
    pictures, originals = shown(taken), list(decoded(film))
    # The last piece is still gathered, the last picture's length not known, and what is shown before them late.
    assert 63 <= len(pictures) < len(originals) == 75
    times = [t for t, _ in pictures[:60]]
    for (_, picture), original in zip(pictures[:60], originals, strict=False):
        assert np.array_equal(picture, original)
    # Where pictures are reordered, the first to be so are shown late, once in a run.
    off = [t for number, t in enumerate(times) if t != pytest.approx(number / 25, abs=0.004)]
    assert len(off) <= (2 if b_frames else 0)


def test_who_comes_later_begins_at_the_newest_keyframe(camera: Camera) -> None:
    camera.play(0, 70)
    first = camera.watch()
    camera.play(70, 90)
    second = camera.watch()
    camera.play(90)
    for viewer, begin in ((first, 2.0), (second, 3.0)):
        taken = viewer.take()
        assert len([piece for piece in taken if isinstance(piece, Reel)]) == 1
        pictures = shown(taken)
        assert pictures[0][0] == pytest.approx(begin, abs=0.002)
        for t, picture in pictures:
            assert t == pytest.approx(read_time(picture), abs=0.02)


def test_pieces_are_taken_once_and_in_time(camera: Camera) -> None:
    told: list[int] = []
    viewer = camera.broadcast.watch(lambda: told.append(1))
    assert viewer
    camera.play(0, 12)
    assert len(viewer.take()) == 2
    assert viewer.take() == []
    camera.play(12, 24)
    assert len(viewer.take()) == 1
    assert len(told) == 2


def test_the_slow_lose_pictures_and_go_on_at_a_keyframe(make_film: Callable[..., Path]) -> None:
    def noise(image: Image, t: float) -> None:
        image[:] = np.random.default_rng(round(t * 25)).integers(0, 255, image.shape, np.uint8)

    camera = Camera(make_film("noise.mkv", seconds=2, gop=1, size=(640, 360), painter=noise))
    size = sum(len(unit.data) for unit in camera.units)
    assert size > 2_000_000
    slow, quick = camera.watch(), camera.watch()
    got: list[Reel | bytes] = []
    lap = 0
    while not slow.losses or not slow.holds:
        camera.play(lap=lap)
        got += quick.take()
        lap += 1
        assert slow.holds <= MOST_BYTES
    assert quick.losses == 0
    taken = slow.take()
    assert sum(len(piece) for piece in taken if isinstance(piece, bytes)) <= MOST_BYTES
    pictures = shown(taken)
    assert pictures[0][0] % 1 == pytest.approx(0, abs=0.01)
    assert pictures[0][0] > 2
    assert shown(got)[0][0] == 0


def test_a_new_run_is_a_new_reel(camera: Camera) -> None:
    viewer = camera.watch()
    camera.play(0, 60)
    before = viewer.take()
    again = replace(camera.codec)
    for unit in camera.units[30:]:  # joins between two keyframes, as cameras are joined
        camera.ring.add(again, replace(unit, t=unit.t + 20))
    after = viewer.take()
    assert (isinstance(before[0], Reel), isinstance(after[0], Reel)) == (True, True)
    assert before[0] is not after[0]
    t, picture = shown(after)[0]
    assert t == pytest.approx(22, abs=0.01)
    assert read_time(picture) == pytest.approx(2, abs=0.02)


def test_nothing_is_remuxed_while_nobody_watches(camera: Camera) -> None:
    assert not camera.followed
    first, second = camera.watch(), camera.watch()
    camera.play(0, 30)
    first.close()
    assert camera.followed
    second.close()
    second.close()
    assert not camera.followed
    camera.play(30)
    assert second.take() == [] or second.losses == 0
    assert shown(camera.watch().take() or [])[0][0] == pytest.approx(3, abs=0.01)


def test_only_so_many_watch(camera: Camera) -> None:
    viewers = [camera.watch() for _ in range(MOST_VIEWERS)]
    assert camera.broadcast.watch(lambda: None) is None
    viewers[0].close()
    assert camera.broadcast.watch(lambda: None)


def test_broken_footage_stops_neither_reader_nor_viewer(camera: Camera, caplog: pytest.LogCaptureFixture) -> None:
    viewer = camera.watch()
    camera.ring.add(Codec(b"no film", Fraction(1, 1000), EPOCH), AccessUnit(b"?", 0, 40, True, 0.0))
    assert "cam1: no live picture" in caplog.text
    assert viewer.take() == []
    camera.play()
    assert len(shown(viewer.take())) > 80


def test_other_codecs_are_for_stills(make_film: Callable[..., Path]) -> None:
    with pytest.raises(SourceUnreadable, match=r"neither H\.264 nor H\.265"):
        mime_of(b"ftyp moov mp4v esds")
