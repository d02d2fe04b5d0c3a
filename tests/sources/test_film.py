"""Recorded films: sampled alike at any frame rate, and broken in every way they come broken."""

import logging
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from films import add_silence, read_time
from films import make_film as make
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Frame
from kitchenwatch.sources.film import FilmSource

MakeFilm = Callable[..., Path]
START = datetime(2026, 11, 1, 8, tzinfo=UTC)


def source(path: Path) -> FilmSource:
    return FilmSource("film", path, START, FullAttention(5))


def frames_before_error(film: FilmSource) -> tuple[list[Frame], str]:
    frames: list[Frame] = []
    try:
        for frame in film.frames():
            frames.append(frame)
    except SourceUnreadable as error:
        return frames, str(error)
    return frames, ""


@pytest.mark.parametrize("fps", [5, 10, 12.5, 25, 30])
def test_every_frame_rate_is_sampled_at_the_same_moments(make_film: MakeFilm, fps: float) -> None:
    frames = list(source(make_film(seconds=4, fps=fps)).frames())
    assert [int(frame.t * 5 + 0.05) for frame in frames] == list(range(20))
    assert all(frame.t == pytest.approx(read_time(frame.image), abs=0.011) for frame in frames)
    assert all(frame.at == START + timedelta(seconds=frame.t) for frame in frames)


def test_film_with_b_frames_and_sound_in_matroska_reads_in_order(make_film: MakeFilm) -> None:
    frames = list(source(make_film("film.mkv", seconds=3, b_frames=3, audio=True)).frames())
    assert [round(frame.t, 1) for frame in frames] == [round(0.2 * number, 1) for number in range(15)]


def test_a_film_without_timestamps_is_timed_by_its_announced_rate(make_film: MakeFilm) -> None:
    film = source(make_film("film.h264", seconds=2))
    frames = list(film.frames())
    assert [round(frame.t, 1) for frame in frames] == [round(0.2 * number, 1) for number in range(10)]
    cut = film.footage.cut(0.5, 1.5)
    assert cut is not None
    assert cut.t[1] == pytest.approx(1.5, abs=0.05)


def test_the_run_is_the_content(make_film: MakeFilm) -> None:
    film = make_film(seconds=1)
    copy = film.with_name("copy.mp4")
    copy.write_bytes(film.read_bytes())
    assert source(film).run == source(copy).run == next(source(film).frames()).run
    assert len(source(film).run) == 16
    assert source(make_film("other.mp4", seconds=1.2)).run != source(film).run


def test_a_film_of_one_frame(make_film: MakeFilm) -> None:
    film = source(make_film(seconds=0.04))
    frames = list(film.frames())
    assert [frame.t for frame in frames] == [0]
    assert film.footage.cut(-5, 10) is not None


def test_duration_is_known_beforehand(make_film: MakeFilm, tmp_path: Path) -> None:
    assert source(make_film(seconds=3)).duration == pytest.approx(3, abs=0.05)
    assert source(tmp_path / "missing.mp4").duration is None


def test_stop_ends_a_film(make_film: MakeFilm) -> None:
    film = source(make_film(seconds=4))
    frames = film.frames()
    next(frames)
    film.stop()
    assert len(list(frames)) <= 1


def test_broken_packets_in_the_middle_are_left_out_and_counted(
    make_film: MakeFilm, caplog: pytest.LogCaptureFixture
) -> None:
    path = make_film("film.mkv", seconds=6, fps=10)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3000] = bytes(3000)
    path.write_bytes(data)
    film = source(path)
    with caplog.at_level(logging.WARNING):
        frames, error = frames_before_error(film)
    assert not error
    assert frames[-1].t > 5.5
    assert 20 < len(frames) < 30
    assert film.corrupt > 0
    assert "broken pictures left out" in caplog.text
    assert all(frame.t == pytest.approx(read_time(frame.image), abs=0.011) for frame in frames)


