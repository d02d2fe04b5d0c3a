"""`kitchenwatch db`: the database's tables."""

import typer

from kitchenwatch import config
from kitchenwatch.bootstrap.stores import open_rows
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.store.database import Database

app = typer.Typer(help="The database's tables.", no_args_is_help=True, add_completion=False)


@app.command()
def upgrade(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Create the tables, or bring them up to date (`serve` does it by itself)."""
    database = open_rows(config.load(config_path))
    typer.echo(f"{database.name}: at revision {database.revision()}")


@app.command()
def revision(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Tell which revision the tables stand at."""
    database = Database(config.load(config_path).store.database.get_secret_value())
    typer.echo(f"{database.name}: {database.revision() or 'empty'}")
