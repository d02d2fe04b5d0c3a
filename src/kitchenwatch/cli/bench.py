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
from kitchenwatch.bootstrap.look_bench import look_tasks, look_ways
from kitchenwatch.cli.accuracy import accuracy
from kitchenwatch.cli.bench_console import console
from kitchenwatch.cli.bench_speed import speed
from kitchenwatch.cli.labels import import_labels
from kitchenwatch.cli.screen import log_to_screen, progress, say, stdout

app = typer.Typer(
    help="What things cost on this machine, and how well violations are found.",
    no_args_is_help=True,
    add_completion=False,
)
app.command()(accuracy)
app.command()(console)
app.command()(speed)
app.command("import")(import_labels)


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
        say(f"{name}: {why}")


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
