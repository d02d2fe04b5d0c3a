"""Notes in the audit log what people who have signed in were refused, for the auditor."""

import logging
import threading
from collections import OrderedDict
from http import HTTPStatus
from math import log10
from typing import cast

from fastapi import WebSocket
from starlette.requests import HTTPConnection

from kitchenwatch.errors import StorageError
from kitchenwatch.model import Role
from kitchenwatch.ports import Clock
from kitchenwatch.store.acts import Acts
from kitchenwatch.web.auth import Caller, address_of
from kitchenwatch.web.deps import WebDeps

log = logging.getLogger(__name__)

WINDOW_S = 60.0
ROOM = 5_000  # doors remembered, each by who stood before it
# To these nothing is out of scope: what they do not find is not there.
SEE_EVERYTHING = frozenset({Role.ADMIN, Role.VIEWER})

Door = tuple[str, str, str]


class Refusals:
    """Counts by person and door; of one minute only the 1st, 10th, 100th … is written, so that nobody floods the log.

    A place outside the caller's scope and one that is not there are not told apart, here neither: an auditor looks
    at what was asked for.
    """

    def __init__(self, acts: Acts, clock: Clock, room: int = ROOM) -> None:
        self._acts, self._clock, self._room = acts, clock, room
        self._counts: OrderedDict[Door, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, connection: HTTPConnection, caller: Caller, status: HTTPStatus) -> None:
        """Count a refusal with this status; those that refuse nobody in particular are left out."""
        if not _tells(caller, status):
            return
        method = str(connection.scope.get("method", "WEBSOCKET"))
        count = self._count((caller.name, method, _door(connection)))
        if not log10(count).is_integer():
            return
        told = {"method": method, "status": int(status), "count": count}
        try:
            self._acts.note(caller.name, "access.refused", connection.url.path, caller.address, **told)
        except StorageError as error:
            log.warning("a refusal cannot be written into the audit log: %s", error)

    def _count(self, door: Door) -> int:
        """How many there were within this minute, this one too."""
        now = self._clock.monotonic()
        with self._lock:
            began, count = self._counts.pop(door, (now, 0))
            if now - began >= WINDOW_S:
                began, count = now, 0
            self._counts[door] = began, count + 1
            while len(self._counts) > self._room:
                self._counts.popitem(last=False)
            return count + 1


def note_refusal(connection: HTTPConnection, status: HTTPStatus) -> None:
    """Note what the caller, if `auth` has found one, is refused."""
    caller = getattr(connection.state, "caller", None)
    if isinstance(caller, Caller):
        cast(Refusals, connection.app.state.refusals).note(connection, caller, status)


def note_refused_socket(socket: WebSocket, secret: str, status: HTTPStatus) -> None:
    """The same for a socket, whose caller is who holds the secret."""
    scope = cast(WebDeps, socket.app.state.deps).tokens.scope_of(secret)
    if scope is not None:
        socket.state.caller = Caller(scope, secret, address_of(socket))
        note_refusal(socket, status)


def _tells(caller: Caller, status: HTTPStatus) -> bool:
    if status is HTTPStatus.NOT_FOUND:
        return caller.scope.role not in SEE_EVERYTHING
    return status is HTTPStatus.FORBIDDEN


def _door(connection: HTTPConnection) -> str:
    endpoint = connection.scope.get("endpoint")
    return f"{endpoint.__module__}.{endpoint.__qualname__}" if endpoint else connection.url.path
