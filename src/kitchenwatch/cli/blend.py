"""`kitchenwatch blend`: a detector between what it was and what further training made of it."""

from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.cli.screen import say
from kitchenwatch.training.blend import blend as run


def blend(
    old: Annotated[Path, typer.Argument(help="A .pt as `kitchenwatch train` leaves it; one that you trust.")],
    new: Annotated[Path, typer.Argument(help="The .pt that was trained on from it.")],
    target: Annotated[Path, typer.Argument(help="The .pt to write.")],
    share: Annotated[float, typer.Option(min=0, max=1, help="Of the new weights; the rest is of the old.")] = 0.5,
) -> None:
    """Average a detector's weights before and after further training: often better than either."""
    run(old, new, share, target)
    say(str(target))
