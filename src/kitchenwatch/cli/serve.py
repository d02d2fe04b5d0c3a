"""`kitchenwatch serve`: cameras, alerts, API and pages of one installation."""

import logging
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from kitchenwatch import config
from kitchenwatch.bootstrap.service import Service
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import log_to_screen, stderr
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Config
from kitchenwatch.errors import ConfigError
from kitchenwatch.web.server import Server


def serve(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Watch the cameras of a configuration until Ctrl-C or SIGTERM."""
    log_to_screen(logging.INFO)
    wanted = config.load(config_path)
    service = Service(wanted, SystemClock())
    with open_door(wanted, config_path) as door, watching(service):
        announce(service, wanted)
        web_server(service.app()).run(sockets=[door])


def open_door(wanted: Config, config_path: Path) -> socket.socket:
    """The socket of the pages, opened before any camera is watched. Raises ConfigError: the address cannot be had."""
    host, port = wanted.web.host, wanted.web.port
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        reason, _, _ = str(error.strerror).partition(" (")  # behind it, Python tells the address once more
        problem = f"web: cannot listen on {host}:{port} ({reason})"
        raise ConfigError(str(config_path), problem, remedy="give another host or port, or end what has it") from None


@contextmanager
def watching(service: Service) -> Iterator[None]:
    """The service at work; it is stopped properly at the end, which SIGTERM brings like Ctrl-C."""
    # Uvicorn takes SIGTERM while it runs, and raises it again afterwards: unhandled, it would kill us there.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    service.start()
    try:
        yield
    finally:
        stderr.print("stopping …")
        service.stop()


def announce(service: Service, wanted: Config) -> str | None:
    """Tell where the pages are, and at the very first start the admin's password, which is returned too."""
    stderr.print(f"[bold]http://{wanted.web.host}:{wanted.web.port}/[/]  {len(service.runner.posts)} cameras")
    password = service.stores.users.first_admin()
    if password:
        stderr.print(f"sign in as [bold]admin[/] with [bold]{password}[/]  (told only this once)", highlight=False)
    return password


def web_server(app: FastAPI) -> Server:
    """The web server, not yet running. An open event stream must not hold up its end."""
    config = uvicorn.Config(
        app,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=3,
        # Longer than a proxy before us keeps idle connections (nginx: 60 s), which would else use one just closed.
        timeout_keep_alive=75,
        # Film is compressed already, and pages send a few words only.
        ws_per_message_deflate=False,
        ws_max_size=1024,
    )
    return Server(config, app.state.feed)
