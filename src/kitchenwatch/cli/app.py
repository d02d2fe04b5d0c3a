"""Every command in one list."""

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from kitchenwatch import __version__
from kitchenwatch.allocation import keep_little

COMMANDS = {
    "demo": "demo:demo",
    "serve": "serve:serve",
    "replay": "replay:replay",
    "detect": "detect:detect",
    "check": "check:check",
    "config": "configuration:show",
    "verify": "verify:verify",
    "train": "train:train",
    "blend": "blend:blend",
    "train-verifier": "train_verifier:train_verifier",
    "evaluate": "evaluate:evaluate",
    "calibrate": "calibrate:calibrate",
    "export": "export:export",
    "bench": "bench:app",
    "dataset": "dataset:app",
    "db": "database:app",
    "user": "users:app",
    "token": "tokens:app",
}
"""Names, each with its module in `kitchenwatch.cli` and the function or group in it."""


class Commands(TyperGroup):
    """Imports a command when it is asked for: all of them together take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None if there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"kitchenwatch.cli.{module}"), name)
        if not isinstance(found, typer.Typer):
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command()(found)
            found = alone
        command = typer.main.get_command(found)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="kitchenwatch",
    cls=Commands,
    help="Watches bright-kitchen (明厨亮灶) cameras, seals evidence, and tells regulators and the business.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """What all commands share."""
    keep_little()
