"""`kitchenwatch token`: secrets for programs that use the API."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Column, Table

from kitchenwatch import config
from kitchenwatch.bootstrap.stores import open_rows
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import stderr, stdout
from kitchenwatch.cli.users import ACTOR
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Config
from kitchenwatch.store.tokens import Tokens

UUID_LENGTH = 36

app = typer.Typer(help="Secrets for programs that use the API.", no_args_is_help=True, add_completion=False)


@app.command()
def create(
    user: Annotated[str, typer.Argument(help="Whose rights it gives.")],
    note: Annotated[str, typer.Option(help="What it is for.")] = "",
    days: Annotated[int | None, typer.Option(min=1, help="Valid for so long; for ever if left out.")] = None,
    config_path: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Make a token; it is printed this once."""
    expires_at = SystemClock().now() + timedelta(days=days) if days else None
    grant = tokens(config.load(config_path)).issue(ACTOR, user, note, expires_at)
    typer.echo(grant.secret)
    stderr.print("Send it as `Authorization: Bearer …`. It is told only this once.")


@app.command("list")
def list_tokens(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Tell which tokens there are (never their secrets)."""
    # Whole however narrow the screen is: `revoke` asks for it.
    table = Table(Column("id", min_width=UUID_LENGTH, no_wrap=True), "user", "note", "created", "expires", "revoked")
    for token in tokens(config.load(config_path)).all():
        days = [f"{at:%Y-%m-%d}" if at else "" for at in (token.created_at, token.expires_at, token.revoked_at)]
        table.add_row(str(token.id), token.user_name, token.note, *days)
    stdout.print(table)


@app.command()
def revoke(token: Annotated[UUID, typer.Argument()], config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """End a token."""
    tokens(config.load(config_path)).revoke(ACTOR, token)


def tokens(wanted: Config) -> Tokens:
    """The tokens of an installation, beside a running service."""
    return Tokens(open_rows(wanted), SystemClock())
