"""The service: cameras, evidence, alerts, retention and pages of one installation in one process."""

import logging
import os
import threading
from collections.abc import Callable
from datetime import timedelta

from fastapi import FastAPI

from kitchenwatch import __version__
from kitchenwatch.alerts.dispatcher import Dispatcher
from kitchenwatch.alerts.lane import PushPolicy
from kitchenwatch.bootstrap.channels import build_channels
from kitchenwatch.bootstrap.lines import attestation, build_line, build_recorder
from kitchenwatch.bootstrap.places import declare_places
from kitchenwatch.bootstrap.sight import Sight, build_sight
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.bootstrap.upkeep import build_retention, mend
from kitchenwatch.config import Camera, Config, Site, rules_for
from kitchenwatch.model import CameraRef
from kitchenwatch.pipeline.runner import Post, Runner
from kitchenwatch.pipeline.scribe import Scribe, ScribedHealth
from kitchenwatch.ports import Clock, HealthLog, Source
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.sources.live import LiveSettings, LiveSource
from kitchenwatch.store.outbox import Routes, SqlOutbox
from kitchenwatch.web.app import create_app
from kitchenwatch.web.deps import WebDeps

log = logging.getLogger(__name__)

# Between rounds of retention: evidence ages by days, and a disk fills by hours.
UPKEEP_S = 600.0
# Between looks for orders past their deadline: deadlines are told to the minute.
ESCALATION_S = 30.0


class Service:
    """Everything that `serve` runs; `start` and `stop` once each.

    Args:
        config: of the installation.
        clock: for all of it.

    Raises:
        KitchenwatchError: a part cannot be built; nothing has been started then.
    """

    def __init__(self, config: Config, clock: Clock) -> None:
        self._config, self._clock = config, clock
        channels = build_channels(config, clock)
        sight = build_sight(config.detector.model, config.detector.engine, config.detector.threads)
        self.stores = open_stores(config, clock)
        self.scribe = Scribe(clock)
        declare_places(config, self.stores.inventory)
        posts = [self._post(sight, site, camera) for site in config.sites for camera in site.cameras]
        self.runner = Runner(posts, workers=os.cpu_count() or 1)
        self._outbox = SqlOutbox(self.stores.database, _routes(config), clock)
        self._dispatcher = Dispatcher(self._outbox, channels, clock, _policy(config))
        self._retention = build_retention(config, self.stores, clock)
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
        self._background("retention", lambda: self._repeat("retention", self._retention.run_once, UPKEEP_S))
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
                users=stores.users,
                tokens=stores.tokens,
                blobs=stores.blobs,
                clock=self._clock,
                public_key=stores.public_key,
                version=__version__,
                lines=lambda: self.runner.posts,
            )
        )

    def _post(self, sight: Sight, site: Site, camera: Camera) -> Post:
        ref = CameraRef(camera.id, site.id)
        health = ScribedHealth(self.stores.health, self.scribe.submit)
        source = self._source(camera, health)
        attest = attestation(sight, site=site.name, camera=camera.name)
        recorder = build_recorder(ref, source.footage, self.stores, self.scribe.submit, attest, site.timezone)
        line = build_line(ref, rules_for(self._config, site, camera), sight, recorder, health)
        return Post(camera.id, source, line, live=camera.film is None)

    def _source(self, camera: Camera, health: HealthLog) -> Source:
        fps = camera.sample_fps or self._config.detector.sample_fps
        if camera.film is not None:
            return FilmSource(camera.id, camera.film, self._clock.now(), fps)
        settings = LiveSettings(sample_fps=fps)
        return LiveSource(camera.id, camera.url.get_secret_value(), settings, self._clock, health)

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


def _routes(config: Config) -> Routes:
    return Routes(
        districts={district.id: district.channels for district in config.districts},
        sites={site.id: site.channels for site in config.sites},
        operators=config.push.operators,
    )


def _policy(config: Config) -> PushPolicy:
    push = config.push
    return PushPolicy(push.cap, timedelta(seconds=push.window), timedelta(seconds=push.retry_for))
