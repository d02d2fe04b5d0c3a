"""Pictures and drawn boxes as they lie on disk, and the list that mends them."""

from pathlib import Path

import numpy as np
import pytest

from kitchenwatch.errors import DatasetError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.corrections import by_picture, corrected, shipped
from kitchenwatch.training.dataset import Picture, as_rows, pictures, unknown_everywhere, write_picture

GREY = np.full((60, 80, 3), 128, np.uint8)
ROWS = np.array([[0, 0.5, 0.5, 0.5, 1.0], [1, 0.5, 0.25, 0.25, 0.5], [12, 0.5, 0.5, 1, 1]], np.float32)
HEAD = "picture,action,row,label,box,reason"


def line(text: str) -> dict[str, str]:
    return dict(zip(HEAD.split(","), text.split(","), strict=True))


def test_what_was_written_is_read_again_in_pixels(tmp_path: Path) -> None:
    write_picture(tmp_path, "train", "web_kitchen_0a1b", GREY, ROWS)
    (picture,) = pictures(tmp_path, "train")
    truth = picture.truth(80, 60)
    assert (picture.name, picture.source) == ("web_kitchen_0a1b", "web_kitchen")
    assert picture.image().shape == (60, 80, 3)
    assert truth.drawn.boxes.tolist() == [[20, 0, 60, 60], [30, 0, 50, 30]]
    assert truth.drawn.labels.tolist() == [0, 1]
    assert truth.unknown.labels.tolist() == [LABELS.index(Label.CIGARETTE)]
    np.testing.assert_allclose(as_rows(truth, 80, 60), ROWS, atol=1e-6)


def test_a_picture_without_a_label_file_has_nothing_drawn(tmp_path: Path) -> None:
    assert Picture(tmp_path / "a.jpg", tmp_path / "a.txt").rows().shape == (0, 5)


@pytest.mark.parametrize("wrong", ["1 0.5 0.5", "15 0.5 0.5 0.1 0.1", "1 0.5 0.5 1.2 0.1", "one 0.5 0.5 0.1 0.1"])
def test_a_wrong_line_is_named(tmp_path: Path, wrong: str) -> None:
    write_picture(tmp_path, "val", "a_1", GREY, ROWS[:1])
    labels = tmp_path / "labels" / "val" / "a_1.txt"
    labels.write_text(labels.read_text() + "\n" + wrong + "\n")
    with pytest.raises(DatasetError, match=r"a_1\.txt: line 3"):
        pictures(tmp_path, "val")[0].rows()


def test_an_empty_split_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no pictures \(.jpg, .jpeg, .png\) in images/val"):
        pictures(tmp_path, "val")


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path, "val", "a_1", GREY, ROWS)
    picture = pictures(tmp_path, "val")[0]
    picture.path.write_bytes(b"no jpeg")
    with pytest.raises(DatasetError, match=r"a_1\.jpg"):
        picture.image()


def test_corrections_change_what_they_name_and_nothing_else() -> None:
    found = by_picture(
        [
            line("a,relabel,1,no_hat,,bare"),
            line("a,drop,0,,,a statue"),
            line("a,add,,phone,0.1 0.2 0.05 0.1,forgotten"),
            line("a,unknown,,cigarette,,smoke everywhere"),
            line("b,drop_picture,,,,a drawing"),
        ]
    )
    mended = corrected(ROWS[:2], found["a"])
    assert mended is not None
    np.testing.assert_allclose(mended, [[2, 0.5, 0.25, 0.25, 0.5], [6, 0.1, 0.2, 0.05, 0.1], [12, 0.5, 0.5, 1, 1]])
    assert corrected(ROWS, found["b"]) is None
    assert corrected(ROWS, ()) is not None


def test_a_box_that_nobody_can_judge_becomes_unknown() -> None:
    mended = corrected(ROWS[:2], by_picture([line("a,unknown,1,,,blurred")])["a"])
    assert mended is not None
    assert mended[1].tolist() == [len(LABELS) + 1, 0.5, 0.25, 0.25, 0.5]


@pytest.mark.parametrize(
    "wrong",
    ["a,erase,0,,,", "a,drop,,,,", "a,relabel,0,,,", "a,relabel,0,beard,,", "a,add,,hat,0.5 0.5,", "a,add,,hat,,"],
)
def test_a_wrong_correction_is_named_by_its_line(wrong: str) -> None:
    with pytest.raises(DatasetError, match="line 3"):
        by_picture([line("a,drop_picture,,,,"), line(wrong)])


def test_a_correction_of_another_dataset_is_refused() -> None:
    with pytest.raises(DatasetError, match="no row 7"):
        corrected(ROWS, by_picture([line("a,drop,7,,,")])["a"])


def test_the_shipped_list_can_be_read() -> None:
    assert isinstance(shipped(), dict)


def test_unknown_everywhere_covers_the_picture() -> None:
    assert unknown_everywhere((Label.PHONE,)).tolist() == [[13, 0.5, 0.5, 1, 1]]


def test_pictures_may_be_named_as_cameras_name_them(tmp_path: Path) -> None:
    image = np.full((20, 30, 3), 90, np.uint8)
    for name in ("site_a.JPG", "site_b.png", "site_c.jpeg"):
        write_picture(tmp_path, "val", Path(name).stem, image, np.zeros((0, 5), np.float32))
        (tmp_path / "images" / "val" / f"{Path(name).stem}.jpg").rename(tmp_path / "images" / "val" / name)
    assert [picture.name for picture in pictures(tmp_path, "val")] == ["site_a", "site_b", "site_c"]


def test_a_label_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    write_picture(tmp_path, "val", "site_a", np.zeros((20, 30, 3), np.uint8), np.zeros((0, 5), np.float32))
    (tmp_path / "labels" / "val" / "site_a.txt").write_text("0 .5 .5 1 1", encoding="utf-16")
    with pytest.raises(DatasetError, match=r"site_a.txt: not a text in UTF-8"):
        pictures(tmp_path, "val")[0].rows()
