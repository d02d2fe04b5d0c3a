"""What a training run reads: rare labels more often, unknown labels marked."""

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from kitchenwatch.errors import DatasetError
from kitchenwatch.training.dataset import write_picture
from kitchenwatch.training.prepare import mended, prepare
from kitchenwatch.training.sources import SHIPPED, lacks

GREY = np.full((60, 80, 3), 128, np.uint8)


def row(label: int) -> np.ndarray:
    return np.array([[label, 0.5, 0.5, 0.5, 0.5]], np.float32)


def shown(out: Path) -> list[str]:
    return [Path(line).stem for line in (out / "train.txt").read_text().splitlines()]


def test_rare_labels_are_shown_more_often(tmp_path: Path) -> None:
    for number in range(40):
        write_picture(tmp_path / "set", "train", f"kitchen_{number:02}", GREY, row(0))
    write_picture(tmp_path / "set", "train", "kitchen_phone", GREY, row(6))
    made = prepare([tmp_path / "set"], tmp_path / "out")
    names = shown(tmp_path / "out")
    assert made.pictures == 41
    assert made.shown == len(names)
    assert names.count("kitchen_phone") == 2  # sqrt(0.15 x 41 / 1) = 2.48, and the fraction falls to a later picture
    assert all(names.count(f"kitchen_{number:02}") == 1 for number in range(40))
    assert made.boxes["phone"] == 1


def test_pictures_of_one_name_in_two_folders_are_both_shown(tmp_path: Path) -> None:
    roots = [tmp_path / name for name in ("one", "two", "three")]
    for number, root in enumerate(roots):
        write_picture(root, "train", "ceiling_1", GREY + np.uint8(40 * number), row(number))
    out = tmp_path / "out"
    assert prepare(roots, out).pictures == 3
    names = shown(out)
    assert names == ["ceiling_1", "ceiling_1-2", "ceiling_1-3"]
    assert [(out / f"images/train/{name}.jpg").resolve().parents[2] for name in names] == roots
    assert [(out / f"labels/train/{name}.txt").read_text().split()[0] for name in names] == ["0", "1", "2"]


def test_what_a_source_lacks_is_unknown_in_its_pictures(tmp_path: Path) -> None:
    write_picture(tmp_path / "set", "train", "night_market_1", GREY, row(0))
    write_picture(tmp_path / "set", "train", "kitchen_1", GREY, row(0))
    YAML().dump({"unknown": {"night_market": ["cigarette", "phone"]}}, tmp_path / "set" / "data.yaml")
    prepare([tmp_path / "set"], tmp_path / "out")
    labels = tmp_path / "out" / "labels" / "train"
    assert [line.split()[0] for line in (labels / "night_market_1.txt").read_text().splitlines()] == ["0", "12", "13"]
    assert len((labels / "kitchen_1.txt").read_text().splitlines()) == 1


def test_without_a_word_the_shipped_sources_count(tmp_path: Path) -> None:
    assert lacks(tmp_path) == SHIPPED


@pytest.mark.parametrize("wrong", ["unknown: {market: [beard]}", "unknown: [", "- a list"])
def test_a_wrong_data_file_is_named(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "data.yaml").write_text(wrong)
    with pytest.raises(DatasetError, match=r"data\.yaml"):
        lacks(tmp_path)


def test_what_nobody_looked_for_is_unknown_in_held_out_pictures_too(tmp_path: Path) -> None:
    write_picture(tmp_path, "val", "night_market_1", GREY, row(0))
    assert [rows[:, 0].tolist() for _, rows in mended(tmp_path, "val")] == [[0]]
    YAML().dump({"unknown": {"night_market": ["phone"]}}, tmp_path / "data.yaml")
    assert [rows[:, 0].tolist() for _, rows in mended(tmp_path, "val")] == [[0, 13]]


@pytest.mark.parametrize("names", [{0: "hat", 1: "person"}, ["hat", "person"]])
def test_labels_numbered_otherwise_are_refused(tmp_path: Path, names: object) -> None:
    YAML().dump({"names": names}, tmp_path / "data.yaml")
    with pytest.raises(DatasetError, match=r"number the labels like that"):
        lacks(tmp_path)
