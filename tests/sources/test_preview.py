"""Previews: a clip's pictures at its own times, in H.264."""

import io
import threading
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from films import Image, add_silence, read_time
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.preview import PreviewLimits, write_preview

MakeFilm = Callable[..., Path]


def preview_of(clip: Path, limits: PreviewLimits | None = None) -> Path:
    path = clip.with_name("preview.mp4")
    with clip.open("rb") as file:
        write_preview(file, path, threading.Event(), limits)
    return path


def seconds(path: Path) -> float:
    with av.open(str(path)) as container:
        return (container.duration or 0) / av.time_base


def shown(path: Path) -> list[tuple[float, float]]:
    with av.open(str(path)) as container:
        converter = Converter()
        return [(picture.time or 0.0, read_time(converter.bgr(picture))) for picture in container.decode(video=0)]


@pytest.mark.parametrize(("codec", "b_frames"), [("libx265", 0), ("libx265", 3), ("libx264", 0)])
# 76 pictures: the last one is none of every second one.
@pytest.mark.parametrize(("fps", "kept", "length"), [(25, 12.5, 3.04), (10, 10, 3)])
def test_a_preview_shows_the_clip_at_its_own_times(
    make_film: MakeFilm, codec: str, b_frames: int, fps: float, kept: float, length: float
) -> None:
    clip = make_film(seconds=length, fps=fps, codec=codec, b_frames=b_frames, audio=True)
    preview = preview_of(clip)
    pictures = shown(preview)
    assert pictures[0] == (0, 0)
    assert all(time == pytest.approx(told, abs=0.011) for time, told in pictures)
    assert len(pictures) == pytest.approx(length * kept, abs=1)
    assert pictures[-1][1] == pytest.approx(length - 1 / fps, abs=0.011)
    assert seconds(preview) == pytest.approx(length, abs=0.01)


def test_a_preview_is_what_every_browser_plays(make_film: MakeFilm) -> None:
    preview = preview_of(make_film(seconds=0.2, size=(1080, 1920), codec="libx265", audio=True))
    with av.open(str(preview)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        video = container.streams.video[0].codec_context
        assert (video.name, video.pix_fmt, video.width, video.height) == ("h264", "yuv420p", 540, 960)
    data = preview.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_colours_of_the_full_range_stay_as_they_are(tmp_path: Path) -> None:
    grey: Image = np.full((180, 320, 3), 60, np.uint8)
    with av.open(str(tmp_path / "clip.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="bgr24")))
        container.mux(stream.encode(None))
    with av.open(str(preview_of(tmp_path / "clip.mp4"))) as container:
        assert Converter().bgr(next(container.decode(video=0))).mean() == pytest.approx(60, abs=4)


def test_a_broken_picture_does_not_cost_the_preview(make_film: MakeFilm) -> None:
    clip = make_film(seconds=3, codec="libx265")
    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        hit = [packet for packet in container.demux(video=0) if packet.size and packet.is_keyframe][1]
        place, size = hit.pos or 0, hit.size
    data[place : place + size] = bytes(size)
    clip.write_bytes(data)
    assert seconds(preview_of(clip)) == pytest.approx(3, abs=0.2)


@pytest.mark.parametrize("data", [b"", b"no film at all" * 100])
def test_what_is_no_clip_is_refused(data: bytes, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="no preview can be made"):
        write_preview(io.BytesIO(data), tmp_path / "preview.mp4", threading.Event())


def test_sound_alone_is_refused(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "sound.mp4"), "w") as container:
        sound = container.add_stream("aac", rate=16000, layout="mono")
        add_silence(container, sound, 1)
    with pytest.raises(SourceUnreadable, match="no video"):
        preview_of(tmp_path / "sound.mp4")


def test_a_preview_stays_within_its_size(make_film: MakeFilm) -> None:
    with pytest.raises(SourceUnreadable, match="over 2000 bytes"):
        preview_of(make_film(codec="libx265"), PreviewLimits(size=2000))


def test_a_preview_can_be_given_up(make_film: MakeFilm, tmp_path: Path) -> None:
    stopping = threading.Event()
    stopping.set()
    with make_film().open("rb") as clip, pytest.raises(SourceUnreadable, match="given up"):
        write_preview(clip, tmp_path / "preview.mp4", stopping)


def test_a_place_that_cannot_be_written_is_told(make_film: MakeFilm, tmp_path: Path) -> None:
    with make_film().open("rb") as clip, pytest.raises(SourceUnreadable, match="No such file"):
        write_preview(clip, tmp_path / "nowhere" / "preview.mp4", threading.Event())
