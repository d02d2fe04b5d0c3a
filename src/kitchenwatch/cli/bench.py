"""`kitchenwatch bench`: what things cost on this machine, and how well violations are found."""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.bench.looks import STOCK, LookCost, measure
from kitchenwatch.bench.speed import Cost
from kitchenwatch.bootstrap.bench import film_cost
from kitchenwatch.bootstrap.films import films_config
from kitchenwatch.bootstrap.look_bench import look_tasks, look_ways
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.cli.accuracy import accuracy
from kitchenwatch.cli.bench_console import console
from kitchenwatch.cli.labels import import_labels
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

app = typer.Typer(help="What things cost on this machine, and how well violations are found.", no_args_is_help=True)
app.command()(accuracy)
app.command()(console)
app.command("import")(import_labels)


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


@app.command()
def looks(
    films: Annotated[list[Path], typer.Argument(help="Films of people; their frames are looked at.")],
    model: Annotated[Path | None, typer.Option(help="An .onnx; the shipped one by default.")] = None,
    int8: Annotated[Path | None, typer.Option(help="The same in 8-bit integers, .onnx.")] = None,
    stock: Annotated[Path | None, typer.Option(help="What stock Ultralytics runs, .pt or .onnx.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Times that every look is given.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One object on stdout.")] = False,
) -> None:
    """CPU-milliseconds a picture by engine and precision, beside stock Ultralytics on the same pictures."""
    log_to_screen(logging.WARNING)
    tried, tasks = look_ways(model, int8, stock), look_tasks(films, model)
    with progress() as bar:
        task = bar.add_task("looking", total=rounds)
        for done, costs in measure(tried, tasks, rounds):
            bar.update(task, completed=done)
            rows = _rows(costs)
    missing = {f"{way.engine} {way.precision}": way.missing for way in tried if way.missing}
    if as_json:
        typer.echo(json.dumps({"looks": rows, "missing": missing}, ensure_ascii=False))
        return
    stdout.print(_table(rows))
    for name, why in missing.items():
        stdout.print(f"{name}: {why}", highlight=False, soft_wrap=True, markup=False)


def _rows(costs: Sequence[LookCost]) -> list[dict[str, Any]]:
    """With the share of what stock Ultralytics takes for the same; None where it is not installed."""
    stock = {cost.task: cost.median_ms for cost in costs if cost.engine == STOCK}
    return [{**asdict(cost), "of_stock": _share(cost.median_ms, stock.get(cost.task))} for cost in costs]


def _share(mine: float, theirs: float | None) -> float | None:
    return mine / theirs if theirs else None


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table("look", "engine", "precision", "median", "p90", "of stock", box=SIMPLE, padding=(0, 1, 0, 0))
    table.caption = "CPU-milliseconds a picture, all its work on one thread; share of stock Ultralytics' median"
    for row in rows:
        share = "" if row["of_stock"] is None else f"{row['of_stock']:.0%}"
        figures = (f"{row['median_ms']:.1f}", f"{row['p90_ms']:.1f}", share)
        table.add_row(row["task"], row["engine"], row["precision"], *figures)
    return table
