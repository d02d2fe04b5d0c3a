"""Options that several commands take."""

from pathlib import Path
from typing import Annotated

import typer

ConfigPath = Annotated[
    Path, typer.Option("--config", "-c", help="The YAML file.", envvar="KITCHENWATCH_CONFIG", show_default=True)
]
MaybeConfigPath = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The YAML file; else defaults.", envvar="KITCHENWATCH_CONFIG"),
]

DEFAULT_CONFIG = Path("kitchenwatch.yaml")
