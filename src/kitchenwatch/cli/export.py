"""`kitchenwatch export`: from a trained checkpoint to the file that cameras are watched with."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.cli.screen import fault, log_to_screen, progress, say, stdout
from kitchenwatch.detect.loading import digest
from kitchenwatch.training.export.check import Checked, check
from kitchenwatch.training.export.inputs import inputs
from kitchenwatch.training.export.run import Exported
from kitchenwatch.training.export.run import export as run

CHECKED = 200  # inputs


def export(
    checkpoint: Annotated[Path, typer.Argument(help="A .pt as `kitchenwatch train` leaves it; one that you trust.")],
    target: Annotated[Path, typer.Argument(help="The .onnx to write.")],
    ir: Annotated[bool, typer.Option("--ir", help="Also write OpenVINO's own format, .xml and .bin.")] = False,
    int8: Annotated[
        Path | None, typer.Option(metavar="DATASET", help="Also write .int8.onnx, calibrated on its pictures.")
    ] = None,
    check_on: Annotated[
        Path | None, typer.Option("--check", metavar="DATASET", help="Hold all engines together on its pictures.")
    ] = None,
) -> None:
    """Write a trained model as ONNX, which ONNX Runtime and OpenVINO run."""
    log_to_screen(logging.WARNING)
    with progress() as bar:
        bar.add_task("exporting", total=None)
        exported = run(checkpoint, target, ir, int8)
    _tell(exported)
    if check_on:
        _check(checkpoint, exported, check_on)


def _tell(exported: Exported) -> None:
    for path in filter(None, (exported.onnx, exported.ir, exported.int8)):
        say(f"{path}  sha256 {digest(path)}")
    if exported.quantised:
        say(f"int8: left in single precision: {exported.quantised.spared}")


def _check(checkpoint: Path, exported: Exported, dataset: Path) -> None:
    table = Table("engine", "boxes", "unmatched", "score mean", "score max", "shift px", box=SIMPLE)
    table.caption = "difference from ONNX Runtime in single precision; shift in pixels of the network's input"
    faults = []
    with progress() as bar:
        bar.add_task("checking", total=None)
        for checked in check(checkpoint, exported.onnx, exported.ir, exported.int8, inputs(dataset, "val", CHECKED)):
            table.add_row(*_cells(checked))
            faults += [f"{checked.engine}: {what}" for what in checked.faults]
    stdout.print(table)
    for each in faults:
        fault(f"{each} -> do not ship it for that engine")
    if faults:
        raise typer.Exit(1)


def _cells(checked: Checked) -> list[str]:
    found = checked.agreement
    return [
        checked.engine,
        str(found.boxes),
        f"{found.unmatched} ({found.unmatched_share:.2%})",
        f"{found.score_mean:.4f}",
        f"{found.score_max:.3f}",
        f"{found.shift_px:.2f}",
    ]
