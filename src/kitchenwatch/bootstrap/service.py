"""The service: cameras, evidence, alerts, retention and pages of one installation in one process."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI

from kitchenwatch import __version__
from kitchenwatch.alerts.dispatcher import Dispatcher
from kitchenwatch.alerts.lane import PushPolicy
from kitchenwatch.bootstrap.attending import build_attention, build_budget
from kitchenwatch.bootstrap.channels import ChannelTests, build_channels
from kitchenwatch.bootstrap.declaring import Desk, joined
from kitchenwatch.bootstrap.lines import attestation, build_line, build_recorder
from kitchenwatch.bootstrap.places import declare_places
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.bootstrap.trials import Trials
from kitchenwatch.bootstrap.upkeep import Retaining, build_retention, mend, retention_policy
from kitchenwatch.config import Camera, Config, Site, rules_for
from kitchenwatch.config.joining import Joined
from kitchenwatch.cores import CORES
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.onlooker import Onlooker
from kitchenwatch.pipeline.runner import Post, Runner
from kitchenwatch.pipeline.scribe import Scribe, ScribedHealth
from kitchenwatch.ports import Attention, Clock, HealthLog, Source
from kitchenwatch.rules.rule import RuleSettings
from kitchenwatch.sources.broadcast import Broadcast
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.live import LiveSettings, LiveSource
from kitchenwatch.store.acts import Acts
from kitchenwatch.store.keeping import Keeping
from kitchenwatch.store.outbox import Routes, SqlOutbox
from kitchenwatch.web.administration import Administration
from kitchenwatch.web.app import create_app
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.live_view import LiveView

log = logging.getLogger(__name__)

# Between rounds of retention: evidence ages by days, and a disk fills by hours.
UPKEEP_S = 600.0
# Between looks for orders past their deadline: deadlines are told to the minute.
ESCALATION_S = 30.0

Running = tuple[Site, Camera, tuple[RuleSettings, ...]]


class Service:
    """Everything that `serve` runs; `start` and `stop` once each.

    Args:
        config: of the installation.
        clock: for all of it.

    Raises:
        KitchenwatchError: a part cannot be built; nothing has been started then.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._clock = clock
        channels = build_channels(config, clock)
        workers, detector = CORES, config.detector
        sight = build_sight(detector.model, detector.engine, detector.threads, workers, detector.frame_side)
        self.stores = open_stores(config, clock)
        self.scribe = Scribe(clock)
        both = joined(config, self.stores.declarations)
        _tell(both)
        self._file, self._config, self._sight, self._channels = config, both.config, sight, channels
        declare_places(both.config, self.stores.inventory)
        self._views: dict[str, LiveView] = {}
        self._budget = build_budget(clock)
        self._running = _cameras(both.config)
        posts = [self._post(site, camera) for site, camera, _ in self._running.values()]
        self.runner = Runner(posts, workers, clock)
        self._outbox = SqlOutbox(self.stores.database, _routes(both.config), clock)
        self._dispatcher = Dispatcher(self._outbox, channels, clock, _policy(config))
        self.retention = build_retention(both.config, self.stores, clock)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to watch, write and tell."""
        if self.stores.turn.broke_off:
            for problem in mend(self.stores, self._clock):
                log.warning("mended after a crash: %s", problem.text)
        now = self._clock.now()
        for post in self.runner.posts:
            self.stores.health.close_left_open(post.camera, now)
        self.scribe.start()
        self._background("dispatcher", lambda: self._dispatcher.run(self._stopping))
        self._background("retention", lambda: self._repeat("retention", self.retention.run_once, UPKEEP_S))
        escalate = self.stores.loop.escalate_overdue
        self._background("escalation", lambda: self._repeat("escalation", escalate, ESCALATION_S))
        self.runner.start()

    def stop(self) -> None:
        """End the cameras first, then write what they left, then the rest."""
        # Before the cameras: on a full disk their workers may stand waiting for the scribe.
        self.scribe.hurry()
        self.runner.stop()
        self.scribe.stop()
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        self._outbox.close()
        self.stores.close()

    def app(self) -> FastAPI:
        """The API and the pages."""
        stores = self.stores
        return create_app(
            WebDeps(
                reading=stores.reading,
                loop=stores.loop,
                uploads=stores.uploads,
                users=stores.users,
                tokens=stores.tokens,
                acts=Acts(stores.database, self._clock),
                blobs=stores.blobs,
                clock=self._clock,
                public_key=stores.public_key,
                version=__version__,
                lines=lambda: self.runner.posts,
                load=lambda: self._budget.load,
                administration=self._administration(),
                live=self._views.get,
            )
        )

    def apply(self, config: Config) -> None:
        """Go on as this configuration says: the cameras that it changes are rebuilt, the others go on untouched.

        Only what the console can declare may differ: districts, sites, cameras and how long evidence is kept.
        """
        wanted, self._config = _cameras(config), config
        leaving = {id for id, now in self._running.items() if wanted.get(id) != now}
        self.runner.remove(leaving)
        for id in leaving:
            del self._running[id]
            self._views.pop(id, None)
            self._budget.release(id)
            self.stores.health.close_left_open(id, self._clock.now())
        declare_places(config, self.stores.inventory)
        self._outbox.reroute(_routes(config))
        self.retention.policy = retention_policy(config, self.stores.blobs)
        for id in wanted.keys() - self._running.keys():
            site, camera, _ = self._running[id] = wanted[id]
            self.runner.add(self._post(site, camera))

    def _administration(self) -> Administration:
        stores, allow = self.stores, self._file.egress.allow
        desk = Desk(self._file, stores.declarations, self.apply)
        acts = Acts(stores.database, self._clock)
        tests = ChannelTests(lambda: desk.config, self._channels, acts, self._clock)
        retaining = Retaining(lambda: desk.config, stores.blobs)
        return Administration(desk, Trials(self._clock, acts, allow), tests, Keeping(stores.database), retaining)

    def _post(self, site: Site, camera: Camera) -> Post:
        ref = CameraRef(camera.id, site.id)
        health = ScribedHealth(self.stores.health, self.scribe.submit)
        attention = build_attention(self._config, camera, None if camera.film else self._budget)
        source = self._source(camera, attention, health)
        attest = attestation(self._sight, site=site.name, camera=camera.name)
        recorder = build_recorder(ref, source.footage, self.stores, self.scribe.submit, attest, site.timezone)
        onlooker = Onlooker(recorder)
        self._views[camera.id] = _view(camera.id, source, onlooker)
        line = build_line(ref, rules_for(self._config, site, camera), attention, self._sight, onlooker, health)
        return Post(camera.id, source, line, live=camera.film is None)

    def _source(self, camera: Camera, attention: Attention, health: HealthLog) -> Source:
        if camera.film is not None:
            return FilmSource(camera.id, camera.film, self._clock.now(), attention)
        url = camera.url.get_secret_value()
        return LiveSource(camera.id, url, attention, LiveSettings(), self._clock, health)

    def _background(self, name: str, run: Callable[[], None]) -> None:
        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _repeat(self, name: str, once: Callable[[], object], seconds: float) -> None:
        while not self._stopping.is_set():
            try:
                once()
            except Exception:  # a supervisor: the next round tries again
                log.exception("%s failed", name)
            self._clock.sleep(seconds, self._stopping)


def _cameras(config: Config) -> dict[str, Running]:
    """All that a camera's line is made of, by its id: where one is not equal, the line is another."""
    return {
        camera.id: (site.model_copy(update={"cameras": ()}), camera, tuple(rules_for(config, site, camera)))
        for site in config.sites
        for camera in site.cameras
    }


def _tell(both: Joined) -> None:
    for clash in both.clashes:
        log.warning("%s %s is declared in the file and in the console: the file's is used", clash.kind, clash.id)
    for left in both.left_out:
        log.warning("%s %s of the console is not used: %s", left.declared.kind, left.declared.id, left.problem)


def _view(camera: str, source: Source, onlooker: Onlooker) -> LiveView:
    """A film has no pictures of this moment: what was seen of it last is as new as it gets."""
    if isinstance(source, LiveSource):
        return LiveView(onlooker, Broadcast(camera, source.footage), source.idle_s)
    return LiveView(onlooker, None, lambda: 0.0 if onlooker.newest else None)


def _routes(config: Config) -> Routes:
    return Routes(
        districts={district.id: district.channels for district in config.districts},
        sites={site.id: site.channels for site in config.sites},
        operators=config.push.operators,
    )


def _policy(config: Config) -> PushPolicy:
    push = config.push
    return PushPolicy(push.cap, timedelta(seconds=push.window), timedelta(seconds=push.retry_for))
