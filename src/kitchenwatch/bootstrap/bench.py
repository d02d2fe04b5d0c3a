"""Lines with meters on their parts."""

from collections.abc import Iterator
from pathlib import Path

from kitchenwatch.bench.speed import Bill, Cost, measure, metered
from kitchenwatch.bootstrap.films import began
from kitchenwatch.bootstrap.lines import Part, build_line
from kitchenwatch.bootstrap.sight import Sight
from kitchenwatch.config import Config, rules_for
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.unrecorded import NoHealthLog, NoRecorder
from kitchenwatch.sources.film import FilmSource


def film_cost(film: Path, config: Config, sight: Sight) -> Iterator[tuple[float, Cost | None]]:
    """Run a film through a line under the configuration's first site; see `bench.speed.measure`."""
    site = config.sites[0]
    camera = CameraRef(film.name, site.id)
    bill = Bill()

    def with_meter(part: Part, stage: str) -> Part:
        return metered(part, bill, stage)

    rules = rules_for(config, site, site.cameras[0])
    line = build_line(camera, rules, sight, NoRecorder(), NoHealthLog(), with_meter)
    return measure(_source(film, config), line, bill, _source(film, config))


def _source(film: Path, config: Config) -> FilmSource:
    return FilmSource(film.name, film, began(film), config.detector.sample_fps)
