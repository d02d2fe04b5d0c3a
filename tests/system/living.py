"""An installation that lives: cameras watched by the service, alerts on their way, pages on a real server."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from ruamel.yaml import YAML
from standardwebhooks.webhooks import Webhook

from http_receiver import SECRET, Receiver
from kitchenwatch import config
from kitchenwatch.bootstrap.service import Service
from kitchenwatch.clock import SystemClock
from kitchenwatch.model import Role, Scope

SITE, DISTRICT = "canteen", "east"
EVERYTHING = Scope("test", Role.ADMIN)
# Upper guards only: what is waited for comes sooner on a machine that is not crowded.
GUARD_S = 90.0
POLL_S = 0.05
# Of the dispatcher and of the web server.
POOLS = ("alerts_", "AnyIO worker thread", "asyncio_")


def wait_for(condition: Callable[[], Any], what: str, guard_s: float = GUARD_S) -> float:
    """Until something is so; the seconds it took. Fails if it never is."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < guard_s, f"it never came: {what}"
        time.sleep(POLL_S)
    return time.monotonic() - began


def thread_names() -> list[str]:
    """Of the threads that are alive, in order; without pools, which grow with their first work up to their bound."""
    return sorted(thread.name for thread in threading.enumerate() if not thread.name.startswith(POOLS))


@dataclass(frozen=True)
class Sample:
    """A film, and the kinds of violation that its truth tells, one name for each person and kind."""

    path: Path
    kinds: list[str]


@dataclass(frozen=True)
class Recipient:
    """Somebody whose receiver gets webhooks."""

    receiver: Receiver

    def events(self) -> list[dict[str, Any]]:
        """The CloudEvents received so far; each must be signed rightly and for just now."""
        return [self._verified(request.headers, request.body) for request in list(self.receiver.requests)]

    @staticmethod
    def _verified(headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
        assert headers["content-type"] == "application/cloudevents+json"
        Webhook(SECRET).verify(body, dict(headers))
        event: dict[str, Any] = json.loads(body)
        assert event["id"] == headers["webhook-id"]
        assert event["specversion"] == "1.0"
        return event


def two_recipients() -> dict[str, Recipient]:
    """The district's regulators and the site's people."""
    return {name: Recipient(Receiver()) for name in ("district", "site")}


def write_config(
    folder: Path, cameras: Mapping[str, str], recipients: Mapping[str, Recipient] | None = None, port: int = 8600
) -> Path:
    """The YAML of one site: `cameras` is id → URL; `recipients` as of `two_recipients`, or nobody."""
    named = {
        name: {"type": "webhook", "url": recipient.receiver.url, "secret": SECRET}
        for name, recipient in (recipients or {}).items()
    }
    document = {
        "web": {"port": port},
        "channels": named,
        "egress": {"allow": ["127.0.0.0/8"]},
        "districts": [{"id": DISTRICT, "name": "东区", "channels": [name for name in named if name == "district"]}],
        "sites": [
            {
                "id": SITE,
                "name": "第三食堂",
                "district": DISTRICT,
                "channels": [name for name in named if name == "site"],
                "cameras": [{"id": id_, "name": id_, "url": url} for id_, url in cameras.items()],
            }
        ],
    }
    path = folder / "kitchenwatch.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(document, file)
    return path


class Living:
    """A started service with its pages; `stop` may be called again."""

    def __init__(self, config_path: Path) -> None:
        self.config = config.load(config_path)
        self.service = Service(self.config, SystemClock())
        self.service.start()
        self.posts = {post.camera: post for post in self.service.runner.posts}
        settings = uvicorn.Config(
            self.service.app(), host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=self._server.run, name="web", daemon=True)
        self._thread.start()
        wait_for(lambda: self._server.started, "the web server")
        self.url = f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}"
        self.password = self.service.stores.users.first_admin() or ""
        self.token = self.service.stores.tokens.issue("test", "admin").secret
        self._stopped = False

    def get(self, path: str) -> Any:
        """What the API answers to an admin."""
        answer = httpx.get(f"{self.url}/api/v1{path}", headers=self.headers, trust_env=False, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def fetch(self, href: str) -> bytes:
        """Of a piece of evidence."""
        answer = httpx.get(f"{self.url}{href}", headers=self.headers, trust_env=False, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.content

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cases(self) -> list[dict[str, Any]]:
        """All cases, as the API lists them."""
        found: list[dict[str, Any]] = self.get("/cases")["items"]
        return found

    def stop(self) -> None:
        """End pages and service."""
        if not self._stopped:
            self._stopped = True
            self._server.should_exit = True
            self._thread.join()
            self.service.stop()


@dataclass(frozen=True)
class StreamEvent:
    """One server-sent event that tells something."""

    id: int
    type: str
    data: dict[str, Any]


def stream_events(lines: Iterable[str]) -> Iterable[StreamEvent]:
    """The events in the lines of a stream; heartbeats and bare ids left out."""
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line:
            if "data" in fields:
                yield StreamEvent(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


class Listener:
    """A client of the event stream in a thread of its own; it goes away after `enough` events, if that is given."""

    def __init__(self, living: Living, last_event_id: int | None = None, enough: int | None = None) -> None:
        self.events: list[StreamEvent] = []
        self.connected = threading.Event()
        self._living, self._last, self._enough = living, last_event_id, enough
        self.thread = threading.Thread(target=self._listen, name="listener", daemon=True)
        self.thread.start()

    def _listen(self) -> None:
        headers = self._living.headers | ({"Last-Event-ID": str(self._last)} if self._last is not None else {})
        url = f"{self._living.url}/api/v1/alerts/stream"
        # The server may end first, when the test does.
        with (
            suppress(httpx.TransportError),
            httpx.stream("GET", url, headers=headers, timeout=60, trust_env=False) as answer,
        ):
            assert answer.status_code == 200
            self.connected.set()
            for event in stream_events(answer.iter_lines()):
                self.events.append(event)
                if len(self.events) == self._enough:
                    return
