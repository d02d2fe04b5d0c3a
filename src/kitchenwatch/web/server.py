"""The web server, whose open streams end with it."""

import socket

import uvicorn

from kitchenwatch.web.feed import Feed


class Server(uvicorn.Server):
    """Ends the event streams before it waits for the requests under way: these would never end by themselves."""

    def __init__(self, config: uvicorn.Config, feed: Feed) -> None:
        super().__init__(config)
        self._feed = feed

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As the base does."""
        self._feed.end()
        await super().shutdown(sockets)
