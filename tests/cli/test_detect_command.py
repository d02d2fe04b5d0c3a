"""`kitchenwatch detect` on single pictures."""

import json
from pathlib import Path

import av
import cv2
import pytest

from commandline import Command

SAMPLE = Path(__file__).parents[2] / "sample_videos/no_hat/no_hat.mp4"
AT_WORK_S = 8.0


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A cook without a hat."""
    path = tmp_path / "厨房" / "cook.png"
    path.parent.mkdir()
    with av.open(str(SAMPLE)) as film:
        film.seek(int(AT_WORK_S * av.time_base))
        image = next(film.decode(video=0)).to_ndarray(format="bgr24")
    cv2.imencode(".png", image)[1].tofile(path)
    return path


def test_each_picture_is_a_line(command: Command, picture: Path) -> None:
    said = command("detect", "--json", picture.parent, "--min-score", "0.5")
    assert (said.status, said.err) == (0, "")
    (line,) = said.out.splitlines()
    told = json.loads(line)
    assert list(told) == ["path", "width", "height", "detections"]
    assert (told["path"], told["width"], told["height"]) == (str(picture), 1280, 720)
    assert {"person", "no_hat"} <= {found["label"] for found in told["detections"]}
    for found in told["detections"]:
        assert list(found) == ["label", "score", "xyxy"]
        x1, y1, x2, y2 = found["xyxy"]
        assert 0 <= x1 < x2 <= told["width"]
        assert 0 <= y1 < y2 <= told["height"]
        assert 0.5 <= found["score"] <= 1


def test_a_person_reads_words(command: Command, picture: Path) -> None:
    said = command("detect", picture)
    assert said.out.startswith(f"{picture}: ")
    assert "no_hat 0." in said.out or "no_hat 1." in said.out


def test_a_folder_without_pictures_is_told(command: Command, tmp_path: Path) -> None:
    said = command("detect", tmp_path)
    assert (said.status, said.out) == (1, "")
    assert said.err == "error: no pictures there -> name pictures, or folders that hold some\n"
