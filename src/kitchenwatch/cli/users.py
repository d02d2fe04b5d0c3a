"""`kitchenwatch user`: who may sign in."""

from typing import Annotated

import typer
from rich.table import Table

from kitchenwatch import config
from kitchenwatch.bootstrap.places import add_places
from kitchenwatch.bootstrap.stores import open_rows
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import stdout
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Config
from kitchenwatch.model import Role
from kitchenwatch.store.inventory import Inventory
from kitchenwatch.store.users import NewUser, Users

app = typer.Typer(help="Who may sign in.", no_args_is_help=True, add_completion=False)
ACTOR = "command line"

Name = Annotated[str, typer.Argument()]
Password = Annotated[str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True)]


@app.command()
def add(
    name: Name,
    role: Annotated[Role, typer.Option()],
    password: Password,
    district: Annotated[list[str] | None, typer.Option(help="A regulator needs one, or several.")] = None,
    site: Annotated[list[str] | None, typer.Option(help="A business needs one, or several.")] = None,
    config_path: ConfigPath = DEFAULT_CONFIG,
) -> None:
    """Add somebody."""
    user = NewUser(name, role, tuple(district or ()), tuple(site or ()))
    users(config.load(config_path)).add(ACTOR, user, password)


@app.command()
def password(name: Name, password: Password, config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Give somebody a new password."""
    users(config.load(config_path)).set_password(ACTOR, name, password)


@app.command()
def disable(name: Name, config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Shut somebody out; their sessions and tokens end."""
    users(config.load(config_path)).set_disabled(ACTOR, name, True)


@app.command()
def enable(name: Name, config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Let somebody in again."""
    users(config.load(config_path)).set_disabled(ACTOR, name, False)


@app.command("list")
def list_users(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Tell who may sign in, and as what."""
    table = Table("name", "role", "districts", "sites", "disabled")
    for user in users(config.load(config_path)).all():
        since = f"{user.disabled_at:%Y-%m-%d}" if user.disabled_at else ""
        table.add_row(user.name, user.role, ", ".join(user.districts), ", ".join(user.sites), since)
    stdout.print(table)


def users(wanted: Config) -> Users:
    """The people of an installation, beside a running service."""
    database = open_rows(wanted)
    # So that people can be bound to sites and districts before the first `serve`.
    add_places(wanted, Inventory(database))
    return Users(database, SystemClock())
