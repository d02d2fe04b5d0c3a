"""One training run: prepare the pictures, train, and leave a checkpoint with a report of how it was made."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from kitchenwatch import __version__
from kitchenwatch.errors import DatasetError, MissingExtra, ModelError
from kitchenwatch.training.prepare import Prepared, prepare
from kitchenwatch.training.recipe import Recipe

LAST = Path("weights") / "last.pt"  # where Ultralytics keeps what a run can be resumed from
RESULT = "model.pt"
REPORT = "training.json"


@dataclass(frozen=True, slots=True)
class Machine:
    """What a run may use.

    Attributes:
        device: `cpu`, or a GPU's number as Ultralytics takes it.
        threads: of torch, where the device is a CPU.
        workers: processes that load pictures; 0 loads them between the steps.
    """

    device: str = "cpu"
    threads: int = 2
    workers: int = 1


def train(roots: Sequence[Path], start: Path, out: Path, recipe: Recipe, machine: Machine) -> Path:
    """Train from `start` on the split `train` of all roots; a run that was stopped in `out` goes on where it was.

    Args:
        roots: datasets in the format of `kitchenwatch.training.dataset`.
        start: `.pt` with the weights to start from, or `.yaml` of an Ultralytics network to start from nothing.
        out: folder of the run.
        recipe: settings; those of the run that goes on if there is one.
        machine: where it runs.

    Returns:
        The checkpoint `model.pt`.

    Raises:
        DatasetError: the pictures are not in order, or `out` holds another run.
        MissingExtra: Ultralytics is not installed.
        ModelError: `start` is no file.
    """
    if find_spec("ultralytics") is None:
        raise MissingExtra("training", "train")
    if not (out / LAST).exists() and start.suffix == ".pt" and not start.is_file():
        raise ModelError(f"{start}: no such file -> name the weights to start from, a .pt")
    prepared = prepare(roots, out / "data", recipe.share)
    _note(out, roots, start, recipe, prepared)
    _run(prepared, start, out, recipe, machine)
    return out / RESULT


def _run(prepared: Prepared, start: Path, out: Path, recipe: Recipe, machine: Machine) -> None:
    os.environ.setdefault("YOLO_OFFLINE", "true")  # it would ask its maker for updates and report to them
    from kitchenwatch.training.trainer import KitchenTrainer, write_plain

    settings = {
        **recipe.as_ultralytics(),
        "model": str(start),
        "data": str(prepared.data),
        "save_dir": str(out),
        "device": machine.device,
        "cache": "ram",  # a few thousand small pictures; decoding them anew costs a tenth of the time
        "amp": False,  # see precision.swift
        "val": False,
        "plots": False,
        "exist_ok": True,
    }
    if (out / LAST).exists():
        settings |= {"model": str(out / LAST), "resume": str(out / LAST)}
    if not _is_finished(out, recipe):
        KitchenTrainer(settings, machine.threads, machine.workers).train()
    write_plain(out / LAST, out / RESULT)


def _is_finished(out: Path, recipe: Recipe) -> bool:
    if not (out / LAST).exists():
        return False
    from ultralytics.nn.tasks import load_checkpoint

    return bool(load_checkpoint(out / LAST)[1]["epoch"] + 1 >= recipe.epochs)


def _note(out: Path, roots: Sequence[Path], start: Path, recipe: Recipe, prepared: Prepared) -> None:
    """Write how the run was made, or check that it is the one that was begun here."""
    report = {
        "kitchenwatch": __version__,
        "datasets": [root.name for root in roots],
        "start": start.name,
        "recipe": recipe.as_json(),
        "pictures": prepared.pictures,
        "shown_in_an_epoch": prepared.shown,
        "boxes": prepared.boxes,
    }
    file = out / REPORT
    if (out / LAST).exists() and file.exists() and json.loads(file.read_text(encoding="utf-8")) != report:
        raise DatasetError(f"{out}: another run was begun here -> name an empty folder, or repeat the same command")
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
