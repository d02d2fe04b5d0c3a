"""What was seen, scored: on the screen, and in a folder."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import typer

from kitchenwatch.bench.events import files
from kitchenwatch.bench.events.score import Film, Score, score
from kitchenwatch.cli.screen import progress, stderr, stdout
from kitchenwatch.cli.watching import Watched


def scored(films: Sequence[Film], seed: int) -> Score:
    """The score, under a progress bar."""
    with progress() as bar:
        bar.add_task("scoring", total=None)
        return score(films, seed)


def keep(folder: Path, score: Score, seen: Watched) -> None:
    """Fill a prepared folder; tell on stderr with what."""
    with progress() as bar:
        bar.add_task("drawing", total=None)
        written = files.write(folder, score, seen.films, seen.about)
    say_written(written)


def say_written(paths: Iterable[Path]) -> None:
    """On stderr."""
    for path in paths:
        stderr.print(f"wrote {path}", highlight=False, soft_wrap=True)


def headline(seen: Watched, attention: str) -> None:
    """What was shown to whom."""
    seconds = sum(film.truth.seconds for film in seen.films)
    about = seen.about
    by = about.get("alarms") or f"{about['model']} by {about['engine']}, {about['fps']:g} frames a second, {attention}"
    say([f"{len(seen.films)} films, {seconds / 60:.1f} minutes: {by}"])


def say(lines: Iterable[str]) -> None:
    """On stdout."""
    for line in lines:
        stdout.print(line, highlight=False, markup=False)


def echo(told: dict[str, Any]) -> None:
    """As JSON on stdout."""
    typer.echo(json.dumps(told, ensure_ascii=False))
