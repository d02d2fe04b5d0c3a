"""What tests of several rooms need: films, an RTSP server, a browser, a PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

import films
from cluster import PostgresCluster, postgres_binaries
from rtsp import PACKAGES, RtspServer, rtsp_server_is_installed

# No sandbox: tests may run as root in a container. The rest keeps the browser from talking to anybody.
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture
def make_film(tmp_path: Path) -> Callable[..., Path]:
    """`films.make_film`, with names relative to the test's folder: `make_film("a.mp4", seconds=4, fps=25)`."""

    def make(name: str | Path = "film.mp4", **options: Any) -> Path:
        return films.make_film(tmp_path / name, **options)

    return make


@pytest.fixture(scope="session")
def rtsp_server_installed() -> None:
    """Skips where the RTSP server cannot run."""
    if not rtsp_server_is_installed():
        pytest.skip(f"needs Debian packages: apt-get install {PACKAGES}")


@pytest.fixture
def rtsp_server(rtsp_server_installed: None) -> Iterator[Callable[..., RtspServer]]:
    """Starts servers: `rtsp_server({"kitchen": film}, user="admin", password="…")`; all end with the test."""
    servers: list[RtspServer] = []

    def start(*arguments: Any, **options: Any) -> RtspServer:
        servers.append(RtspServer(*arguments, **options))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A headless Chromium. One a test: Playwright keeps an event loop running in the thread while it lives."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.skip("needs Debian package chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[PostgresCluster]:
    """One private cluster for all tests that need PostgreSQL."""
    binaries = postgres_binaries()
    if binaries is None:
        pytest.skip("needs Debian package postgresql: apt-get install postgresql")
    cluster = PostgresCluster(binaries)
    yield cluster
    cluster.stop()


@pytest.fixture
def postgres_url(postgres_cluster: PostgresCluster) -> str:
    """The SQLAlchemy URL of a fresh, empty PostgreSQL database."""
    return postgres_cluster.fresh()
