"""`kitchenwatch evaluate`: how good a detector is on drawn boxes."""

import json
import logging
from pathlib import Path
from typing import Annotated, Any

import typer

from kitchenwatch.cli.screen import log_to_screen, progress, say, say_written, stdout
from kitchenwatch.cores import CORES
from kitchenwatch.detect.loading import Model, Preference, load_model
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training import corrections
from kitchenwatch.training.dataset import pictures
from kitchenwatch.training.evaluate import files
from kitchenwatch.training.evaluate.report import Evaluation, measure
from kitchenwatch.training.evaluate.run import MIN_SCORE, Examined, examine
from kitchenwatch.training.evaluate.scores import MAX_DETECTIONS
from kitchenwatch.training.evaluate.table import tables
from kitchenwatch.training.evaluate.thresholds import thresholds
from kitchenwatch.training.sources import lacks


def evaluate(
    dataset: Annotated[Path, typer.Argument(metavar="DIR", help="Pictures and labels in the YOLO format.")],
    split: Annotated[str, typer.Option(help="Which part of it; the model must not have seen it.")] = "val",
    model: Annotated[Path | None, typer.Option(help=".onnx, .xml or .pt; else the model that ships.")] = None,
    engine: Annotated[Preference, typer.Option(help="What runs the network.")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="The report on stdout, instead of tables.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the report, curves and sheets of mistakes.")] = None,
    mend: Annotated[bool, typer.Option("--corrections/--no-corrections", help="Mend known wrong labels.")] = True,
    threads: Annotated[int, typer.Option(min=1, help="That look, each at a picture of its own.")] = CORES,
) -> None:
    """Measure a model's accuracy on pictures whose boxes people drew."""
    log_to_screen(logging.WARNING)
    if out:
        files.prepare(out)
    loaded = load_model(model, engine, runs=threads)
    calibration = _calibration(loaded)
    examined, left_out = _look(dataset, split, loaded, mend, threads)
    about = {
        "dataset": str(dataset),
        "split": split,
        "pictures": len(examined),
        "left_out": left_out,
        "corrections": mend,
        "model": loaded.path.name,
        "model_sha256": loaded.sha256,
        "engine": loaded.engine.name,
        "calibration": calibration.fitted_on if calibration else None,
        "min_score": MIN_SCORE,
        "max_detections": MAX_DETECTIONS,
    }
    with progress() as bar:
        bar.add_task("scoring", total=None)
        result = measure(examined, thresholds(calibration), about, calibration)
        written = files.write(out, result, examined) if out else []
    _show(result, about, written, as_json)


def _calibration(model: Model) -> Calibration | None:
    """What lies beside the model, if anything. Raises ModelError if it is another model's."""
    if not model.calibration.exists():
        return None
    calibration = Calibration.load(model.calibration)
    calibration.require(model.sha256)
    return calibration


def _look(dataset: Path, split: str, model: Model, mend: bool, threads: int) -> tuple[list[Examined], int]:
    """Every picture looked at, and how many the corrections left out."""
    there, lacking = pictures(dataset, split), lacks(dataset, otherwise={})
    with progress() as bar:
        looks = examine(there, model, corrections.shipped() if mend else {}, lacking, threads)
        examined = [one for one in bar.track(looks, total=len(there), description="looking") if one]
    return examined, len(there) - len(examined)


def _show(result: Evaluation, about: dict[str, Any], written: list[Path], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result.report.as_json(), ensure_ascii=False))
    else:
        say(f"{about['model']} by {about['engine']} on {about['pictures']} pictures")
        for table in tables(result.report):
            stdout.print(table)
    say_written(written)
