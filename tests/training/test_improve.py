"""A model that learns from verdicts: what it may lose, and what becomes of it."""

from pathlib import Path

import pytest
from squares import write_squares

from kitchenwatch.detect.loading import default_model, digest
from kitchenwatch.errors import ModelError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.improve import Sides, carry_over, compare, fine_tune
from kitchenwatch.training.recipe import Recipe
from kitchenwatch.training.run import Machine

EXTRA = "needs the extra: pip install 'kitchenwatch[train]'"


def sides(boxes: int, old: float | None, new: float | None) -> Sides:
    return Sides("ours", {Label.HAT: boxes}, {Label.HAT: old}, {Label.HAT: new})


@pytest.mark.parametrize(
    ("boxes", "old", "new", "lost"),
    [
        (100, 0.80, 0.78, [Label.HAT]),
        (100, 0.80, 0.795, []),  # chance alone does that
        (100, 0.80, 0.95, []),
        (9, 0.80, 0.40, []),  # too few to tell
        (100, 0.80, None, [Label.HAT]),
    ],
)
def test_only_a_loss_that_is_no_chance_counts(
    boxes: int, old: float | None, new: float | None, lost: list[Label]
) -> None:
    assert list(sides(boxes, old, new).losses()) == lost


def test_a_model_compared_with_itself_loses_nothing(kitchen_set: Path) -> None:
    (one,) = compare(default_model(), default_model(), [kitchen_set])
    assert one.name == kitchen_set.name
    assert one.old == one.new
    assert one.boxes[Label.PERSON] > 0
    assert not one.losses()


def test_the_improved_model_has_the_calibration_of_its_parent(tmp_path: Path) -> None:
    child = tmp_path / "child.onnx"
    child.write_bytes(b"other weights")
    carry_over(default_model(), child)
    made = Calibration.load(tmp_path / "child.calibration.json")
    made.require(digest(child))
    assert made.kinds == Calibration.load(default_model().with_suffix(".calibration.json")).kinds
    assert "not fitted anew" in made.fitted_on


def test_a_parent_without_calibration_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="belongs beside the model"):
        carry_over(tmp_path / "orphan.onnx", tmp_path / "child.onnx")


def test_fine_tuning_gives_the_mean_of_old_and_new_weights(tmp_path: Path) -> None:
    pytest.importorskip("ultralytics", reason=EXTRA)
    import torch
    from ultralytics.nn.tasks import DetectionModel, load_checkpoint

    names = dict(enumerate(map(str, LABELS)))
    network = DetectionModel("yolo11n.yaml", nc=len(LABELS), verbose=False)
    network.names = names
    parent = tmp_path / "parent.pt"
    torch.save({"model": network, "train_args": {}}, parent)
    made = fine_tune(
        write_squares(tmp_path / "set", Label.HAT, 4, (30, 30, 230)),
        [],
        parent,
        tmp_path / "run",
        Machine(threads=1, workers=0),
        Recipe(side=64, batch=4),
        shown=8,
    )
    assert made == tmp_path / "run" / "improved.onnx"
    files = (parent, tmp_path / "run" / "model.pt", tmp_path / "run" / "improved.pt")
    old, new, mixed = (load_checkpoint(file)[0].float().state_dict()["model.0.conv.weight"] for file in files)
    assert not torch.equal(old, new)
    torch.testing.assert_close(mixed, (old + new) / 2, rtol=0, atol=2e-3)
