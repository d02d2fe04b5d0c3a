"""`kitchenwatch calibrate`: what a model's scores are worth as evidence."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.cli.screen import log_to_screen, progress, say, say_written, stdout
from kitchenwatch.cores import CORES
from kitchenwatch.detect.loading import Model, load_model
from kitchenwatch.detect.sightings import WORN
from kitchenwatch.rules.calibration import Fit
from kitchenwatch.training import calibrate as training
from kitchenwatch.training import charts
from kitchenwatch.training.calibrate import Calibrated
from kitchenwatch.training.examples import Example
from kitchenwatch.training.held_out import Drawn, HeldOut, examples_of, gather, look_at_all, scenes
from kitchenwatch.training.prepare import mended
from kitchenwatch.training.reliability import Reliability
from kitchenwatch.training.states import measure


def calibrate(
    datasets: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Pictures and labels in the YOLO format.")],
    split: Annotated[str, typer.Option(help="Which part of them; the model must not have seen it.")] = "val",
    model: Annotated[Path | None, typer.Option(help=".onnx or .pt; else the model that ships.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write to; else where the model lies.")] = None,
    hard: Annotated[
        Path | None,
        typer.Option(help="Hard negatives (`dataset compose --hard`): they bound what a cigarette or phone is worth."),
    ] = None,
    threads: Annotated[int, typer.Option(min=1, help="That look, each at a picture of its own.")] = CORES,
) -> None:
    """Fit what a model's scores are worth, and write it beside the model with charts of the fit."""
    log_to_screen(logging.WARNING)
    loaded = load_model(model, "onnxruntime", runs=threads)
    (out or loaded.path.parent).mkdir(parents=True, exist_ok=True)  # before the work, so that none is lost
    drawn = [one for dataset in datasets for one in mended(dataset, split)]
    found = _look(drawn, loaded, threads)
    named = ", ".join(f"{dataset.resolve().name} ({split})" for dataset in datasets)
    calm = _looks_at_hard(list(mended(hard, split)), loaded, threads) if hard else []
    bounded = f", bounded on {hard.resolve().name}" if hard else ""
    with progress() as bar:
        bar.add_task("fitting", total=None)
        result = training.calibrate(
            found, loaded.sha256, f"{named}: {found.pictures} pictures of {found.scenes} scenes{bounded}", calm
        )
        written = _write(result, found, loaded, out)
    _show(result, found)
    say_written(written)


def _look(drawn: list[Drawn], model: Model, threads: int) -> HeldOut:
    with progress() as bar:
        scene = scenes(bar.track(drawn, description="sorting into scenes"))
        looks = look_at_all(drawn, scene, model, threads)
        return gather(bar.track(looks, total=len(drawn), description="looking"), scene)


def _looks_at_hard(drawn: list[Drawn], model: Model, threads: int) -> list[Example]:
    with progress() as bar:
        looks = examples_of(drawn, model, threads)
        seen = bar.track(looks, total=len(drawn), description="looking at hard negatives")
        return [one for part in seen for one in part]


def _write(result: Calibrated, found: HeldOut, model: Model, out: Path | None) -> list[Path]:
    beside = (out or model.path.parent) / model.calibration.name
    parts = [beside.with_suffix(f".{part}.png") for part in ("labels", "kinds", "states")]
    training.write(result.calibration, beside)
    charts.draw_reliability(result.labels.values(), parts[0])
    charts.draw_reliability(result.kinds.values(), parts[1])
    charts.draw_trade_off(found.heads, parts[2])
    return [beside, *parts]


def _show(result: Calibrated, found: HeldOut) -> None:
    kinds, labels = result.calibration.kinds, result.calibration.labels
    table = Table("", "", "examples", "true", "ECE raw", "ECE", "by chance", "", box=SIMPLE)
    table.caption = "ECE: expected calibration error, cross-validated; by chance: if every belief were right"
    for kind, part in result.kinds.items():
        table.add_row("kind", kind, *_cells(part, getattr(kinds, kind).fit))
    for label, part in result.labels.items():
        table.add_row("label", label, *_cells(part, getattr(labels, label).fit))
    stdout.print(table)
    states = measure(found.heads)
    for kind, (bare, covered) in WORN.items():
        count = states.count((bare, covered))
        judged = f"{count.unjudged:.1%} left unjudged, of the others {count.accuracy:.1%} right"
        say(f"{kind}: {count.heads} heads of 16 to 40 px, {judged}")


def _cells(part: Reliability, rests_on: Fit) -> list[str]:
    errors = [f"{error:.3f}" for error in (part.raw.error, part.calibrated.error, part.noise)]
    return [str(rests_on.examples), str(rests_on.positive), *errors, "by hand" if rests_on.by_hand else ""]