@pytest.mark.parametrize("name", ["film.mkv", "film.ts"])
def test_a_truncated_film_gives_what_is_there(make_film: MakeFilm, name: str) -> None:
    path = make_film(name, seconds=8)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames, error = frames_before_error(source(path))
    assert 2 < frames[-1].t < 6
    # An MPEG-TS announces no length, so nobody can tell that it was longer.
    assert ("breaks off at" in error) == (name == "film.mkv")


def test_a_truncated_mp4_with_its_index_in_front_says_where_it_breaks(make_film: MakeFilm, tmp_path: Path) -> None:
    clip = source(make_film(seconds=8)).footage.cut(0, 8)
    assert clip is not None
    clip.write(tmp_path / "cut.mp4")
    data = (tmp_path / "cut.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(data[: len(data) // 2])
    frames, error = frames_before_error(source(tmp_path / "cut.mp4"))
    assert 2 < frames[-1].t < 6
    assert "breaks off at" in error


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"not a film at all\n" * 100, "not a film"), (b"#EXTM3U\n/etc/passwd\n", "not a film")],
)
def test_what_is_no_film_says_so(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    frames, error = frames_before_error(source(path))
    assert not frames
    assert said in error
    assert str(path) in error


def test_a_script_cannot_make_us_open_other_files(make_film: MakeFilm, tmp_path: Path) -> None:
    make_film("other.mp4", seconds=1)
    script = tmp_path / "film.mp4"
    script.write_text("ffconcat version 1.0\nfile other.mp4\n")
    frames, error = frames_before_error(source(script))
    assert not frames
    assert "not a film" in error


def test_a_missing_film_and_an_mp4_without_index(make_film: MakeFilm, tmp_path: Path) -> None:
    assert "no such file" in frames_before_error(source(tmp_path / "missing.mp4"))[1]
    path = make_film(seconds=2)
    path.write_bytes(path.read_bytes()[:-2000])
    assert "not a film" in frames_before_error(source(path))[1]


def test_a_film_of_which_nothing_decodes(make_film: MakeFilm) -> None:
    path = make_film(seconds=2)
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    path.write_bytes(data)
    frames, error = frames_before_error(source(path))
    assert not frames
    assert "none of its pictures can be decoded" in error


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    import av

    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        add_silence(container, container.add_stream("aac", rate=16000, layout="mono"), 1)
    assert "holds no video" in frames_before_error(source(tmp_path / "sound.mp4"))[1]


def turned(film: Path, matrix: tuple[int, ...]) -> None:
    """Says how players have to turn it."""
    content = bytearray(film.read_bytes())
    place = content.index(b"tkhd") + 44  # ISO/IEC 14496-12, 8.3.2: after times, id, length and layer
    a, b, c, d = (value * 0x10000 for value in matrix)
    content[place : place + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    film.write_bytes(content)


@pytest.mark.parametrize(("matrix", "quarters"), [((0, 1, -1, 0), 3), ((-1, 0, 0, -1), 2), ((0, -1, 1, 0), 1)])
def test_a_film_on_its_side_is_seen_upright(tmp_path: Path, matrix: tuple[int, ...], quarters: int) -> None:
    film = make(tmp_path / "phone.mp4", seconds=1)
    lying = [frame.image for frame in source(film).frames()]
    turned(film, matrix)
    upright = [frame.image for frame in source(film).frames()]
    assert len(upright) == len(lying) > 3
    assert all(np.array_equal(np.rot90(before, quarters), after) for before, after in zip(lying, upright, strict=True))


def test_a_film_on_its_side_is_upright_while_nobody_is_there(tmp_path: Path) -> None:
    film = make(tmp_path / "phone.mp4", seconds=6, gop=1)
    turned(film, (0, 1, -1, 0))
    shapes = [frame.image.shape for frame in FilmSource("camera", film, START, CameraAttention("camera")).frames()]
    assert len(shapes) > 2
    assert all(height > width for height, width, _ in shapes)


def test_a_folder_is_no_film(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="is a folder -> name the films in it"):
        list(source(tmp_path).frames())
