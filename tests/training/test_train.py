"""Training itself: what is unknown teaches nothing, a stopped run goes on, the result is what Ultralytics reads."""

import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from squares import write_squares

from kitchenwatch.errors import DatasetError, ModelError
from kitchenwatch.model import Label
from kitchenwatch.training.recipe import Recipe
from kitchenwatch.training.run import LAST, RESULT, Machine, train

pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")

import torch
from ultralytics.nn.tasks import DetectionModel, load_checkpoint

from kitchenwatch.training.network import Network

SMALL = Path("yolo11n.yaml")  # a network that Ultralytics builds from nothing
HERE = Machine(threads=1, workers=0)


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """A few pictures with one bright square each, drawn as a person."""
    return write_squares(tmp_path / "squares", Label.PERSON, 8, (220, 240, 250))


def network() -> Network:
    torch.manual_seed(1)
    made = Network("yolo11n.yaml", nc=7, verbose=False)
    made.args = SimpleNamespace(box=7.5, cls=0.5, dfl=1.5, epochs=1)
    made.train()
    return made


def class_loss(made: Network, rows: list[list[float]]) -> float:
    """Of one grey picture with these rows (id, centre, size)."""
    table = torch.tensor(rows)
    batch = {
        "img": torch.full((1, 3, 64, 64), 0.4),
        "batch_idx": torch.zeros(len(rows)),
        "cls": table[:, :1],
        "bboxes": table[:, 1:],
    }
    return float(made.loss(batch)[1]["cls_loss"])


def test_what_is_unknown_is_neither_rewarded_nor_punished() -> None:
    made = network()
    person = [0.0, 0.5, 0.5, 0.4, 0.4]
    everything = [[float(label), 0.5, 0.5, 1.0, 1.0] for label in range(8, 14)]  # all but person
    left = [[float(label), 0.25, 0.5, 0.5, 1.0] for label in range(8, 14)]
    whole, half, none = (class_loss(made, [person, *unknown]) for unknown in (everything, left, []))
    assert whole < half < none


def test_what_is_drawn_inside_an_unknown_part_is_learned() -> None:
    made = network()
    hat = [1.0, 0.5, 0.5, 0.4, 0.4]
    unknown = [8.0, 0.5, 0.5, 1.0, 1.0]
    others = [[float(label), 0.5, 0.5, 1.0, 1.0] for label in (7, 9, 10, 11, 12, 13)]
    assert class_loss(made, [hat, unknown, *others]) > 0


def test_a_killed_run_goes_on_and_ends_as_a_plain_checkpoint(tmp_path: Path, squares: Path) -> None:
    out = tmp_path / "run"
    recipe = Recipe(epochs=6, side=64, batch=4)
    settings = ["--out", str(out), "--epochs", "6", "--side", "64", "--batch", "4", "--threads", "1", "--workers", "0"]
    kill_after_one_epoch(["train", str(squares), "--from", str(SMALL), *settings], out / LAST)
    assert load_checkpoint(out / LAST)[1]["epoch"] < 5
    made = train([squares], SMALL, out, recipe, HERE)
    assert made == out / RESULT
    assert load_checkpoint(out / LAST)[1]["epoch"] == 5
    network = torch.load(made, weights_only=False)["model"]
    assert type(network) is DetectionModel
    assert network.names == dict(enumerate(["person", "hat", "no_hat", "mask", "no_mask", "cigarette", "phone"]))


def kill_after_one_epoch(command: list[str], checkpoint: Path) -> None:
    """Start the command and kill it as soon as there is a checkpoint."""
    running = subprocess.Popen([Path(sys.executable).with_name("kitchenwatch"), *command], stdout=subprocess.DEVNULL)
    while not checkpoint.exists():
        assert running.poll() is None, "it ended before it could be killed"
        time.sleep(0.05)
    running.kill()
    running.wait()


def test_another_run_is_not_mixed_up_with_one_that_was_begun(tmp_path: Path, squares: Path) -> None:
    out = tmp_path / "run"
    train([squares], SMALL, out, Recipe(epochs=1, side=64, batch=4), HERE)
    with pytest.raises(DatasetError, match="another run was begun"):
        train([squares], SMALL, out, Recipe(epochs=1, side=64, batch=4, seed=2), HERE)


def test_weights_that_do_not_exist_are_named(tmp_path: Path, squares: Path) -> None:
    with pytest.raises(ModelError, match=r"none\.pt"):
        train([squares], tmp_path / "none.pt", tmp_path / "run", Recipe(epochs=1), HERE)
