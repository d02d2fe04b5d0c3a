"""`kitchenwatch dataset export`: reviewers' verdicts as training pictures."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.bootstrap.verdicts import export_verdicts
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import fault, log_to_screen, progress, say


def export(
    out: Annotated[Path, typer.Argument(help="Folder of the dataset; earlier verdicts in it stay.")],
    config_path: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Write confirmed cases as examples and dismissed ones as counter-examples, for `train --add`."""
    log_to_screen(logging.WARNING)
    with progress() as bar:
        bar.add_task("cutting out", total=None)
        made = export_verdicts(config_path, out)
    for outcome, count in sorted(made.taught.items()):
        say(f"{count:6} {outcome}")
    if made.unseen:
        say(f"{made.unseen:6} left out: the detector sees nothing there that the verdict is about")
    if not made.taught:
        fault("no verdict to learn from -> confirm or dismiss cases first")
        raise typer.Exit(1)
