"""Makes a model better with an operator's own verdicts, and shows old and new side by side."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path

from kitchenwatch.detect.loading import digest, load_model, verifier_of
from kitchenwatch.model import Label
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training import corrections
from kitchenwatch.training.blend import blend
from kitchenwatch.training.dataset import pictures
from kitchenwatch.training.evaluate.report import FEW, Report, measure
from kitchenwatch.training.evaluate.run import examine
from kitchenwatch.training.evaluate.thresholds import thresholds
from kitchenwatch.training.export.run import export
from kitchenwatch.training.recipe import Recipe
from kitchenwatch.training.run import Machine, train
from kitchenwatch.training.sources import lacks

# The early layers, which see edges and cloth, stay as they are: a few dozen pictures cannot teach them better.
FINE = Recipe(rate=0.0003, frozen=10)
SHOWN = 900  # pictures in all, however few there are: 300 first taught that all heads are hats, 2,000 gained nothing
# Of the new weights, see `blend`; the largest that loses nothing on held-out pictures is taken. After 30 verdicts about
# hats, 0.15 was the largest of 0.15, 0.25 and 0.5 at which no label lost over `LOSS` on a quarter of validation; half
# of them made hats of many bare heads (models/README.md).
SHARES = (0.15, 0.1, 0.05)
# So many times that share is taken of what its verifier has learned: `adapt` makes it forget less.
VERIFIER = 5
IMPROVED = "improved.onnx"
# AP50 that a label may lose before the new model counts as worse, because so much is chance: a point, or half the
# standard error of a share among as many boxes. Of 38 phones, 4 points come and go with a single one.
LOSS, HALF_ERROR = 0.01, 0.25


@dataclass(frozen=True, slots=True)
class Sides:
    """AP50 by label before and after, on one held-out set; None where nothing is drawn.

    Attributes:
        name: of the set.
        boxes: drawn, by label.
    """

    name: str
    boxes: Mapping[Label, int]
    old: Mapping[Label, float | None]
    new: Mapping[Label, float | None]

    def losses(self) -> dict[Label, float]:
        """What labels lost, where it is more than chance (`LOSS`); of fewer than `FEW` boxes nothing is said."""
        told = {label: max(LOSS, HALF_ERROR / sqrt(count)) for label, count in self.boxes.items() if count >= FEW}
        fallen = {label: (self.old[label] or 0.0) - (self.new[label] or 0.0) for label in told}
        return {label: loss for label, loss in fallen.items() if loss > told[label]}


def fine_tune(
    added: Path,
    known: Sequence[Path],
    checkpoint: Path,
    out: Path,
    machine: Machine,
    recipe: Recipe = FINE,
    shown: int = SHOWN,
) -> Path:
    """The `.pt` of the checkpoint after it has learned from `added`, and forgotten much: `mixed` mends that.

    Args:
        added: dataset of verdicts, as `kitchenwatch dataset export` writes it.
        known: datasets that the model was trained on, where they are at hand: they are shown beside the new pictures.
        checkpoint: `.pt` of the model to improve.
        out: folder of the run.
        machine: where it runs.
        recipe: its epochs follow from `shown`, the pictures of `added` shown in all.

    Raises what `train` raises.
    """
    epochs = max(3, -(-shown // len(pictures(added, "train"))))
    return train([added, *known], checkpoint, out, replace(recipe, epochs=epochs), machine)


def mixed(old: Path, learned: Path, share: float, out: Path, verifier: Path | None = None) -> Path:
    """The `.onnx` of `share` of what was learned and the rest of the old weights; raises what `blend`, `export` raise.

    Args:
        old, learned: `.pt` before and after `fine_tune`.
        share: of the detector; of its verifier `VERIFIER` times as much.
        out: folder; `IMPROVED` is left in it, and its `.pt`.
        verifier: `.pt` of what the old one's verifier has learned; if None, that verifier stays as it is.
    """
    checkpoint = (out / IMPROVED).with_suffix(".pt")
    blend(old, learned, share, checkpoint)
    made = export(checkpoint, out / IMPROVED).onnx
    before = verifier_of(old)
    if verifier:
        from kitchenwatch.training.verifier import adapt

        adapt.mixed(before.with_suffix(".pt"), verifier, min(1.0, VERIFIER * share), old, verifier_of(made))
    elif before.is_file():
        shutil.copyfile(before, verifier_of(made))
    return made


def measured(model: Path, held_out: Sequence[Path], threads: int = 1) -> Iterator[Report]:
    """The model's figures on the split `val` of each set, as `kitchenwatch evaluate` gives them, one set at a time.

    So many `threads` look, each at a picture of its own.

    Raises DatasetError, ModelError, MissingExtra.
    """
    loaded = load_model(model, runs=threads)
    for root in held_out:
        looks = examine(pictures(root, "val"), loaded, corrections.shipped(), lacks(root, otherwise={}), threads)
        yield measure([one for one in looks if one], thresholds(None), {}).report


def compare(name: str, old: Report, new: Report) -> Sides:
    """Two models' figures on the set of that name."""
    return Sides(
        name=name,
        boxes={label: figures.boxes for label, figures in old.labels.items()},
        old={label: figures.ap50 for label, figures in old.labels.items()},
        new={label: figures.ap50 for label, figures in new.labels.items()},
    )


def choose(shares: Sequence[float], compared: Callable[[float], list[Sides]]) -> list[Sides]:
    """The comparison of the first share at which no label lost anything, else of the last; none after it is tried."""
    sides: list[Sides] = []
    for share in shares:
        sides = compared(share)
        if not any(one.losses() for one in sides):
            break
    return sides


def carry_over(old: Path, new: Path) -> None:
    """Give the improved model the calibration of the one it was made from.

    Most of its weights are the old ones, and its scores mean nearly the same. `kitchenwatch calibrate` does better
    where there are held-out pictures enough.

    Raises ModelError if the old model has none.
    """
    calibration = Calibration.load(old.with_suffix(".calibration.json"))
    fitted_on = f"{calibration.fitted_on}; carried over from model {calibration.model_sha256[:12]}, not fitted anew"
    carried = calibration.model_copy(update={"model_sha256": digest(new), "fitted_on": fitted_on})
    new.with_suffix(".calibration.json").write_text(carried.model_dump_json(indent=2) + "\n", encoding="utf-8")
