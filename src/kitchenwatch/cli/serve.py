"""`kitchenwatch serve`: cameras, alerts, API and pages of one installation."""

import logging

import uvicorn
from fastapi import FastAPI

from kitchenwatch import config
from kitchenwatch.bootstrap.service import Service
from kitchenwatch.cli.options import DEFAULT_CONFIG, ConfigPath
from kitchenwatch.cli.screen import log_to_screen, stderr
from kitchenwatch.clock import SystemClock
from kitchenwatch.config import Config


def serve(config_path: ConfigPath = DEFAULT_CONFIG) -> None:
    """Watch the cameras of a configuration until Ctrl-C or SIGTERM."""
    log_to_screen(logging.INFO)
    wanted = config.load(config_path)
    service = Service(wanted, SystemClock())
    service.start()
    try:
        announce(service, wanted)
        web_server(service.app(), wanted).run()
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


def web_server(app: FastAPI, wanted: Config) -> uvicorn.Server:
    """The web server, not yet running. An open event stream must not hold up its end."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=wanted.web.host,
            port=wanted.web.port,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
