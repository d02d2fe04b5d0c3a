"""One page watching one camera over a WebSocket, for as long as it may.

To the page: a reel as text, its beginning and pieces as bytes, what was seen and how the camera is as text. From the
page, as text: `boxes on`, `boxes off`, `film off` (it cannot play what the camera sends).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

import anyio
from fastapi import WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketDisconnected

from kitchenwatch.errors import Forbidden, NotFound, StorageError, Unauthenticated
from kitchenwatch.model import CameraState
from kitchenwatch.sources.broadcast import Reel
from kitchenwatch.web.auth import COOKIE, LONGEST_SECRET, from_our_pages
from kitchenwatch.web.closeness import closeness
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.live_messages import Message, pulse_message, reel_message, seen_message
from kitchenwatch.web.live_view import FilmViewer

log = logging.getLogger(__name__)

PULSE_S = 1.0
CHECK_S = 3.0  # a withdrawn right takes hold of an open view after this long
FAREWELL_S = 1.0  # for somebody who does not read
# Close codes of our own, as HTTP's; and the standard's "service restart": come again.
SIGNED_OUT, GONE, AGAIN = 4401, 4404, 1012


def secret_of(socket: WebSocket) -> str:
    """The bearer token, or the session of one of our own pages.

    Raises Unauthenticated, Forbidden (another site's page asks).
    """
    kind, _, secret = socket.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer":
        secret = socket.cookies.get(COOKIE, "")
        if secret and not from_our_pages(socket):
            raise Forbidden("a browser session watches only from kitchenwatch's own pages -> use an API token")
    if not secret or len(secret) > LONGEST_SECRET:
        raise Unauthenticated("sign in, or send an API token as `Authorization: Bearer kw_…`")
    return secret


def states_for(deps: WebDeps, secret: str, camera: str) -> tuple[CameraState, ...]:
    """What the camera suffers from now, if the holder of the secret may know. Raises Unauthenticated, NotFound."""
    scope = deps.tokens.scope_of(secret)
    if scope is None:
        raise Unauthenticated("the session has ended -> sign in")
    now = deps.reading.camera(scope, camera)
    if not now.camera.active:
        raise NotFound(f"there is no camera {camera!r}")
    return tuple(CameraState(trouble.state) for trouble in now.troubles)


class LiveSocket:
    """Sends until the page goes, its right ends, or the camera's line is built anew.

    Args:
        states: what the camera suffers from, as of now.
    """

    def __init__(
        self, socket: WebSocket, deps: WebDeps, secret: str, camera: str, states: tuple[CameraState, ...]
    ) -> None:
        self._socket, self._deps, self._secret, self._camera = socket, deps, secret, camera
        self._view = deps.live(camera)
        self._states = states
        self._news = asyncio.Event()
        self._viewer: FilmViewer | None = None
        self._boxes = False
        self._told: object = None
        self._end: int | None = None

    async def run(self) -> None:
        """Until its end."""
        await self._socket.accept()
        leave = self._come()
        try:
            await self._together(self._listen, self._send, self._pulse, self._check)
        finally:
            leave()
        if self._end is not None:
            with anyio.move_on_after(FAREWELL_S), suppress(WebSocketDisconnect):
                await self._socket.close(self._end)

    def _come(self) -> Callable[[], None]:
        """Begin to be told; returns what ends it."""
        if self._view is None:
            return lambda: None
        wake = _waker(asyncio.get_running_loop(), self._news)
        deaf = self._view.sights.listen(wake)
        self._viewer = self._view.film.watch(wake) if self._view.film else None
        self._news.set()

        def leave() -> None:
            deaf()
            self._blind()

        return leave

    def _blind(self) -> None:
        if self._viewer:
            self._viewer.close()
        self._viewer = None

    async def _together(self, *parts: Callable[[], Awaitable[None]]) -> None:
        """All at once; the first that ends, ends all."""

        async def run(part: Callable[[], Awaitable[None]]) -> None:
            with suppress(WebSocketDisconnect, WebSocketDisconnected):  # the page may go at any moment
                await part()
            group.cancel_scope.cancel()

        async with anyio.create_task_group() as group:
            for part in parts:
                group.start_soon(run, part)

    async def _listen(self) -> None:
        while (message := await self._socket.receive())["type"] == "websocket.receive":
            match message.get("text"):
                case "boxes on":
                    self._boxes, self._told = True, None
                    self._news.set()
                case "boxes off":
                    self._boxes = False
                case "film off":
                    self._blind()

    async def _send(self) -> None:
        while await self._news.wait():
            self._news.clear()
            for part in self._viewer.take() if self._viewer else ():
                await self._send_film(part)
            await self._send_seen()

    async def _send_film(self, part: Reel | bytes) -> None:
        if isinstance(part, Reel):
            await self._tell(reel_message(part))
            part = part.init
        await self._socket.send_bytes(part)

    async def _send_seen(self) -> None:
        seen = self._view.sights.newest if self._view else None
        if self._boxes and seen is not None and seen is not self._told:
            self._told = seen
            await self._tell(seen_message(seen))

    async def _pulse(self) -> None:
        while True:
            view = self._view
            seen, idle_s = (view.sights.newest, view.idle_s()) if view else (None, None)
            attention = None if self._states else closeness(self._deps, self._camera)
            await self._tell(pulse_message(seen, self._states, idle_s, attention))
            await anyio.sleep(PULSE_S)

    async def _check(self) -> None:
        while self._end is None:
            await anyio.sleep(CHECK_S)
            self._end = await self._reason_to_end()

    async def _reason_to_end(self) -> int | None:
        try:
            self._states = await asyncio.to_thread(states_for, self._deps, self._secret, self._camera)
        except Unauthenticated:
            return SIGNED_OUT
        except NotFound:
            return GONE
        except StorageError as error:
            log.warning("a live view's rights cannot be checked now: %s", error)
        return None if self._deps.live(self._camera) is self._view else AGAIN

    async def _tell(self, message: Message) -> None:
        await self._socket.send_json(message)


def _waker(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> Callable[[], None]:
    def wake() -> None:
        with suppress(RuntimeError):  # the loop is closed: the server has ended
            loop.call_soon_threadsafe(news.set)

    return wake
