"""Films played to their end, with a progress bar over all of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.progress import Progress

from kitchenwatch import config
from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.films import TruthFile
from kitchenwatch.bench.events.score import Film
from kitchenwatch.bootstrap.event_bench import AttentionKind, Play, plays, scored_config
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.cli.screen import fault, progress
from kitchenwatch.clock import cpu_seconds
from kitchenwatch.detect.loading import Preference
from kitchenwatch.errors import SourceUnreadable


@dataclass(frozen=True, slots=True)
class Watched:
    """What was seen.

    Attributes:
        films: those that could be played, with their alarms.
        about: what saw them.
        broken: how many could not be played.
        cpu_s: CPU-seconds that it took.
    """

    films: list[Film]
    about: dict[str, Any]
    broken: int = 0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Watching:
    """Films, and what is to watch them; None leaves it to the configuration, and that to the defaults."""

    known: Sequence[TruthFile]
    config: Path | None
    model: Path | None
    engine: Preference | None
    fps: float | None

    def watch(self, attention: AttentionKind | None = None) -> Watched:
        """Play each film; tell on stderr which cannot be played."""
        asked = scored_config(self.known, config.load(self.config) if self.config else None, self.fps, attention)
        detector = asked.detector
        sight = build_sight(
            self.model or detector.model,
            self.engine or detector.engine,
            detector.threads,
            frame_side=detector.frame_side,
        )
        about = {
            "model": sight.model.path.name,
            "model_sha256": sight.model.sha256,
            "engine": sight.model.engine.name,
            "attention": detector.attention,
            "fps": detector.sample_fps,
            "config": str(self.config) if self.config else None,
        }
        began = cpu_seconds()
        films = _played(self.known, plays(self.known, asked, sight))
        return Watched(films, about, len(self.known) - len(films), cpu_seconds() - began)


def _played(known: Sequence[TruthFile], playing: Sequence[Play]) -> list[Film]:
    """Those that can be."""
    films = list[Film]()
    with progress() as bar:
        whole = bar.add_task("all films", total=sum(each.truth.seconds for each in known))
        for number, (each, play) in enumerate(zip(known, playing, strict=True), 1):
            bar.update(whole, description=f"{each.name} ({number}/{len(known)})")
            try:
                films.append(Film(each.name, each.truth, _alarms(play, bar, whole)))
            except SourceUnreadable as error:
                fault(f"{error}; left out of the score")
    return films


def _alarms(play: Play, bar: Progress, task: Any) -> list[Alarm]:
    alarms, before = list[Alarm](), 0.0
    for t, alarms in play():  # noqa: B007 - the last are all of them
        bar.update(task, advance=t - before)
        before = t
    return alarms
