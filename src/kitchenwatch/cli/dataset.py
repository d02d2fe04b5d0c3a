"""`kitchenwatch dataset`: pictures with drawn boxes, made out of others or out of verdicts."""

import typer

from kitchenwatch.cli import ceiling, compose, verdicts, views

app = typer.Typer(help="Make pictures to train and measure on.", no_args_is_help=True, add_completion=False)
app.command()(verdicts.export)
app.command()(ceiling.ceiling)
app.command()(compose.compose)
app.command()(views.views)
