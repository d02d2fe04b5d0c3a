"""A share of a dataset, for a learning curve."""

from pathlib import Path

import numpy as np
import pytest

from kitchenwatch.training.dataset import Picture, pictures, write_picture
from kitchenwatch.training.prepare import prepare
from kitchenwatch.training.share import share_of

PERSON = np.array([[0, 0.5, 0.5, 0.5, 0.5]], np.float32)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty scenes, each in two pictures that mirror each other."""
    made = tmp_path_factory.mktemp("share")
    for scene in range(60):
        tiles = np.random.default_rng(scene).integers(0, 256, (8, 9, 3), np.uint8)
        image = np.repeat(np.repeat(tiles, 10, axis=0), 10, axis=1)
        write_picture(made, "train", f"kitchen_{scene:02}a", image, PERSON)
        write_picture(made, "train", f"kitchen_{scene:02}b", np.ascontiguousarray(image[:, ::-1]), PERSON)
    return made


@pytest.fixture(scope="module")
def held(root: Path) -> list[Picture]:
    return pictures(root, "train")


def test_a_quarter_is_part_of_a_half_and_all_is_all(held: list[Picture]) -> None:
    quarter, half = share_of(held, 0.25), share_of(held, 0.5)
    assert quarter < half < share_of(held, 1.0)
    assert 14 <= len(quarter) <= 46
    assert 44 <= len(half) <= 76
    assert share_of(held, 1.0) == {picture.name for picture in held}


def test_pictures_of_one_scene_stay_together(held: list[Picture]) -> None:
    half = share_of(held, 0.5)
    assert {name[:-1] + "a" for name in half} == {name for name in half if name.endswith("a")}
    assert len(half) % 2 == 0


def test_a_run_reads_that_share(root: Path, held: list[Picture], tmp_path: Path) -> None:
    half = share_of(held, 0.5)
    assert prepare([root], tmp_path, 0.5).pictures == len(half)
    assert {file.stem for file in (tmp_path / "images" / "train").iterdir()} == half
