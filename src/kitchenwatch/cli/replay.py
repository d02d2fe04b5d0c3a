"""`kitchenwatch replay`: recorded films through the same line as live cameras."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress
from rich.table import Table

from kitchenwatch import config
from kitchenwatch.bootstrap.films import FilmRun, film_runs, films_config
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.cli.options import MaybeConfigPath
from kitchenwatch.cli.screen import fault, log_to_screen, progress, stdout
from kitchenwatch.clock import SystemClock
from kitchenwatch.cores import CORES
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import Change, Phase, Violation

Row = dict[str, Any]


def replay(
    films: Annotated[list[Path], typer.Argument(help="MP4, MKV … files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One violation a line on stdout.")] = False,
    store: Annotated[bool, typer.Option("--store", help="Make cases of them, with evidence.")] = False,
    config_path: MaybeConfigPath = None,
    site: Annotated[str | None, typer.Option(help="Site of the configuration that the films belong to.")] = None,
) -> None:
    """Look for violations in recorded films."""
    log_to_screen(logging.WARNING)
    if site and not config_path:
        raise typer.BadParameter("is one of a configuration; name that with --config", param_hint="--site")
    asked = films_config(films, config.load(config_path) if config_path else None, site)
    # One film at a time, which somebody waits for: it may have the whole machine.
    threads = max(asked.detector.threads, CORES)
    sight = build_sight(asked.detector.model, asked.detector.engine, threads, frame_side=asked.detector.frame_side)
    with ExitStack() as ending:
        stores = ending.enter_context(open_stores(asked, SystemClock())) if store else None
        rows, broken = _run_all(film_runs(asked, sight, stores), as_json)
    if not as_json:
        _print_table(rows)
    if broken:
        raise typer.Exit(1)


def _run_all(starts: Sequence[Callable[[], FilmRun]], as_json: bool) -> tuple[list[Row], int]:
    """Every film, whatever becomes of the others; its violations, and how many films were broken."""
    rows: list[Row] = []
    broken = 0
    with progress() as bar:
        for number, start in enumerate(starts, 1):
            try:
                run = start()
                for row in _run(run, bar, f"{run.name} ({number}/{len(starts)})"):
                    rows.append(row)
                    if as_json:
                        typer.echo(json.dumps(row, ensure_ascii=False))
                broken += run.left_out() > 0
            except SourceUnreadable as error:
                broken += 1
                fault(str(error))
    return rows, broken


def _run(run: FilmRun, bar: Progress, title: str) -> Iterator[Row]:
    task = bar.add_task(title, total=run.duration)
    try:
        for t, changes in run.steps:
            bar.update(task, completed=t)
            yield from (_row(run, change.violation) for change in changes if _is_last(change))
    finally:
        bar.remove_task(task)


def _is_last(change: Change) -> bool:
    return change.phase is Phase.CLOSED


def _row(run: FilmRun, violation: Violation) -> Row:
    snapshot = run.snapshot(violation)
    return {
        "camera": run.name,
        "kind": violation.kind,
        "opened": round(violation.opened, 2),
        "closed": None if violation.closed is None else round(violation.closed, 2),
        "score": round(violation.score, 3),
        "track": violation.track,
        "snapshot": str(snapshot) if snapshot else None,
    }


def _print_table(rows: list[Row]) -> None:
    title = f"{len(rows)} violation{'s' * (len(rows) != 1)}"
    table = Table("film", "kind", "opened", "closed", "score", "person", title=title)
    for row in rows:
        table.add_row(row["camera"], row["kind"], *(str(row[name]) for name in ("opened", "closed", "score", "track")))
    stdout.print(table)
