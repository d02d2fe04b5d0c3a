"""`kitchenwatch dataset ceiling`: a dataset as a ceiling camera would show it."""

from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.cli.screen import progress
from kitchenwatch.training.ceiling.run import compose


def ceiling(
    dataset: Annotated[Path, typer.Argument(help="Pictures in YOLO format.")],
    out: Annotated[Path, typer.Argument(help="New folder for the frames.")],
    split: Annotated[str, typer.Option(help="Which part of it.")] = "val",
    seed: Annotated[int, typer.Option(min=0, help="The same seed writes the same frames.")] = 1,
    frames: Annotated[int | None, typer.Option(min=1, help="So many; else every picture once.")] = None,
) -> None:
    """Compose frames of 1920 × 1080 on which heads are 14-40 pixels high, as they arrive from a camera."""
    count = 0
    with progress() as bar:
        task = bar.add_task("composing", total=1.0)
        for frame in compose(dataset, split, out, seed, frames):
            bar.update(task, completed=frame.done)
            count += 1
    typer.echo(f"{count} frames in {out}")
