"""Writes what an evaluation leaves behind: its report, its curves, and for each label a sheet of mistakes."""

import json
from collections.abc import Sequence
from pathlib import Path

import cv2

from kitchenwatch.errors import StorageError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.evaluate.mistakes import false_alarms, missed
from kitchenwatch.training.evaluate.plots import precision_recall, reliability
from kitchenwatch.training.evaluate.report import Evaluation
from kitchenwatch.training.evaluate.run import Examined
from kitchenwatch.training.evaluate.sheet import sheet


def prepare(folder: Path) -> None:
    """Make the folder. Raises StorageError if that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror} -> name a folder that can be written") from error


def write(folder: Path, evaluation: Evaluation, examined: Sequence[Examined]) -> list[Path]:
    """The files written: a report, two plots, and `mistakes-<label>.png`, which show people.

    Args:
        folder: exists.
        examined: the pictures that were evaluated.
    """
    report, curves, trust = (folder / name for name in ("report.json", "precision-recall.png", "reliability.png"))
    report.write_text(json.dumps(evaluation.report.as_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    precision_recall(evaluation.curves, evaluation.report.labels, curves)
    reliability(evaluation.beliefs, trust)
    return [report, curves, trust, *(_mistakes(folder, evaluation, examined, label) for label in LABELS)]


def _mistakes(folder: Path, evaluation: Evaluation, examined: Sequence[Examined], label: Label) -> Path:
    path = folder / f"mistakes-{label}.png"
    drawn = sheet(examined, label, false_alarms(evaluation, label), missed(evaluation, label))
    path.write_bytes(cv2.imencode(".png", drawn)[1].tobytes())
    return path
