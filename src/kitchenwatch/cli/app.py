"""Every command in one list."""

from typing import Annotated

import typer

from kitchenwatch import __version__
from kitchenwatch.cli import (
    bench,
    calibrate,
    check,
    configuration,
    database,
    dataset,
    demo,
    detect,
    evaluate,
    export,
    replay,
    serve,
    tokens,
    train,
    users,
    verify,
)

app = typer.Typer(
    name="kitchenwatch",
    help="Watches bright-kitchen (明厨亮灶) cameras, seals evidence, and tells regulators and the business.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command()(demo.demo)
app.command()(serve.serve)
app.command()(replay.replay)
app.command()(detect.detect)
app.command()(check.check)
app.command("config")(configuration.show)
app.command()(verify.verify)
app.command()(train.train)
app.command()(evaluate.evaluate)
app.command()(calibrate.calibrate)
app.command()(export.export)
app.add_typer(bench.app, name="bench")
app.add_typer(dataset.app, name="dataset")
app.add_typer(database.app, name="db")
app.add_typer(users.app, name="user")
app.add_typer(tokens.app, name="token")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """What all commands share."""
