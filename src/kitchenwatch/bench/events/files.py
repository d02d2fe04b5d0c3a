"""Writes what a scoring leaves behind: report, alarms, DET curve, and a timeline for each film."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kitchenwatch.bench.events import alarms
from kitchenwatch.bench.events.plots import draw_det, draw_timeline, require
from kitchenwatch.bench.events.report import as_json
from kitchenwatch.bench.events.score import Film, Score
from kitchenwatch.errors import StorageError

TIMELINES = "timelines"
NOT_IN_NAMES = re.compile(r"[\\/:]")


def prepare(folder: Path) -> None:
    """Make the folder. Raises StorageError if that cannot be, MissingExtra if nothing can be drawn."""
    require()
    try:
        (folder / TIMELINES).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror} -> name a folder that can be written") from error


def write(folder: Path, score: Score, films: Sequence[Film], about: Mapping[str, Any]) -> list[Path]:
    """The files written.

    Args:
        folder: was prepared.
        about: what gave the alarms.
    """
    told, given, curve = (folder / name for name in ("results.json", "alarms.jsonl", "det.png"))
    told.write_text(json.dumps(as_json(score, films, about), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    alarms.write((alarm for film in films for alarm in film.alarms), given)
    draw_det(score, curve)
    timelines = [folder / TIMELINES / f"{NOT_IN_NAMES.sub('-', film.name)}.png" for film in films]
    for path, film, outcomes in zip(timelines, films, score.outcomes, strict=True):
        draw_timeline(film, outcomes, path)
    return [told, given, curve, *timelines]
