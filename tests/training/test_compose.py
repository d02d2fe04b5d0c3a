"""Things put on people of the rendered films: boxes where the things are, nothing where there are none, same bytes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import typer
from numpy.random import default_rng
from typer.testing import CliRunner

from kitchenwatch.cli.compose import compose as command
from kitchenwatch.errors import DatasetError, ModelError
from kitchenwatch.geometry import iou
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.compose.bench import HIDDEN
from kitchenwatch.training.compose.cuttings import cuttings
from kitchenwatch.training.compose.settle import blur_of, light_near, settle
from kitchenwatch.training.compose.sprite import DENSITY, SIDE, Frame, Sprite, Texture
from kitchenwatch.training.compose.stock import CIGARETTE, NEVER_TRAINED_ON, PHONE, TAKEN_FOR_ONE
from kitchenwatch.training.compose.write import LIST, Wanted, compose, compose_hard
from kitchenwatch.training.dataset import Picture, pictures, write_picture
from kitchenwatch.training.prepare import refitted

BOTH = [LABELS.index(Label.CIGARETTE), LABELS.index(Label.PHONE)]
GREY = np.full((200, 200, 3), 128, np.uint8)
HEAD = np.array([60, 60, 120, 124], np.float32)


def original(root: Path, told: dict[str, str], split: str) -> Picture:
    return Picture(root / "images" / split / f"{told['on']}.jpg", root / "labels" / split / f"{told['on']}.txt")


def listed(out: Path) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads((out / LIST).read_text())["pictures"]
    return told


def both(out: Path, split: str) -> Iterator[tuple[dict[str, Any], Picture]]:
    """What the list tells of each picture, with the picture."""
    yield from zip(sorted(listed(out), key=lambda one: one["picture"]), pictures(out, split), strict=True)


def test_a_thing_with_a_label_gets_a_box_where_the_picture_changed(kitchen_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert compose(kitchen_set, out, 3, Wanted(phones=4, cigarettes=4, negatives=0)) == 8
    for told, made in both(out, "train"):
        rows, before = made.rows(), original(kitchen_set, told, "train")
        assert made.source == f"composed_{told['what']}"
        assert rows[-1, 0] == LABELS.index(Label(told["what"]))
        np.testing.assert_allclose(rows[:-1], before.rows(), atol=1e-5)
        x1, y1, x2, y2 = (int(value) for value in told["box"])
        change = np.abs(made.image().astype(int) - before.image()).mean(axis=2)
        assert np.percentile(change[y1:y2, x1:x2], 90) > 15 > 3 * np.median(change)  # a cigarette is thin in its box


def test_what_is_taken_for_a_phone_or_cigarette_gets_none(kitchen_set: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    compose(kitchen_set, out, 3, Wanted(phones=0, cigarettes=0, negatives=13))
    rows = [picture.rows()[:, 0] for picture in pictures(out, "train")]
    assert len(rows) == 13
    assert not np.isin(np.concatenate(rows), BOTH).any()
    assert {told["what"] for told in listed(out)} == {kind.name for kind in TAKEN_FOR_ONE}


def test_pictures_that_show_a_phone_or_cigarette_are_left_alone(kitchen_set: Path, tmp_path: Path) -> None:
    compose(kitchen_set, tmp_path / "out", 5, Wanted(phones=4, cigarettes=4, negatives=8))
    assert {told["on"] for told in listed(tmp_path / "out")}.isdisjoint({"film_phone_use", "film_smoking"})


def test_where_nobody_looked_for_cigarettes_no_negative_is_made(kitchen_set: Path, tmp_path: Path) -> None:
    (kitchen_set / "data.yaml").write_text("unknown: {film: [cigarette]}\n")
    with pytest.raises(DatasetError, match="without phones and cigarettes"):
        compose(kitchen_set, tmp_path / "out", 1, Wanted(phones=0, cigarettes=0, negatives=1))
    assert compose(kitchen_set, tmp_path / "out", 1, Wanted(phones=1, cigarettes=0, negatives=0)) == 1
    assert 12 in pictures(tmp_path / "out", "train")[0].rows()[:, 0]  # still unknown


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(kitchen_set: Path, tmp_path: Path) -> None:
    wanted = Wanted(phones=2, cigarettes=2, negatives=2)
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        compose(kitchen_set, tmp_path / name, seed, wanted)
    one, two, three = (
        {file.name: file.read_bytes() for file in sorted((tmp_path / name).rglob("*.*"))}
        for name in ("one", "two", "three")
    )
    assert one == two
    assert one != three


def test_held_out_negatives_show_kinds_that_training_never_does(kitchen_set: Path, tmp_path: Path) -> None:
    assert compose_hard(kitchen_set, tmp_path / "hard", 2, 8) == 8
    made = pictures(tmp_path / "hard", "val")
    assert not np.isin(np.concatenate([picture.rows()[:, 0] for picture in made]), BOTH).any()
    unseen = {kind.name for kind in NEVER_TRAINED_ON}
    assert sum(told["what"] in unseen for told in listed(tmp_path / "hard")) == 4
    assert unseen.isdisjoint(kind.name for kind in (*TAKEN_FOR_ONE, PHONE, CIGARETTE))
    assert all((kitchen_set / "images" / "val" / f"{told['on']}.jpg").exists() for told in listed(tmp_path / "hard"))


def test_nobody_with_a_head_large_enough_is_said(tmp_path: Path) -> None:
    small = np.array([[LABELS.index(Label.NO_HAT), 0.5, 0.5, 0.05, 0.05], [4, 0.5, 0.5, 0.03, 0.03]], np.float32)
    write_picture(tmp_path / "set", "train", "far_1", GREY, small)
    with pytest.raises(DatasetError, match="larger heads"):
        compose(tmp_path / "set", tmp_path / "out", 1, Wanted(phones=1, cigarettes=0, negatives=0))


def test_a_pose_model_that_is_not_there_is_named(kitchen_set: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.pt"):
        compose(kitchen_set, tmp_path / "out", 1, Wanted(1, 0, 0), pose=tmp_path / "none.pt")


def test_a_phone_alone_on_a_wall_is_cut_out_as_one_thing(tmp_path: Path) -> None:
    image = np.full((240, 240, 3), 170, np.uint8)
    image += default_rng(1).integers(0, 20, image.shape, np.uint8)
    image[80:160, 100:140] = (60, 40, 30)
    box = np.array([[LABELS.index(Label.PHONE), 0.5, 0.5, 44 / 240, 84 / 240]], np.float32)
    write_picture(tmp_path, "train", "wall_1", image, box)
    (found,) = cuttings(refitted(tmp_path), Label.PHONE)
    solid = found.texture.alpha > 0.5
    assert solid.mean() > 0.8
    assert np.ptp(found.texture.image[solid].mean(axis=1)) < 120  # no wall along with it
    assert not found.with_hand


def test_a_phone_held_to_a_face_is_not_cut_out(tmp_path: Path) -> None:
    rows = np.array([[LABELS.index(Label.PHONE), 0.5, 0.5, 0.3, 0.4], [4, 0.5, 0.5, 0.4, 0.4]], np.float32)
    write_picture(tmp_path, "train", "call_1", GREY, rows)
    assert not list(cuttings(refitted(tmp_path), Label.PHONE))


def test_a_thing_lands_where_it_is_put_and_as_large_as_it_is() -> None:
    sprite = Sprite()
    plate = Texture(np.full((100, 50, 3), 255, np.float32), np.ones((100, 50), np.float32), length=0.5)
    sprite.put(plate, Frame(), turn=0.0, tilt=0.0)
    settled = settle(GREY, sprite, HEAD, (100.0, 120.0), default_rng(1))
    height = float(HEAD[3] - HEAD[1])
    wanted = np.array([100 - height / 8, 120 - height / 2, 100 + height / 8, 120], np.float32)
    assert iou(settled.box[None], wanted[None])[0, 0] > 0.8
    assert settled.seen > 0.9


def test_a_finger_before_a_thing_hides_it() -> None:
    sprite = Sprite()
    plate = Texture(np.full((100, 50, 3), 255, np.float32), np.ones((100, 50), np.float32), length=0.5)
    sprite.put(plate, Frame(), turn=0.0, tilt=0.0)
    before = sprite.thing.sum()
    line = np.array([[SIDE / 2 - 40, SIDE / 2 - DENSITY / 4], [SIDE / 2 + 40, SIDE / 2 - DENSITY / 4]], np.float32)
    sprite.limb(line, (0.1, 0.1), np.full(3, 120, np.float32), np.array([0, 0, 1], np.float32))
    assert 0.3 * before < sprite.thing.sum() < 0.75 * before


def test_a_thing_is_as_dark_and_as_soft_as_its_surroundings() -> None:
    dark = np.full((200, 200, 3), 20, np.uint8)
    dark[60:124, 60:120] = 70
    white = Texture(np.full((10, 10, 3), 255, np.float32), np.ones((10, 10), np.float32), 0.5)
    assert light_near(dark, HEAD, default_rng(1)).on(white).image.max() <= 72
    step = np.zeros((200, 200, 3), np.float32)
    step[:, 90:] = 200
    sharp, soft = (cv2_blurred(step, sigma) for sigma in (0.6, 2.0))
    assert blur_of(sharp, HEAD) < 1.0 < 1.5 < blur_of(soft, HEAD) < 2.5


def cv2_blurred(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma).astype(np.uint8)


def test_faces_are_not_hidden(kitchen_set: Path, tmp_path: Path) -> None:
    compose(kitchen_set, tmp_path / "out", 11, Wanted(phones=4, cigarettes=4, negatives=4))
    for told, made in both(tmp_path / "out", "train"):
        before, after = original(kitchen_set, told, "train"), made.image()
        height, width = after.shape[:2]
        faces = before.truth(width, height).drawn.of(Label.MASK, Label.NO_MASK)
        for x1, y1, x2, y2 in faces.boxes.astype(int):
            change = np.abs(after[y1:y2, x1:x2].astype(int) - before.image()[y1:y2, x1:x2]).max(axis=2)
            assert (change > 40).mean() <= HIDDEN


def test_the_command_composes(kitchen_set: Path, tmp_path: Path) -> None:
    app, out = typer.Typer(), tmp_path / "out"
    app.command()(command)
    few = ["--phones", "1", "--cigarettes", "1", "--negatives", "1"]
    made = CliRunner().invoke(app, [str(kitchen_set), str(out), *few])
    assert made.exit_code == 0, made.output
    assert len(pictures(out, "train")) == 3
    hard = CliRunner().invoke(app, [str(kitchen_set), str(tmp_path / "hard"), "--hard", "2"])
    assert hard.exit_code == 0, hard.output
    assert len(pictures(tmp_path / "hard", "val")) == 2
