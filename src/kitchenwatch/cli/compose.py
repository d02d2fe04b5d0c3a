"""`kitchenwatch dataset compose`: training pictures of what few pictures show, made from those that there are."""

from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.cli.screen import progress
from kitchenwatch.training.compose.write import Wanted, compose_hard
from kitchenwatch.training.compose.write import compose as compose_train

USUAL = Wanted()


def compose(
    dataset: Annotated[Path, typer.Argument(help="Pictures in YOLO format to compose on.")],
    out: Annotated[Path, typer.Argument(help="Folder for the composed ones.")],
    phones: Annotated[int, typer.Option(min=0, help="Pictures with a phone.")] = USUAL.phones,
    cigarettes: Annotated[int, typer.Option(min=0, help="Pictures with a cigarette.")] = USUAL.cigarettes,
    negatives: Annotated[int, typer.Option(min=0, help="Pictures with what is taken for one.")] = USUAL.negatives,
    hard: Annotated[int, typer.Option(min=0, help="Instead: so many held-out negatives on split val.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed writes the same pictures.")] = 0,
    pose: Annotated[Path | None, typer.Option(help="Pose model (.pt, extra train), to find hands.")] = None,
) -> None:
    """Put phones, cigarettes, and what is taken for one on the people of a dataset."""
    with progress() as bar:
        task = bar.add_task("composing")

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if hard:
            count = compose_hard(dataset, out, seed, hard, pose, tell)
        else:
            count = compose_train(dataset, out, seed, Wanted(phones, cigarettes, negatives), pose, tell)
    typer.echo(f"{count} pictures in {out}")
