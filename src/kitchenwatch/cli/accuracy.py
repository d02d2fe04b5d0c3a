"""`kitchenwatch bench accuracy`: how well violations are found in films whose truth is known."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from kitchenwatch.bench.events import alarms as alarm_files
from kitchenwatch.bench.events import files, report
from kitchenwatch.bench.events.films import TruthFile, find
from kitchenwatch.bench.events.score import Film, Score
from kitchenwatch.bench.events.table import notes, tables
from kitchenwatch.cli import scoring
from kitchenwatch.cli.comparing import compare
from kitchenwatch.cli.options import MaybeConfigPath
from kitchenwatch.cli.screen import explain, log_to_screen, stdout
from kitchenwatch.cli.watching import Watched, Watching
from kitchenwatch.detect.loading import Preference
from kitchenwatch.errors import Invalid


def accuracy(
    places: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of films with truths, or films.")],
    config_path: MaybeConfigPath = None,
    model: Annotated[Path | None, typer.Option(help=".onnx; else the model that ships.")] = None,
    engine: Annotated[Preference | None, typer.Option(help="What runs the network.")] = None,
    fps: Annotated[float | None, typer.Option(min=0.1, help="Frames looked at a second.")] = None,
    both: Annotated[bool, typer.Option("--compare", help="Full rate and attention, side by side.")] = False,
    alarms: Annotated[Path | None, typer.Option(help="Score this file's alarms; play nothing.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report on stdout, instead of tables.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report, alarms, DET curve and timelines.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals' random draws.")] = 0,
) -> None:
    """Hold alarms against what people saw in the same films: what is found, how soon, and what is false."""
    log_to_screen(logging.WARNING)
    if both and alarms:
        raise Invalid("--compare plays the films both ways -> leave --alarms out")
    known = find(places)
    watching = Watching(known, config_path, model, engine, fps)
    if both:
        compare(watching, as_json, out, seed)
        return
    if out:
        files.prepare(out)
    seen = Watched(_from_file(known, alarms), {"alarms": str(alarms)}) if alarms else watching.watch()
    if seen.films:
        score = scoring.scored(seen.films, seed)
        _show(score, seen, as_json)
        if out:
            scoring.keep(out, score, seen)
    if seen.broken:
        raise typer.Exit(1)


def _from_file(known: Sequence[TruthFile], path: Path) -> list[Film]:
    given = alarm_files.read(path, {each.name for each in known})
    return [Film(each.name, each.truth, [one for one in given if one.film == each.name]) for each in known]


def _show(score: Score, seen: Watched, as_json: bool) -> None:
    if as_json:
        scoring.echo(report.as_json(score, seen.films, seen.about))
        return
    scoring.headline(seen, f"{seen.about.get('attention')} attention")
    for table in tables(score):
        stdout.print(table)
    explain(notes(score))
