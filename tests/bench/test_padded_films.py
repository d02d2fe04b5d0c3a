"""Films padded with empty kitchen by `scripts/pad_films`."""

import json
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from films import Image, make_film
from kitchenwatch.bench.events import truth
from kitchenwatch.bench.events.truth import NotJudged, Truth, TruthViolation
from kitchenwatch.model import Kind

SCRIPTS = Path(__file__).parents[2] / "scripts"
SQUARE = (slice(80, 140), slice(100, 200))


def paint_visitor(image: Image, t: float) -> None:
    """Nobody in the first half second; then a bright square."""
    image[:] = 90
    if t >= 0.5:
        image[SQUARE] = 230


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    film = make_film(folder / "cook.mp4", seconds=4, fps=15, painter=paint_visitor)
    violation = TruthViolation(kind=Kind.NO_HAT, opened=1, closed=3, person="a")
    unjudged = NotJudged(begin=3, kinds=(Kind.SMOKING,))
    truth.write(
        Truth(film=film.name, seconds=4, violations=(violation,), not_judged=(unjudged,)), folder / "cook.truth.json"
    )
    return folder


def pad(source: Path, out: Path, *options: str) -> tuple[Path, Truth, dict[str, float]]:
    command = [sys.executable, "-m", "pad_films", str(source), "--out", str(out), "--size", "320x180", *options]
    subprocess.run(command, cwd=SCRIPTS, check=True, capture_output=True)
    visits = json.loads((out / "visits.json").read_text())
    return out / "cook.mp4", truth.read(out / "cook.truth.json"), visits["cook.mp4"]


def pictures(film: Path) -> list[tuple[float, bool, Image]]:
    """Time, whether it is a keyframe, luma."""
    with av.open(str(film)) as container:
        return [
            (float(frame.time or 0), frame.key_frame, frame.to_ndarray(format="yuv420p")[:180].astype(np.uint8))
            for frame in container.decode(video=0)
        ]


def test_the_truth_moves_with_the_people(source: Path, tmp_path: Path) -> None:
    film, told, visit = pad(source, tmp_path / "out", "--visit", "6")
    begin = visit["begin"]
    # Forward and backward: 4 s each, and as long without anybody.
    assert told.seconds == 16
    assert visit["end"] - begin == pytest.approx(8, abs=0.01)
    (violation,) = told.violations
    assert (violation.opened, violation.closed) == pytest.approx((begin + 1, begin + 7))
    (unjudged,) = told.not_judged
    assert (unjudged.begin, unjudged.end) == pytest.approx((begin + 3, begin + 5))
    assert begin % 2 > 0.05
    shown = pictures(film)
    assert len(shown) == 16 * 25
    assert [t for t, key, _ in shown if key] == [2 * number for number in range(8)]
    seen = [t for t, _, luma in shown if luma[SQUARE].mean() > 150]
    assert seen[0] == pytest.approx(begin + 0.5, abs=0.08)
    assert seen[-1] == pytest.approx(begin + 7.5, abs=0.08)
    empty = [luma for t, _, luma in shown if t < begin]
    assert np.abs(empty[1].astype(int) - empty[0]).mean() > 0.1  # no camera sends the same picture twice


def test_one_visit_in_an_empty_kitchen(source: Path, tmp_path: Path) -> None:
    film, told, visit = pad(source, tmp_path / "out", "--empty", "1", "--seconds", "20", "--gop", "12", "--smart")
    assert told.seconds == 20
    assert visit["end"] - visit["begin"] == pytest.approx(4, abs=0.01)
    assert [t for t, key, _ in pictures(film) if key] == [0, 12]
    with av.open(str(film)) as container:
        still = [packet.size for packet in container.demux(video=0) if packet.pts and not packet.is_keyframe]
    assert np.median(still[: int(visit["begin"] * 25)]) < 200


def test_people_all_the_time(source: Path, tmp_path: Path) -> None:
    _, told, visit = pad(source, tmp_path / "out", "--empty", "0", "--visit", "9")
    assert (visit["begin"], told.seconds) == (0, 12)
    (violation,) = told.violations
    assert (violation.opened, violation.closed) == (1, 11)
