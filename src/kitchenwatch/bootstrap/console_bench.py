"""A temporary installation with a crowd of cases, served by a process of its own."""

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from kitchenwatch.bench.crowd import Secrets, open_cases, people, settle
from kitchenwatch.bootstrap.stores import open_stores
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import load
from kitchenwatch.errors import Invalid

START_S = 120.0
HOST = "127.0.0.1"
# What is measured is the console: its one camera never answers. The other places are in the database alone.
CONFIG = """
web: {{host: {host}, port: {port}}}
districts: [{{id: district-0, name: 第1区}}]
sites:
  - id: site-0
    name: 第1食堂
    district: district-0
    cameras: [{{id: camera-0, name: 炒锅区, url: "rtsp://127.0.0.1:9/none"}}]
"""


@contextmanager
def crowded_console(
    cases: int, listeners: int, reviewers: int, progress: Callable[[int], None]
) -> Iterator[tuple[str, Secrets]]:
    """The address of a console and who may enter; all is gone afterwards.

    Args:
        progress: told how many cases there are.
    """
    with TemporaryDirectory(prefix="kitchenwatch-bench-") as folder:
        config = _write_config(Path(folder))
        secrets = _fill(config, cases, listeners, reviewers, progress)
        with _served(config) as url:
            yield url, secrets


def _write_config(folder: Path) -> Path:
    path = folder / "kitchenwatch.yaml"
    path.write_text(CONFIG.format(host=HOST, port=_free_port()), "utf-8")
    return path


def _fill(path: Path, cases: int, listeners: int, reviewers: int, progress: Callable[[int], None]) -> Secrets:
    clock = SystemClock()
    with open_stores(load(path), clock) as stores:
        settle(stores.inventory)
        for number in open_cases(stores.cases, stores.blobs, cases, clock.now()):
            progress(number)
        return people(stores.users, stores.tokens, listeners, reviewers)


@contextmanager
def _served(path: Path) -> Iterator[str]:
    web = load(path).web
    url = f"http://{web.host}:{web.port}"
    command = [sys.executable, "-c", "from kitchenwatch.cli import main; main()", "serve", "--config", str(path)]
    log = path.with_suffix(".log")
    with log.open("wb") as said, subprocess.Popen(command, stdout=said, stderr=said) as server:
        try:
            _wait_for(url, server, log)
            yield url
        finally:
            server.terminate()


def _wait_for(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    clock = SystemClock()
    ends = clock.monotonic() + START_S
    while server.poll() is None and clock.monotonic() < ends:
        try:
            httpx.get(f"{url}/api/v1/health", trust_env=False).raise_for_status()
        except httpx.HTTPError:
            clock.sleep(0.2)
        else:
            return
    last = log.read_text("utf-8", "replace").strip().rpartition("\n")[2]
    raise Invalid(f"the console did not start: {last}")


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as door:
        return int(door.getsockname()[1])
