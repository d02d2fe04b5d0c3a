"""Training pictures cut as the two looks see them."""

from pathlib import Path

import numpy as np
import pytest

from commandline import command_in
from kitchenwatch.errors import DatasetError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.dataset import Picture, pictures, write_picture
from kitchenwatch.training.views import cut_views

PERSON, HAT, CIGARETTE = (LABELS.index(label) for label in (Label.PERSON, Label.HAT, Label.CIGARETTE))
UNKNOWN_HAT = len(LABELS) + HAT


def add(root: Path, name: str, size: tuple[int, int], rows: list[list[float]]) -> None:
    width, height = size
    write_picture(root, "train", name, np.full((height, width, 3), 120, np.uint8), np.array(rows, np.float32))


def views(root: Path, out: Path, seed: int = 1) -> list[Picture]:
    assert list(cut_views(root, out, seed))[-1] == 1.0
    return pictures(out, "train")


def test_look_2_of_a_smoker_is_cut_out_with_the_cigarette(tmp_path: Path) -> None:
    add(tmp_path, "cafe_1", (400, 300), [[PERSON, 0.5, 0.6, 0.4, 0.8], [CIGARETTE, 0.5, 0.4, 0.05, 0.05]])
    (view,) = views(tmp_path, tmp_path / "out")
    height, width = view.image().shape[:2]
    assert (width, height) < (400, 300)
    (cigarette,) = view.rows()[view.rows()[:, 0] == CIGARETTE]
    # 20 × 15 pixels, as large as before, and where it was: about in the middle of the person.
    assert cigarette[3] * width == pytest.approx(20, abs=0.1)
    assert cigarette[4] * height == pytest.approx(15, abs=0.1)
    assert cigarette[1] == pytest.approx(0.5, abs=0.15)


def test_what_is_cut_through_is_unknown_there(tmp_path: Path) -> None:
    # The second person's hat lies across the edge of the first one's square, wherever a jitter of 8 % puts it.
    rows = [[PERSON, 0.3, 0.6, 0.2, 0.8], [CIGARETTE, 0.3, 0.4, 0.02, 0.02], [HAT, 0.65, 0.4, 0.3, 0.2]]
    add(tmp_path, "cafe_1", (400, 400), rows)
    (view,) = views(tmp_path, tmp_path / "out")
    ids = set(view.rows()[:, 0].astype(int))
    assert UNKNOWN_HAT in ids
    assert HAT not in ids


def test_look_1_of_a_frame_knows_people_alone(tmp_path: Path) -> None:
    add(tmp_path, "ceiling_1", (1920, 1080), [[PERSON, 0.2, 0.5, 0.05, 0.2], [HAT, 0.2, 0.41, 0.01, 0.02]])
    left, right, person = views(tmp_path, tmp_path / "out")
    assert left.image().shape == right.image().shape == (360, 384, 3)
    unknown = {len(LABELS) + number for number in range(len(LABELS)) if number != PERSON}
    assert set(left.rows()[:, 0].astype(int)) == {PERSON} | unknown
    assert set(right.rows()[:, 0].astype(int)) == unknown
    assert HAT in person.rows()[:, 0]
    # The person stands at 0.2 of 640 pixels; the left window shows the first 384 of them.
    (row,) = left.rows()[left.rows()[:, 0] == PERSON]
    assert row[1:] == pytest.approx([128 / 384, 0.5, 32 / 384, 0.2], abs=0.01)


def test_the_same_seed_cuts_the_same_views(tmp_path: Path) -> None:
    for number in range(12):
        add(tmp_path, f"cafe_{number}", (400, 300), [[PERSON, 0.5, 0.6, 0.4, 0.8], [HAT, 0.5, 0.3, 0.1, 0.1]])
    first, again, other = (views(tmp_path, tmp_path / name, seed) for name, seed in (("a", 1), ("b", 1), ("c", 2)))
    assert [view.name for view in first] == [view.name for view in again]
    assert all(a.path.read_bytes() == b.path.read_bytes() for a, b in zip(first, again, strict=True))
    assert [view.rows().tolist() for view in first] != [view.rows().tolist() for view in other]
    assert 0 < len(first) < 12  # some pictures without a rare thing, not all


def test_views_are_not_put_among_pictures_that_are_there(tmp_path: Path) -> None:
    add(tmp_path, "cafe_1", (400, 300), [[PERSON, 0.5, 0.6, 0.4, 0.8]])
    with pytest.raises(DatasetError, match="name a new folder"):
        next(cut_views(tmp_path, tmp_path, 1))


def test_the_command_says_how_many_it_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add(tmp_path, "cafe_1", (400, 300), [[PERSON, 0.5, 0.6, 0.4, 0.8], [CIGARETTE, 0.5, 0.4, 0.05, 0.05]])
    said = command_in(monkeypatch, capsys)("dataset", "views", tmp_path, tmp_path / "out", "--seed", "3")
    assert (said.status, said.out) == (0, f"1 pictures in {tmp_path / 'out'}\n")
