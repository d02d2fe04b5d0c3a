"""A model that learns from verdicts: what it may lose, and what becomes of it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from squares import write_squares

from kitchenwatch.detect.loading import default_model, digest, verifier_of
from kitchenwatch.errors import ModelError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.improve import (
    FINE,
    SHARES,
    Sides,
    carry_over,
    choose,
    compare,
    fine_tune,
    measured,
    mixed,
)
from kitchenwatch.training.recipe import Recipe
from kitchenwatch.training.run import Machine

if TYPE_CHECKING:
    from torch import Tensor

EXTRA = "needs the extra: pip install 'kitchenwatch[train]'"


def sides(boxes: int, old: float | None, new: float | None) -> Sides:
    return Sides("ours", {Label.HAT: boxes}, {Label.HAT: old}, {Label.HAT: new})


@pytest.mark.parametrize(
    ("boxes", "old", "new", "lost"),
    [
        (100, 0.80, 0.77, [Label.HAT]),
        (100, 0.80, 0.78, []),
        (2500, 0.80, 0.78, [Label.HAT]),
        (38, 0.136, 0.102, []),  # a single phone
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
    (before,), (after,) = (list(measured(default_model(), [kitchen_set])) for _ in range(2))
    one = compare(kitchen_set.name, before, after)
    assert one.name == kitchen_set.name
    assert one.old == one.new
    assert one.boxes[Label.PERSON] > 0
    assert not one.losses()


@pytest.mark.parametrize(
    ("after", "tried"),
    [((0.80, 0.85, 0.90), [0.15]), ((0.70, 0.80, 0.90), [0.15, 0.1]), ((0.70, 0.70, 0.70), [0.15, 0.1, 0.05])],
)
def test_the_largest_share_that_loses_nothing_is_taken(after: tuple[float, ...], tried: list[float]) -> None:
    asked: list[float] = []

    def compared(share: float) -> list[Sides]:
        asked.append(share)
        return [sides(100, 0.80, after[SHARES.index(share)]), sides(100, 0.80, 0.80)]

    assert choose(SHARES, compared)[0].new == {Label.HAT: after[len(tried) - 1]}
    assert asked == tried


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


def fine_tuned(folder: Path, recipe: Recipe) -> list[dict[str, "Tensor"]]:
    """Weights of a small network before, after, and of the mixture that is shipped."""
    pytest.importorskip("ultralytics", reason=EXTRA)
    import torch
    from ultralytics.nn.tasks import DetectionModel, load_checkpoint

    network = DetectionModel("yolo11n.yaml", nc=len(LABELS), verbose=False)
    network.names = dict(enumerate(map(str, LABELS)))
    parent, run = folder / "parent.pt", folder / "run"
    torch.save({"model": network, "train_args": {}}, parent)
    verifier_of(parent).write_bytes(b"a verifier")
    squares = write_squares(folder / "set", Label.HAT, 4, (30, 30, 230))
    learned = fine_tune(squares, [], parent, run, Machine(threads=1, workers=0), recipe, shown=8)
    assert mixed(parent, learned, SHARES[0], run) == run / "improved.onnx"
    assert (run / "improved.verifier.onnx").read_bytes() == b"a verifier"
    files = (parent, learned, run / "improved.pt")
    return [load_checkpoint(file)[0].float().state_dict() for file in files]


def test_fine_tuning_gives_a_share_of_the_new_weights(tmp_path: Path) -> None:
    old, new, both = (one["model.0.conv.weight"] for one in fine_tuned(tmp_path, Recipe(side=64, batch=4)))
    assert not old.equal(new)
    assert float((both - old.lerp(new, SHARES[0])).abs().max()) < 2e-3


def test_fine_tuning_keeps_early_layers_and_the_statistics_of_all(tmp_path: Path) -> None:
    old, new, _ = fine_tuned(tmp_path, replace(FINE, side=64, batch=4))
    statistics = [name for name in old if "running" in name]
    assert len(statistics) > 100
    kept = {name for name in old if float((old[name] - new[name]).abs().max()) < 1e-3}
    assert kept.issuperset(statistics)
    assert "model.0.conv.weight" in kept
    assert "model.23.cv3.0.2.bias" not in kept
