"""Lines with meters on their parts."""

from collections.abc import Iterator
from pathlib import Path

from kitchenwatch.bench.speed import Bill, Cost, measure, metered
from kitchenwatch.bootstrap.films import began
from kitchenwatch.bootstrap.sight import Sight
from kitchenwatch.config import Config, rules_for
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.line import CameraLine
from kitchenwatch.pipeline.unrecorded import NoHealthLog, NoRecorder
from kitchenwatch.rules.judge import CameraJudge
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.health import PictureWatch
from kitchenwatch.tracking import PeopleTracker


def film_cost(film: Path, config: Config, sight: Sight) -> Iterator[tuple[float, Cost | None]]:
    """Run a film through a line under the configuration's first site; see `bench.speed.measure`."""
    site = config.sites[0]
    camera = CameraRef(film.name, site.id)
    bill = Bill()
    line = CameraLine(
        picture=metered(PictureWatch(), bill, "health"),
        health=NoHealthLog(),
        people=metered(sight.people, bill, "look 1"),
        tracker=metered(PeopleTracker(), bill, "tracks"),
        person=metered(sight.person, bill, "look 2"),
        judge=metered(CameraJudge(camera, rules_for(config, site, site.cameras[0]), sight.calibration), bill, "rules"),
        recorder=NoRecorder(),
    )
    return measure(_source(film, config), line, bill, _source(film, config))


def _source(film: Path, config: Config) -> FilmSource:
    return FilmSource(film.name, film, began(film), config.detector.sample_fps)
