"""Tells new alerts to all listeners: read once a tick, however many listen, and only while anybody does.

Nothing is queued for a listener: each has a place in the outbox, and takes what lies beyond it from what the feed
keeps for all, or from the store where it is further behind. So nothing can be lost, and who reads slowly holds no
memory: `seq` rises in the order of commits (`store.database.serialize_outbox`).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice

from kitchenwatch.errors import StorageError
from kitchenwatch.model import Role, Scope
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.sight import hears
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.web.news import News, Recent

log = logging.getLogger(__name__)

POLL_S = 0.25  # alerts are for people
CHECK_S = 5.0  # a withdrawn token takes hold of a stream after this long, of what it tells at once
BATCH = 100  # alerts told to one listener at a time
GULP = 500  # alerts read at a time
EVERYTHING = Scope("feed", Role.VIEWER)


@dataclass(slots=True, eq=False)
class Listener:
    """One who listens.

    Attributes:
        secret: the token or session that gives the right to.
        last: the place up to which all in scope has been told.
        scope: what they may see, as of the newest tick; None before the first one.
        upto: the newest alert at that tick.
        ended: whether the right has, or the server is about to.
        news: set when there may be something to tell, or it has ended.
    """

    secret: str
    last: int
    scope: Scope | None = None
    upto: int = 0
    ended: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def entitle(self, scope: Scope | None, upto: int) -> None:
        """Say what they may hear now; None: nothing any more."""
        self.scope, self.upto, self.ended = scope, upto, self.ended or scope is None
        self.news.set()


@dataclass(frozen=True, slots=True)
class Tick:
    """What was read: new alerts, and after them who may see what."""

    news: Sequence[News]
    scopes: Mapping[str, Scope]
    whereabouts: Mapping[str, str]


class Feed:
    """Reads the outbox and everybody's rights while anybody listens."""

    def __init__(self, reading: Reading, tokens: Tokens) -> None:
        self._reading, self._tokens = reading, tokens
        self._listeners: set[Listener] = set()
        self._somebody = asyncio.Event()
        self._recent: Recent | None = None
        self._whereabouts: Mapping[str, str] = {}
        self._checked = 0.0
        self._ending = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look for news in the background."""
        task = asyncio.create_task(self._run(), name="feed")
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @contextmanager
    def listening(self, secret: str, last: int) -> Iterator[Listener]:
        """Somebody listens from the place `last` on, within the block."""
        listener = Listener(secret, last, ended=self._ending)
        self._listeners.add(listener)
        self._somebody.set()
        try:
            yield listener
        finally:
            self._listeners.remove(listener)
            if not self._listeners:
                self._somebody.clear()
                self._recent = None  # what comes meanwhile is not read

    def end(self) -> None:
        """The server ends: nobody is told anything any more."""
        self._ending = True
        for listener in self._listeners:
            listener.ended = True
            listener.news.set()

    async def take(self, listener: Listener) -> bytes:
        """What is to be told next, as server-sent events; empty if nothing is for now. Raises StorageError."""
        listener.news.clear()
        if self._recent is None or listener.scope is None:
            return b""
        if listener.last < self._recent.begins:
            return await self._from_store(listener, self._recent.newest)
        beyond = self._recent.between(listener.last, listener.upto)
        told = list(islice((news for news in beyond if hears(listener.scope, news.site, self._whereabouts)), BATCH))
        _move(listener, told, listener.upto)
        return b"".join(news.text for news in told)

    async def _from_store(self, listener: Listener, newest: int) -> bytes:
        """The same for who is further behind; up to `newest` everything is committed."""
        scope = await asyncio.to_thread(self._tokens.scope_of, listener.secret)
        if scope is None:
            listener.entitle(None, listener.upto)
            return b""
        told = await asyncio.to_thread(_read, self._reading, scope, listener.last, BATCH)
        _move(listener, told, newest)
        return b"".join(news.text for news in told)

    async def _run(self) -> None:
        while await self._somebody.wait():
            try:
                await self._look()
            except StorageError as error:
                log.warning("the event stream cannot see new alerts: %s", error)
                await asyncio.sleep(CHECK_S)
            await asyncio.sleep(POLL_S)

    async def _look(self) -> None:
        """One tick. Who is not asked for in it is told nothing of it."""
        recent = self._recent or Recent(await asyncio.to_thread(self._reading.newest_alert))
        listeners, now = tuple(self._listeners), asyncio.get_running_loop().time()
        due = now - self._checked >= CHECK_S or any(listener.scope is None for listener in listeners)
        secrets = {listener.secret for listener in listeners}
        tick = await asyncio.to_thread(self._tick, recent.newest, secrets, due)
        if not self._listeners:
            return
        self._recent = recent
        if tick is not None:
            recent.add(tick.news)
            self._checked, self._whereabouts = now, tick.whereabouts
            for listener in listeners:
                listener.entitle(tick.scopes.get(listener.secret), recent.newest)

    def _tick(self, after: int, secrets: set[str], due: bool) -> Tick | None:
        """None: there is nothing new, and rights need not be looked at. These come last: they hold for the news."""
        news = _read(self._reading, EVERYTHING, after, GULP)
        if not news and not due:
            return None
        return Tick(news, self._tokens.scopes_of(secrets), self._reading.whereabouts())


def _read(reading: Reading, scope: Scope, after: int, limit: int) -> list[News]:
    return [News.of(alert) for alert in reading.alerts(scope, after, limit)]


def _move(listener: Listener, told: Sequence[News], upto: int) -> None:
    """All in scope has been told up to `upto`, unless there was more than fits."""
    listener.last = told[-1].seq if len(told) == BATCH else max([listener.last, upto, *(news.seq for news in told)])
