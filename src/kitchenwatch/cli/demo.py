"""`kitchenwatch demo`: the whole way on the sample films, played as RTSP cameras."""

import logging
import shutil
import threading
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from kitchenwatch import config
from kitchenwatch.bootstrap.demo import playing, write_config
from kitchenwatch.bootstrap.service import Service
from kitchenwatch.cli.screen import log_to_screen, stderr
from kitchenwatch.cli.serve import announce, open_door, watching, web_server
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import ConfigError, SourceUnreadable
from kitchenwatch.model import Alert, AlertType, Role, Scope
from kitchenwatch.store.reading import Reading

SAMPLES = Path(__file__).parents[3] / "sample_videos"
CONFIG = "kitchenwatch.yaml"
LOOK_S = 0.5


def demo(
    films: Annotated[Path, typer.Option(help="Folder of films; each becomes a camera.")] = SAMPLES,
    folder: Annotated[Path, typer.Option(help="Where everything is written; made anew.")] = Path("var/demo"),
    port: Annotated[int, typer.Option(help="Of the web page.")] = 8600,
    cases: Annotated[int | None, typer.Option(help="End when so many cases have their clip; else at Ctrl-C.")] = None,
) -> None:
    """Play sample films as RTSP cameras and watch them: cases appear on the page."""
    log_to_screen(logging.WARNING)
    found = sorted(str(film.relative_to(films)) for film in films.rglob("*.mp4"))
    if not found:
        raise SourceUnreadable(f"{films}: holds no .mp4 film -> name a folder of films with --films")
    _clear(folder)
    with playing(films) as rtsp:
        config_path = write_config(folder / CONFIG, rtsp, found, port)
        wanted = config.load(config_path)
        service = Service(wanted, SystemClock())
        with open_door(wanted, config_path) as door, watching(service):
            announce(service, wanted)
            stderr.print("cases appear below as they are opened; Ctrl-C ends")
            server = web_server(service.app())
            crier = Crier(service.stores.reading, server, cases)
            threading.Thread(target=crier.run, name="crier", daemon=True).start()
            server.run(sockets=[door])


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else. Raises ConfigError."""
    if folder.exists() and any(folder.iterdir()) and not (folder / CONFIG).exists():
        raise ConfigError(str(folder), "holds something else than a demo", remedy="name another folder with --folder")
    shutil.rmtree(folder, ignore_errors=True)


class Crier:
    """Tells on the screen what happens, and ends the server once enough cases have their clip."""

    def __init__(self, reading: Reading, server: uvicorn.Server, enough: int | None) -> None:
        self._reading, self._server, self._enough = reading, server, enough
        self._clock = SystemClock()
        self._clips = 0

    def run(self) -> None:
        """Until the server ends."""
        seq, everything = 0, Scope("demo", Role.ADMIN)
        while not self._server.should_exit:
            for alert in self._reading.alerts(everything, seq):
                seq = alert.seq
                self._tell(alert)
            self._clock.sleep(LOOK_S)

    def _tell(self, alert: Alert) -> None:
        if alert.type is AlertType.CASE_OPENED:
            stderr.print(f"  {alert.data['opened_at_local']}  {alert.camera}: [bold]{alert.kind}[/]", highlight=False)
        elif alert.type is AlertType.CASE_CLIP:
            self._clips += 1
            if self._enough and self._clips >= self._enough:
                stderr.print(f"{self._clips} cases, each with picture and clip")
                self._server.should_exit = True
