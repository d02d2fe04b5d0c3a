"""`kitchenwatch config`: what holds, of the file and of the console."""

import typer

from kitchenwatch import config
from kitchenwatch.bootstrap.declaring import joined
from kitchenwatch.bootstrap.stores import open_declarations, open_rows
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import fault
from kitchenwatch.clock import SystemClock
from kitchenwatch.config.showing import effective_yaml


def show(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Print the configuration that holds; tell where file and console contradict each other."""
    wanted = config.load(config_path)
    database = open_rows(wanted)
    try:
        declarations = open_declarations(wanted, database, SystemClock())
        both = joined(wanted, declarations)
    finally:
        database.close()
    typer.echo(effective_yaml(both.config, both.added), nl=False)
    for clash in both.clashes:
        fault(f"{clash.kind} {clash.id} is declared in the file and in the console: the file's is used -> drop one")
    for left in both.left_out:
        fault(f"{left.declared.kind} {left.declared.id} of the console is not used: {left.problem}")
    if both.clashes or both.left_out:
        raise typer.Exit(1)
