"""The demo's stage: sample films played as RTSP cameras, and a configuration that watches them."""

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from kitchenwatch.errors import MissingExtra

HOST = "127.0.0.1"
# The server reads each viewer's film in a thread of its own; what asyncio gives by itself is enough for six.
VIEWERS = 256
# The films are short and repeat at once: without a short gap they would make one endless violation each.
RULES = {kind: {"merge_gap": 5, "cooldown": 5, "for": 2} for kind in ("no_hat", "no_mask", "smoking", "phone_use")}


@contextmanager
def playing(films: Path) -> Iterator[str]:
    """Play a folder's films over RTSP, each for ever; yields the address they lie under. Raises MissingExtra."""
    try:
        from aio_rtsp_toolkit import server as rtsp
    except ImportError as error:
        raise MissingExtra("the demo's RTSP server", "demo") from error
    rtsp.logger = logging.getLogger("rtsp")
    port = _free_port()
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(VIEWERS))
    loop.run_until_complete(rtsp.RtspServer(str(films), host=HOST, port=port).start())
    thread = threading.Thread(target=loop.run_forever, name="rtsp", daemon=True)
    thread.start()
    try:
        yield f"rtsp://{HOST}:{port}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def play(folders: Sequence[Path], ready: Callable[[Any], None], until_the_end: Callable[[], None]) -> None:
    """Play several folders; tells the address of each when it is ready. For `bench.apart.beside`."""
    with ExitStack() as stack:
        ready({folder: stack.enter_context(playing(folder)) for folder in folders})
        until_the_end()


def write_config(path: Path, rtsp: str, films: Sequence[str], port: int) -> Path:
    """Write the demo's configuration: each film a camera of one kitchen.

    Args:
        path: of the YAML file; store and keys lie beside it.
        rtsp: address that the films lie under.
        films: their paths under it.
        port: of the web page.
    """
    cameras = [
        {
            "id": Path(film).stem.replace("_", "-").lower(),
            "name": Path(film).stem,
            "url": f"{rtsp}/{film}?play_count=0",
        }
        for film in films
    ]
    site = {"id": "demo-kitchen", "name": "示范厨房 Demo kitchen", "district": "demo", "cameras": cameras}
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(
            {
                "web": {"port": port},
                "rules": RULES,
                "districts": [{"id": "demo", "name": "示范区 Demo district"}],
                "sites": [site],
            },
            file,
        )
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
