"""Headers that every answer carries, whatever the route."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with it browsers send `Origin: null` from our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # For photos of what was put right, and of who sends them.
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


class SafeHeaders:
    """Adds the headers that keep a browser from being used against its owner."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if _leaves_much(scope, message["status"]):
                    headers["Connection"] = "close"
                headers.setdefault("Cache-Control", "no-cache" if "etag" in headers else "no-store")
            await send(message)

        await self._app(scope, receive, sending)


def _leaves_much(scope: Scope, status: int) -> bool:
    """Whether a body without end may still be on its way: the server would read it to the last byte otherwise."""
    endless = any(name == b"transfer-encoding" for name, _ in scope["headers"])
    return status == 413 or (status >= 400 and endless)
