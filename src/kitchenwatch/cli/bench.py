"""`kitchenwatch bench`: what things cost on this machine."""

import logging
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.bench.speed import Cost
from kitchenwatch.bootstrap.bench import film_cost
from kitchenwatch.bootstrap.films import films_config
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.cli.screen import log_to_screen, progress, stdout
from kitchenwatch.detect.loading import Preference

STAGES = {
    "source": "source",
    "health": "health",
    "look 1": "look1",
    "tracks": "track",
    "look 2": "look2",
    "rules": "rules",
}

app = typer.Typer(help="What things cost on this machine.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """What things cost on this machine."""


@app.command()
def speed(
    films: Annotated[list[Path], typer.Argument(help="Films as a camera would send them.")],
    engine: Annotated[Preference, typer.Option(help="What runs the network.")] = "auto",
) -> None:
    """CPU-seconds per second of video, by stage, beside plain decoding of the same film."""
    log_to_screen(logging.WARNING)
    wanted = films_config(films)
    sight = build_sight(engine=engine)
    stdout.print(f"{sight.model.path.name} by {sight.model.engine.name}", highlight=False)
    # Narrow enough that a terminal of 80 columns cuts no figure.
    table = Table("film", "people", "CPU-s/s", "×decode", "MB", *STAGES.values(), box=SIMPLE, padding=(0, 1, 0, 0))
    table.caption = "CPU-seconds per second of film; times decoding alone; peak memory; CPU-ms per second by stage"
    with progress() as bar:
        for film in films:
            task = bar.add_task(film.name)
            for t, cost in film_cost(film, wanted, sight):
                bar.update(task, completed=t)
                if cost:
                    table.add_row(film.name, *_cells(cost))
            bar.remove_task(task)
    stdout.print(table)


def _cells(cost: Cost) -> list[str]:
    stages = [f"{1000 * cost.stages.get(stage, 0.0) / cost.seconds:.0f}" for stage in STAGES]
    return [f"{cost.people:.1f}", f"{cost.per_second:.3f}", f"{cost.ratio:.1f}", f"{cost.memory_mb:.0f}", *stages]
