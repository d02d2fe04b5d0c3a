"""Cameras and films for the speed benchmark, each measurement in a process of its own."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from kitchenwatch.attention.budget import MachineBudget
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.bench.apart import Tell, apart, beside
from kitchenwatch.bench.speed.engine_threads import EngineThreads, threads_begun
from kitchenwatch.bench.speed.figures import OURS, PLAIN, STOCK, FilmCost, Run
from kitchenwatch.bench.speed.film import measure_film
from kitchenwatch.bench.speed.live import Stage
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.bench.speed.phases import begin_at
from kitchenwatch.bench.speed.witness import Arrivals, TimedBook, Watched, Witness
from kitchenwatch.bench.speed.yardsticks import plain, stock
from kitchenwatch.bootstrap.attending import build_attention, build_budget
from kitchenwatch.bootstrap.demo import play
from kitchenwatch.bootstrap.event_bench import AttentionKind
from kitchenwatch.bootstrap.films import began
from kitchenwatch.bootstrap.lines import attestation, build_line, build_recorder
from kitchenwatch.bootstrap.places import declare_places
from kitchenwatch.bootstrap.sight import Sight, build_sight
from kitchenwatch.bootstrap.stores import Stores, open_stores
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Camera, Config, rules_for
from kitchenwatch.cores import CORES
from kitchenwatch.detect.loading import Preference, default_model
from kitchenwatch.detect.looks import FrameLook, PersonLook
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.runner import Post, Runner
from kitchenwatch.pipeline.scribe import Scribe, ScribedHealth
from kitchenwatch.ports import Attention, Clock, HealthLog, Source
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.live import LiveSettings, LiveSource
from kitchenwatch.sources.stream import Stream

# Cameras that play one film begin at so many different places of it, so that they are not all busy at once.
PHASES = 4
SITE, DISTRICT = "kitchen", "bench"


@dataclass(frozen=True, slots=True)
class Setup:
    """What does the work.

    Attributes:
        model: `.onnx`; the shipped one if None.
        engine: what runs it.
        fps: frames looked at a second.
        attention: how closely; the yardsticks know of none.
        seconds: of each film, and of each run; a film's whole length if None.
        warm_up: seconds that cameras run before they are measured.
        stock: what stock Ultralytics runs, `.pt`; the one beside the shipped model if None.
    """

    model: Path | None = None
    engine: Preference = "auto"
    fps: float = 5.0
    attention: AttentionKind = "adaptive"
    seconds: float | None = None
    warm_up: float = 5.0
    stock: Path | None = None


def film_cost(film: Path, way: str, setup: Setup, tell: Tell) -> FilmCost:
    """One film, one way, straight from its file. Raises KitchenwatchError."""
    work = {OURS: _ours, PLAIN: _plain, STOCK: _stock}[way]
    return apart(partial(work, film, setup), tell)


def cameras_cost(addresses: Sequence[str], cameras: int, setup: Setup, tell: Tell) -> Run:
    """So many live cameras at these addresses in turn. Raises KitchenwatchError."""
    return apart(partial(_watch, tuple(addresses), cameras, setup), tell)


@contextmanager
def playing_apart(films: Sequence[Path], cameras: int) -> Iterator[list[str]]:
    """Play films over RTSP in a process of their own, for ever; yields addresses for so many cameras.

    Raises MissingExtra, SourceUnreadable.
    """
    with TemporaryDirectory(prefix="kitchenwatch-bench-") as folder:
        played = _phased(films, cameras, Path(folder))
        with beside(partial(play, tuple({film.parent.absolute() for film in played}))) as where:
            yield [f"{where[film.parent.absolute()]}/{quote(film.name)}?play_count=0" for film in played]


def _phased(films: Sequence[Path], cameras: int, folder: Path) -> list[Path]:
    """Each film as it is, then as copies that begin elsewhere, as far as there are cameras for them."""
    wanted = [(film, n) for n in range(PHASES) for film in films][:cameras]
    return [begin_at(film, n / PHASES, folder) if n else film for film, n in wanted]


def film_seconds(film: Path, setup: Setup) -> float:
    """How much of a film is measured. Raises SourceUnreadable."""
    with Stream(film) as stream:
        whole = stream.duration
    if whole is None:
        raise SourceUnreadable(f"{film}: does not tell its length -> copy it into an MP4")
    return min(whole, setup.seconds or whole)


def _plain(film: Path, setup: Setup, tell: Tell) -> FilmCost:
    sight = build_sight(setup.model, setup.engine)
    source = FilmSource(film.name, film, began(film), FullAttention(setup.fps))
    return plain(film.name, source, film_seconds(film, setup), sight.people, tell)


def _stock(film: Path, setup: Setup, tell: Tell) -> FilmCost:
    # It would call its makers' servers and install what it misses.
    os.environ |= {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}
    with Stream(film) as stream:
        step = stream.step
    weights = setup.stock or default_model().with_suffix(".pt")
    return stock(film, step, film_seconds(film, setup), weights, tell)


def _ours(film: Path, setup: Setup, tell: Tell) -> FilmCost:
    with _kitchen([str(film)], 1, setup) as kitchen:
        (camera,) = kitchen.cameras(live=False)
        return measure_film(film.name, camera, film_seconds(film, setup), kitchen.meter, tell)


def _watch(addresses: Sequence[str], cameras: int, setup: Setup, tell: Tell) -> Run:
    with _kitchen(addresses, cameras, setup) as kitchen:
        runner = Runner([], workers=CORES, clock=kitchen.clock)
        watched, load = kitchen.cameras(live=True), lambda: kitchen.budget.load
        stage = Stage(runner, watched, kitchen.book, load, kitchen.meter, kitchen.clock)
        return stage.measure(setup.seconds or 60.0, setup.warm_up, tell)


@dataclass(frozen=True, slots=True)
class _Kitchen:
    """An installation for the time of a measurement."""

    config: Config
    sight: Sight
    stores: Stores
    scribe: Scribe
    book: TimedBook
    budget: MachineBudget
    meter: Meter
    clock: Clock

    def cameras(self, live: bool) -> list[Watched]:
        return [self._camera(camera, live) for camera in self.config.sites[0].cameras]

    def _camera(self, camera: Camera, live: bool) -> Watched:
        ref, site = CameraRef(camera.id, SITE), self.config.sites[0]
        health = self.meter.fit(ScribedHealth(self.stores.health, self._submit), "health")
        attention = build_attention(self.config, camera, self.budget if live else None)
        attention = self.meter.fit(attention, "attention")
        arrivals = Arrivals(attention, self.clock)
        source = self.meter.source(self._source(camera, arrivals.attention, health))
        attest = attestation(self.sight, site=SITE, camera=camera.name)
        stores = replace(self.stores, cases=self.book)
        recorder = build_recorder(ref, source.footage, stores, self._submit, attest, site.timezone)
        witness = Witness(self.meter.fit(recorder, "evidence"), arrivals, self.clock)
        rules = rules_for(self.config, site, camera)
        line = build_line(ref, rules, attention, self.sight, witness, health, self.meter.fit)
        return Watched(Post(camera.id, source, line, live), attention, witness)

    def _source(self, camera: Camera, attention: Attention, health: HealthLog) -> Source:
        if camera.film:
            return FilmSource(camera.id, camera.film, began(camera.film), attention, self.meter.open_stream)
        url, opener = camera.url.get_secret_value(), self.meter.open_stream
        return LiveSource(camera.id, url, attention, LiveSettings(), self.clock, health, opener)

    def _submit(self, job: Callable[[], None]) -> None:
        self.scribe.submit(self.meter.charged(job, "evidence"))


@contextmanager
def _kitchen(addresses: Sequence[str], cameras: int, setup: Setup) -> Iterator[_Kitchen]:
    clock = SystemClock()
    with TemporaryDirectory(prefix="kitchenwatch-bench-") as folder:
        config = _config([addresses[n % len(addresses)] for n in range(cameras)], setup, Path(folder))
        sight, meter = _metered_sight(setup)
        with open_stores(config, clock) as stores:
            declare_places(config, stores.inventory)
            scribe = Scribe(clock)
            scribe.start()
            try:
                book, budget = TimedBook(stores.cases, clock), build_budget(clock)
                yield _Kitchen(config, sight, stores, scribe, book, budget, meter, clock)
            finally:
                scribe.stop()


def _metered_sight(setup: Setup) -> tuple[Sight, Meter]:
    """Once for all cameras: lines are looked at together that share their looks."""
    sight, begun = threads_begun(partial(build_sight, setup.model, setup.engine, workers=CORES))
    meter = Meter(EngineThreads(begun))
    engine = meter.engine(sight.model.engine)
    people, person = meter.fit(FrameLook(engine), "look 1"), meter.fit(PersonLook(engine), "look 2")
    return replace(sight, people=people, person=person), meter


def _config(addresses: Sequence[str], setup: Setup, folder: Path) -> Config:
    cameras = [{"id": f"camera-{n}", "name": f"{n}", "url": url} for n, url in enumerate(addresses, 1)]
    return Config.model_validate(
        {
            "detector": {
                "model": setup.model,
                "engine": setup.engine,
                "sample_fps": setup.fps,
                "attention": setup.attention,
            },
            "districts": [{"id": DISTRICT, "name": DISTRICT}],
            "sites": [{"id": SITE, "name": SITE, "district": DISTRICT, "cameras": cameras}],
        },
        context={"folder": folder},
    )
