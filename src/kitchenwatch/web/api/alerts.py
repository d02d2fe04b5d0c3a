"""The event stream of alerts.

Each listener reads the outbox from where it stood, so nothing is queued for it and nothing can be lost: `seq`
rises in the order of commits (`store.database.serialize_outbox`).
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast

import anyio
from fastapi import APIRouter, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from kitchenwatch.alerts.message import event_body
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.feed import Feed
from kitchenwatch.web.schemas import RowId

router = APIRouter(prefix="/alerts", tags=["alerts"])

BATCH = 100
HEARTBEAT_S = 15  # proxies cut what is silent for 30 to 60 s
CHECK_S = 5.0  # a withdrawn token or a changed role takes hold of an open stream after this long
RETRY_MS = 2000
GRACE_S = 1.0  # what a stream may take to end when the server does; it waits for nothing then


@router.get("/stream", response_class=EventSourceResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def stream(
    request: Request,
    deps: Deps,
    caller: AnyCaller,
    after: Annotated[RowId | None, Query(description="begin after this alert; without it, with what comes now")] = None,
    last_event_id: Annotated[RowId | None, Header(description="what a returning EventSource sends")] = None,
) -> EventSourceResponse:
    """Server-sent events: `id` is the alert's place in the outbox, `event` its type, `data` a CloudEvent in JSON."""
    newest = await asyncio.to_thread(deps.reading.newest_alert)
    known = last_event_id if last_event_id is not None else after
    # A number from before the database was replaced must not mute the stream.
    begin = newest if known is None else min(known, newest)
    ending = anyio.Event()
    told = tell(deps, cast(Feed, request.app.state.feed), caller.secret, begin, ending)
    return EventSourceResponse(
        told,
        ping=HEARTBEAT_S,
        ping_message_factory=_heartbeat,
        shutdown_event=ending,
        shutdown_grace_period=GRACE_S,
    )


async def tell(
    deps: WebDeps, feed: Feed, secret: str, last: int, ending: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    """What the holder of `secret` may know after `last`, for as long as they may and the server is not `ending`."""
    # An id without data moves a browser's Last-Event-ID, so that a cut before the first alert loses none.
    yield ServerSentEvent(id=str(last), retry=RETRY_MS)
    while not ending.is_set() and (scope := await asyncio.to_thread(deps.tokens.scope_of, secret)):
        newest = feed.newest
        alerts = await asyncio.to_thread(deps.reading.alerts, scope, last, BATCH)
        for alert in alerts:
            yield ServerSentEvent(event_body(alert).decode(), event=alert.type, id=str(alert.seq))
        last = max([last, *(alert.seq for alert in alerts)])
        if len(alerts) < BATCH:
            last = max(last, newest)  # up to there everything is committed, and nothing else is in scope
            await _news(feed, last, ending)


async def _news(feed: Feed, last: int, ending: anyio.Event) -> None:
    """Wait until there is an alert after `last`, it is time to check rights again, or the server ends."""
    async with anyio.create_task_group() as waiting:

        async def end() -> None:
            await ending.wait()
            waiting.cancel_scope.cancel()

        waiting.start_soon(end)
        await feed.beyond(last, CHECK_S)
        waiting.cancel_scope.cancel()


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="still here")
