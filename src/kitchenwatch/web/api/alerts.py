"""The event stream of alerts."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast

from fastapi import APIRouter, Header, Query, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.feed import Feed
from kitchenwatch.web.schemas import RowId

router = APIRouter(prefix="/alerts", tags=["alerts"])

HEARTBEAT_S = 15  # proxies cut what is silent for 30 to 60 s
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
    told = tell(cast(Feed, request.app.state.feed), caller.secret, begin)
    return EventSourceResponse(told, ping=HEARTBEAT_S, ping_message_factory=_heartbeat, shutdown_grace_period=GRACE_S)


async def tell(feed: Feed, secret: str, last: int) -> AsyncIterator[ServerSentEvent | bytes]:
    """What the holder of `secret` may know after `last`, for as long as they may."""
    # An id without data moves a browser's Last-Event-ID, so that a cut before the first alert loses none.
    yield ServerSentEvent(id=str(last), retry=RETRY_MS)
    with feed.listening(secret, last) as listener:
        while not listener.ended:
            if told := await feed.take(listener):
                yield told
            else:
                await listener.news.wait()


def _heartbeat() -> ServerSentEvent:
    return ServerSentEvent(comment="still here")
