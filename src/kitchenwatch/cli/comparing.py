"""`kitchenwatch bench accuracy --compare`: the same films at full rate and with attention."""

import json
from pathlib import Path

import typer

from kitchenwatch.bench.events import comparison, files
from kitchenwatch.bench.events.comparison import Side
from kitchenwatch.bench.events.comparison_table import notes, tables
from kitchenwatch.bootstrap.event_bench import AttentionKind
from kitchenwatch.cli import scoring
from kitchenwatch.cli.screen import explain, say_written, stdout
from kitchenwatch.cli.watching import Watched, Watching

SIDES: dict[str, AttentionKind] = {"full rate": "full", "attention": "adaptive"}
COMPARISON = "comparison.json"


def compare(watching: Watching, as_json: bool, out: Path | None, seed: int) -> None:
    """Both ways, one after the other, so that each is timed alone; `out` gets a folder for each, and what sets them
    apart."""
    folders = [out / name.replace(" ", "-") for name in SIDES] if out else []
    for folder in folders:
        files.prepare(folder)
    seen = [watching.watch(attention) for attention in SIDES.values()]
    if seen[0].films:
        first, second = (_side(name, each, seed) for name, each in zip(SIDES, seen, strict=True))
        _show(first, second, seen[0], as_json)
        if out:
            for folder, side, each in zip(folders, (first, second), seen, strict=True):
                scoring.keep(folder, side.score, each)
            _keep(out / COMPARISON, first, second)
    if seen[0].broken:
        raise typer.Exit(1)


def _side(name: str, seen: Watched, seed: int) -> Side:
    return Side(name, scoring.scored(seen.films, seed), seen.films, seen.about, seen.cpu_s)


def _show(first: Side, second: Side, seen: Watched, as_json: bool) -> None:
    if as_json:
        scoring.echo(comparison.as_json(first, second))
        return
    scoring.headline(seen, f"{first.name} > {second.name}")
    for table in tables(first, second):
        stdout.print(table)
    explain(notes(first, second))


def _keep(path: Path, first: Side, second: Side) -> None:
    told = json.dumps(comparison.as_json(first, second), indent=1, ensure_ascii=False)
    path.write_text(told + "\n", encoding="utf-8")
    say_written([path])
