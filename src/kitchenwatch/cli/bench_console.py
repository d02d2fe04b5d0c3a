"""`kitchenwatch bench console`: a crowd at the console."""

import json
import logging
from dataclasses import asdict
from typing import Annotated

import anyio
import typer
from rich.box import SIMPLE
from rich.table import Table

from kitchenwatch.bench.console import Load, Outcome, run
from kitchenwatch.bench.crowd import Secrets
from kitchenwatch.bootstrap.console_bench import crowded_console
from kitchenwatch.cli.screen import log_to_screen, progress, say, stdout
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import Invalid


def console(
    url: Annotated[str, typer.Option(help="A running console, only looked at; a temporary one by default.")] = "",
    token: Annotated[str, typer.Option(envvar="KITCHENWATCH_TOKEN", help="Of a regulator there.")] = "",
    listeners: Annotated[int, typer.Option(min=0, help="On the event stream.")] = 200,
    reviewers: Annotated[int, typer.Option(min=1, help="Who judge one case after the other.")] = 20,
    seconds: Annotated[float, typer.Option(min=1, help="For so long.")] = 60.0,
    think: Annotated[float, typer.Option(min=0, help="Seconds that a reviewer looks at a case.")] = 3.0,
    cases: Annotated[int, typer.Option(min=1, help="In the temporary installation.")] = 10_000,
    as_json: Annotated[bool, typer.Option("--json", help="One object on stdout.")] = False,
) -> None:
    """What people wait for when many listen and some judge, and whether anybody misses anything."""
    log_to_screen(logging.WARNING)
    load = Load(listeners, reviewers, seconds, think, judge=not url)
    if url and not token:
        raise Invalid("a running console asks for a token -> set KITCHENWATCH_TOKEN")
    came = anyio.run(run, url, Secrets((token,), (token,)), load, SystemClock()) if url else _temporary(load, cases)
    if as_json:
        typer.echo(json.dumps({**asdict(load), "cases": None if url else cases, **asdict(came)}, ensure_ascii=False))
    else:
        stdout.print(_table(came))
        say(_summary(load, came))
    if came.lost or came.failures:
        raise typer.Exit(1)


def _temporary(load: Load, cases: int) -> Outcome:
    with progress() as bar:
        task = bar.add_task("cases", total=cases)
        crowded = crowded_console(
            cases, load.listeners, load.reviewers, lambda number: bar.update(task, completed=number)
        )
        with crowded as (url, secrets):
            bar.update(task, description="working", total=None)
            return anyio.run(run, url, secrets, load, SystemClock())


def _table(came: Outcome) -> Table:
    table = Table("request", "number", "median", "p95", "worst", box=SIMPLE, padding=(0, 1, 0, 0))
    table.caption = "milliseconds; an event's from sending a verdict to hearing of it elsewhere"
    for row in came.latencies:
        figures = (f"{row.median_ms:.0f}", f"{row.p95_ms:.0f}", f"{row.worst_ms:.0f}")
        table.add_row(row.kind, str(row.number), *figures)
    return table


def _summary(load: Load, came: Outcome) -> str:
    told = f"{came.verdicts} verdicts told to {load.listeners} listeners: {came.heard} heard, {came.lost} lost"
    failed = ", ".join(f"{number} × {what}" for what, number in came.failures.items()) or "none"
    return f"{told}; {came.conflicts} conflicts; failures: {failed}"
