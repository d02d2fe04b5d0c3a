"""`kitchenwatch serve` as a process: its first start, its end, its second start, and what it refuses."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from living import wait_for, write_config

COMMAND = Path(sys.executable).with_name("kitchenwatch")
PASSWORD = re.compile(r"sign in as admin with (\S+)")
# Upper guards only.
START_S, END_S = 60.0, 20.0


@dataclass(frozen=True)
class Served:
    """A process of `kitchenwatch serve`, and what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8")

    def end(self) -> int:
        """SIGTERM; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_S)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Path], Served]]:
    """Starts `kitchenwatch serve --config …`; all are killed with the test."""
    started: list[Served] = []

    def start(config_path: Path) -> Served:
        log = tmp_path / f"serve-{len(started)}.log"
        with log.open("wb") as out:
            process = subprocess.Popen([COMMAND, "serve", "--config", config_path], stdout=out, stderr=out)
        started.append(Served(process, log))
        return started[-1]

    yield start
    for served in started:
        served.process.kill()
        served.process.wait()


@pytest.fixture
def config_path(tmp_path: Path, silent_url: str) -> Path:
    """Of a site whose one camera hangs while it connects."""
    folder = tmp_path / "canteen"
    folder.mkdir()
    return write_config(folder, {"stove": silent_url}, port=free_port())


def test_serve_starts_ends_cleanly_and_starts_again(serve: Callable[[Path], Served], config_path: Path) -> None:
    address = f"http://127.0.0.1:{port_of(config_path)}"
    first = serve(config_path)
    wait_for(lambda: PASSWORD.search(first.said), "the password of the first start", START_S)
    assert f"{address}/" in first.said
    found = PASSWORD.search(first.said)
    assert found
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        login = client.post("/api/v1/login", json={"name": "admin", "password": found[1]})
        assert login.status_code == 200
        # A stream that stays open must not hold up the end.
        with client.stream("GET", "/api/v1/alerts/stream") as stream:
            assert stream.status_code == 200
            assert first.end() == 0
    assert "Traceback" not in first.said
    assert "error" not in first.said.lower()

    second = serve(config_path)
    wait_for(lambda: answers(address), "the second start", START_S)
    assert second.end() == 0
    assert not PASSWORD.search(second.said)


def test_serve_refuses_a_store_or_port_that_is_taken(
    serve: Callable[[Path], Served], config_path: Path, tmp_path: Path, silent_url: str
) -> None:
    running = serve(config_path)
    wait_for(lambda: answers(f"http://127.0.0.1:{port_of(config_path)}"), "the first one", START_S)

    same_store = serve(config_path)
    assert same_store.process.wait(START_S) == 1
    (line,) = same_store.said.splitlines()
    assert "another kitchenwatch is writing to" in line

    (tmp_path / "other").mkdir()
    same_port = serve(write_config(tmp_path / "other", {"stove": silent_url}, port=port_of(config_path)))
    assert same_port.process.wait(START_S) == 1
    *_, line = same_port.said.splitlines()
    assert f"cannot listen on 127.0.0.1:{port_of(config_path)} (Address already in use)" in line
    # Its only password must not be told by a start that fails.
    assert not PASSWORD.search(same_port.said)
    assert running.process.poll() is None


def answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api/v1/health", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def port_of(config_path: Path) -> int:
    found = re.search(r"port: (\d+)", config_path.read_text("utf-8"))
    assert found
    return int(found[1])


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
