"""Clips cut from films and rings: whole, playable, never of two runs."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import pytest
from playwright.sync_api import Browser

from films import read_time
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.errors import SourceUnreadable, StorageError, StorageFull
from kitchenwatch.sources.clip import AccessUnit, Codec, EncodedClip, select
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.ring import Ring, RingSettings

MakeFilm = Callable[..., Path]
START = datetime(2026, 11, 1, 8, tzinfo=UTC)
TICK = Fraction(1, 90000)


def film_clip(path: Path, begin: float, end: float) -> EncodedClip:
    clip = FilmSource("film", path, START, FullAttention(5)).footage.cut(begin, end)
    assert clip is not None
    return clip


def shown(path: Path) -> list[tuple[float, float]]:
    with av.open(str(path)) as container:
        converter = Converter()
        return [(picture.time or 0.0, read_time(converter.bgr(picture))) for picture in container.decode(video=0)]


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_a_clip_of_a_film_shows_what_the_film_shows(
    make_film: MakeFilm, tmp_path: Path, codec: str, b_frames: int, name: str
) -> None:
    clip = film_clip(make_film(name, seconds=5, codec=codec, b_frames=b_frames, gop=1, audio=True), 2.3, 3.5)
    clip.write(tmp_path / "clip")
    pictures = shown(tmp_path / "clip")
    assert clip.begins == START + timedelta(seconds=2)
    assert clip.t[0] == pytest.approx(2)
    assert clip.t[1] == pytest.approx(3.5, abs=0.15)
    assert pictures[0] == (0, 2)
    assert all(seconds == pytest.approx(time + 2, abs=0.011) for time, seconds in pictures)
    assert pictures[-1][1] == pytest.approx(clip.t[1], abs=0.011)
    with av.open(str(tmp_path / "clip")) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        assert container.streams.video[0].codec_tag == ("hvc1" if codec == "libx265" else "avc1")
    data = (tmp_path / "clip").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_chromium_plays_a_clip(make_film: MakeFilm, tmp_path: Path, browser: Browser) -> None:
    film_clip(make_film(seconds=5), 1.5, 4).write(tmp_path / "clip.mp4")
    (tmp_path / "page.html").write_text("<video src=clip.mp4 muted></video>")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.evaluate("document.querySelector('video').play()")
    page.wait_for_function("document.querySelector('video').currentTime > 0.5", timeout=20_000)
    video = page.evaluate("(v => [v.videoWidth, v.videoHeight, v.duration])(document.querySelector('video'))")
    assert video[:2] == [320, 180]
    assert video[2] == pytest.approx(3, abs=0.1)


def test_a_cut_reaches_only_as_far_as_the_film(make_film: MakeFilm) -> None:
    footage = FilmSource("film", make_film(seconds=2), START, FullAttention(5)).footage
    whole = footage.cut(-5, 60)
    assert whole is not None
    assert whole.t == pytest.approx((0, 1.96))
    assert footage.cut(10, 20) is None
    assert footage.until() == float("inf")


def test_a_film_that_cannot_be_opened_gives_no_clip(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_text("no film")
    with pytest.raises(SourceUnreadable):
        FilmSource("film", tmp_path / "film.mp4", START, FullAttention(5)).footage.cut(0, 1)


def test_a_clip_that_has_no_place_or_no_room(make_film: MakeFilm, tmp_path: Path) -> None:
    clip = film_clip(make_film(seconds=1), 0, 1)
    with pytest.raises(StorageError, match="No such file"):
        clip.write(tmp_path / "missing" / "clip.mp4")
    with pytest.raises(StorageFull):
        clip.write(Path("/dev/full"))


def test_footage_without_a_codec_is_unreadable(tmp_path: Path) -> None:
    broken = EncodedClip(Codec(b"junk", TICK, START), [unit(0, key=True)])
    with pytest.raises(SourceUnreadable, match="no clip"):
        broken.write(tmp_path / "clip.mp4")


def test_a_camera_whose_clock_stutters_still_gives_a_clip(make_film: MakeFilm, tmp_path: Path) -> None:
    clip = film_clip(make_film(seconds=1), 0, 1)
    stutter = [replace(each, pts=each.pts - each.pts % 2048) for each in clip._units]
    EncodedClip(clip._codec, stutter).write(tmp_path / "clip.mp4")
    assert [seconds for _, seconds in shown(tmp_path / "clip.mp4")] == pytest.approx([n / 25 for n in range(25)])


def unit(t: float, *, key: bool = False, size: int = 100) -> AccessUnit:
    ticks = round(t * 90000)
    return AccessUnit(bytes(size), ticks, 3600, key, t)


def run_of(start: float, seconds: int) -> list[AccessUnit]:
    """Two pictures a second, a keyframe every two seconds."""
    return [unit(start + number / 2, key=number % 4 == 0) for number in range(seconds * 2)]


def test_select_begins_at_the_keyframe_before() -> None:
    units = run_of(0, 10)
    assert [picked.t for picked in select(units, 4.5, 6)] == [4, 4.5, 5, 5.5, 6]
    assert select(units, -3, 0.5)[0].t == 0
    assert select(units[1:], 0, 1) == []


def test_the_ring_forgets_what_is_older_than_its_seconds() -> None:
    ring = Ring(RingSettings(seconds=10))
    codec = Codec(b"", TICK, START)
    for each in run_of(0, 60):
        ring.add(codec, each)
    assert ring.until() == 59.5
    # Ten seconds, and what leads up to them from the keyframe before.
    assert 10 <= ring.held[0] <= 12
    assert ring.cut(0, 40) is None
    cut = ring.cut(40, 52)
    assert cut is not None
    assert cut.t == (48, 52)


def test_the_ring_is_bounded_in_bytes() -> None:
    ring = Ring(RingSettings(seconds=100, bytes=2000))
    codec = Codec(b"", TICK, START)
    for each in run_of(0, 60):
        ring.add(codec, each)
    assert 1000 <= ring.held[1] <= 2000
    # A camera that sends no more keyframes cannot fill the memory either.
    for number in range(120, 200):
        ring.add(codec, unit(number / 2))
    assert ring.held[1] <= 2000


def test_what_comes_before_the_first_keyframe_is_not_kept() -> None:
    ring = Ring()
    codec = Codec(b"", TICK, START)
    for each in run_of(0, 10)[1:]:
        ring.add(codec, each)
    cut = ring.cut(0, 10)
    assert cut is not None
    assert cut.t == (2, 9.5)


def test_a_cut_never_mixes_two_runs() -> None:
    ring = Ring()
    before, after = Codec(b"a", TICK, START), Codec(b"b", TICK, START)
    for each in run_of(0, 10):
        ring.add(before, each)
    for each in run_of(12, 10):
        ring.add(after, each)
    first, second = ring.cut(3, 14), ring.cut(8, 20)
    assert first is not None
    assert second is not None
    assert first.t == (2, 9.5)
    assert second.t == (12, 20)
    assert ring.cut(9.6, 11.9) is None
