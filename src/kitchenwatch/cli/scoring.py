"""What was seen, scored: on the screen, and in a folder."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from kitchenwatch.bench.events import files
from kitchenwatch.bench.events.score import Film, Score, score
from kitchenwatch.cli.screen import explain, progress, say_written
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


def headline(seen: Watched, attention: str) -> None:
    """What was shown to whom."""
    seconds = sum(film.truth.seconds for film in seen.films)
    about = seen.about
    by = about.get("alarms") or f"{about['model']} by {about['engine']}, {about['fps']:g} frames a second, {attention}"
    explain([f"{len(seen.films)} films, {seconds / 60:.1f} minutes: {by}"])


def echo(told: dict[str, Any]) -> None:
    """As JSON on stdout."""
    typer.echo(json.dumps(told, ensure_ascii=False))
