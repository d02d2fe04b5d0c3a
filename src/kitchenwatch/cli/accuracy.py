"""`kitchenwatch bench accuracy`: how well violations are found in films whose truth is known."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from kitchenwatch import config
from kitchenwatch.bench.events import alarms as alarm_files
from kitchenwatch.bench.events import files, report
from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.films import TruthFile, find
from kitchenwatch.bench.events.score import Film, Score, score
from kitchenwatch.bench.events.table import notes, tables
from kitchenwatch.bootstrap.event_bench import Play, plays, scored_config
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.cli.options import MaybeConfigPath
from kitchenwatch.cli.screen import fault, log_to_screen, progress, stderr, stdout
from kitchenwatch.detect.loading import Preference
from kitchenwatch.errors import SourceUnreadable

Played = tuple[list[Film], dict[str, Any], int]  # films, what saw them, how many were broken


def accuracy(
    places: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of films with truths, or films.")],
    config_path: MaybeConfigPath = None,
    model: Annotated[Path | None, typer.Option(help=".onnx; else the model that ships.")] = None,
    engine: Annotated[Preference | None, typer.Option(help="What runs the network.")] = None,
    fps: Annotated[float | None, typer.Option(min=0.1, help="Frames looked at a second.")] = None,
    alarms: Annotated[Path | None, typer.Option(help="Score this file's alarms; play nothing.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report on stdout, instead of tables.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for report, alarms, DET curve and timelines.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the intervals' random draws.")] = 0,
) -> None:
    """Hold alarms against what people saw in the same films: what is found, how soon, and what is false."""
    log_to_screen(logging.WARNING)
    if out:
        files.prepare(out)
    known = find(places)
    films, about, broken = _from_file(known, alarms) if alarms else _play(known, config_path, model, engine, fps)
    if films:
        with progress() as bar:
            bar.add_task("scoring", total=None)
            scored = score(films, seed)
            written = files.write(out, scored, films, about) if out else []
        _show(scored, films, about, as_json)
        for path in written:
            stderr.print(f"wrote {path}", highlight=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)


def _from_file(known: Sequence[TruthFile], path: Path) -> Played:
    given = alarm_files.read(path, {each.name for each in known})
    films = [Film(each.name, each.truth, [one for one in given if one.film == each.name]) for each in known]
    return films, {"alarms": str(path)}, 0


def _play(
    known: Sequence[TruthFile],
    config_path: Path | None,
    model: Path | None,
    engine: Preference | None,
    fps: float | None,
) -> Played:
    asked = scored_config(known, config.load(config_path) if config_path else None, fps)
    detector = asked.detector
    sight = build_sight(model or detector.model, engine or detector.engine, detector.threads)
    films, broken = _watch(known, plays(known, asked, sight))
    about = {
        "model": sight.model.path.name,
        "model_sha256": sight.model.sha256,
        "engine": sight.model.engine.name,
        "fps": detector.sample_fps,
        "config": str(config_path) if config_path else None,
    }
    return films, about, broken


def _watch(known: Sequence[TruthFile], playing: Sequence[Play]) -> tuple[list[Film], int]:
    """Every film that can be played, and how many cannot."""
    films = list[Film]()
    with progress() as bar:
        whole = bar.add_task("all films", total=sum(each.truth.seconds for each in known))
        for number, (each, play) in enumerate(zip(known, playing, strict=True), 1):
            bar.update(whole, description=f"{each.name} ({number}/{len(known)})")
            try:
                films.append(Film(each.name, each.truth, _alarms(play, bar, whole)))
            except SourceUnreadable as error:
                fault(f"{error}; left out of the score")
    return films, len(known) - len(films)


def _alarms(play: Play, bar: Progress, task: Any) -> list[Alarm]:
    alarms, before = list[Alarm](), 0.0
    for t, alarms in play():  # noqa: B007 - the last are all of them
        bar.update(task, advance=t - before)
        before = t
    return alarms


def _show(scored: Score, films: Sequence[Film], about: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.as_json(scored, films, about), ensure_ascii=False))
        return
    seconds = sum(film.truth.seconds for film in films)
    by = about.get("alarms") or f"{about['model']} by {about['engine']}, {about['fps']:g} frames a second"
    stdout.print(f"{len(films)} films, {seconds / 60:.1f} minutes: {by}", highlight=False, markup=False)
    for table in tables(scored):
        stdout.print(table)
    for note in notes(scored):
        stdout.print(note, highlight=False, markup=False)
