"""`kitchenwatch dataset views`: training pictures cut as the two looks see them."""

from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.cli.screen import progress
from kitchenwatch.training.views import cut_views


def views(
    dataset: Annotated[Path, typer.Argument(help="Pictures in YOLO format.")],
    out: Annotated[Path, typer.Argument(help="New folder for the views.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed cuts the same views.")] = 1,
) -> None:
    """Cut training pictures as the two looks see them: windows of frames, and upper bodies."""
    with progress() as bar:
        task = bar.add_task("cutting", total=1.0)
        for done in cut_views(dataset, out, seed):
            bar.update(task, completed=done)
    typer.echo(f"{len(list(out.glob('images/train/*.jpg')))} pictures in {out}")
