"""Films that have a truth, through the same line as a replay, for their alarms to be scored."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from kitchenwatch.bench.events.alarms import Alarm, Gathering
from kitchenwatch.bench.events.films import TruthFile
from kitchenwatch.bootstrap.films import FilmRun, film_runs, films_config
from kitchenwatch.bootstrap.sight import Sight
from kitchenwatch.config import Config
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.stream import Stream

AttentionKind = Literal["adaptive", "full"]
# Labelling tools count pictures, and films announce their length more or less exactly.
SLACK_S, SLACK = 1.0, 0.02
Play = Callable[[], Iterator[tuple[float, list[Alarm]]]]


def scored_config(
    films: Sequence[TruthFile], base: Config | None, fps: float | None, attention: AttentionKind | None = None
) -> Config:
    """A configuration whose cameras are these films.

    Args:
        base: whose rules and detector to use; else the defaults.
        fps: frames looked at a second; else as configured.
        attention: how closely they are looked at; else as configured.
    """
    config = films_config([each.film for each in films], base)
    wanted: dict[str, Any] = {"sample_fps": fps, "attention": attention}
    asked = {key: value for key, value in wanted.items() if value is not None}
    return config.model_copy(update={"detector": config.detector.model_copy(update=asked)})


def plays(films: Sequence[TruthFile], config: Config, sight: Sight) -> list[Play]:
    """Plays each film: yields media time and the alarms so far; raises SourceUnreadable."""
    starts = film_runs(config, sight)
    return [partial(_play, film, start) for film, start in zip(films, starts, strict=True)]


def _play(film: TruthFile, start: Callable[[], FilmRun]) -> Iterator[tuple[float, list[Alarm]]]:
    run, told = start(), film.truth.seconds
    if run.duration is not None and abs(run.duration - told) > max(SLACK_S, SLACK * told):
        lasts = f"says that the film lasts {told:.1f} s, it lasts {run.duration:.1f} s"
        raise SourceUnreadable(f"{film.path}: {lasts} -> mend `seconds`, and look whether it is this film's")
    gathering = Gathering(film.name)
    for t, changes in run.steps:
        gathering.add(t, changes)
        yield t, list(gathering.alarms())


def film_facts(path: Path) -> tuple[float, float] | None:
    """Length in seconds and pictures a second; None if there is no such film. Raises SourceUnreadable."""
    if not path.is_file():
        return None
    with Stream(path) as stream:
        if stream.duration is None:
            raise SourceUnreadable(f"{path}: does not tell its length -> copy it into an MP4")
        return stream.duration, 1 / stream.step
