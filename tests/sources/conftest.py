"""What tests of sources need: cameras that are being read."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cameras import QUICK, Watched

from kitchenwatch.sources.live import LiveSettings


@pytest.fixture
def watch() -> Iterator[Callable[..., Watched]]:
    """Starts to read cameras: `watch(url)`; all are stopped with the test."""
    started: list[Watched] = []

    def start(url: str, settings: LiveSettings = QUICK, **options: Any) -> Watched:
        started.append(Watched(url, settings, **options))
        return started[-1]

    yield start
    for watched in started:
        watched.stop()
