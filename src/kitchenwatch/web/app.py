"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.staticfiles import StaticFiles

from kitchenwatch.web import api, metrics, pages, problems
from kitchenwatch.web.board import Board
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.feed import Feed
from kitchenwatch.web.headers import SafeHeaders
from kitchenwatch.web.live_stills import Stills
from kitchenwatch.web.previews import Previews
from kitchenwatch.web.receiving import Receiving
from kitchenwatch.web.refusals import Refusals
from kitchenwatch.web.rendering import environments
from kitchenwatch.web.throttle import Throttle

LARGEST_BODY = 64 * 1024  # bytes; an honest request has a few hundred
TAGS = [
    {"name": "cases", "description": "Violations as people handle them, with their evidence."},
    {"name": "places", "description": "Sites, cameras, and the health of these."},
    {"name": "alerts", "description": "What is new, as server-sent events."},
    {"name": "account", "description": "Your own sign-in, password and tokens."},
    {"name": "users", "description": "Everybody's; for admins."},
    {"name": "audit", "description": "Who did what; for admins."},
    {"name": "system", "description": "How kitchenwatch itself is doing."},
]
ABOUT = """Everything asks for an API token (`Authorization: Bearer kw_…`) or a browser session, except `/health`
and `/login`. You see your own: admins and viewers everything, regulators the sites of their districts, businesses
their sites; what lies outside answers 404. Errors are RFC 9457 problem documents. Times are UTC."""


def create_app(deps: WebDeps) -> FastAPI:
    """The API, its event stream and the pages; serve it with uvicorn."""
    feed = Feed(deps.reading, deps.tokens)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with feed.running():
            yield

    # No `/docs`: its page loads scripts from elsewhere.
    app = FastAPI(
        title="kitchenwatch",
        version=deps.version,
        description=ABOUT,
        openapi_tags=TAGS,
        openapi_url=f"{api.ROOT}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.deps = deps
    app.state.feed = feed
    app.state.throttle = Throttle(deps.clock)
    app.state.refusals = Refusals(deps.acts, deps.clock)
    app.state.previews = Previews(deps.blobs)
    app.state.receiving = Receiving(deps)
    app.state.stills = Stills(deps.clock)
    app.state.board = Board(deps.reading, deps.clock)
    app.state.metrics = metrics.registry(deps)
    app.state.templates = environments()
    app.include_router(api.routes())
    app.include_router(pages.routes())
    app.mount("/static", StaticFiles(packages=[("kitchenwatch.web", "static")]), name="static")
    problems.install(app)
    # Within the headers, which FastAPI would put it around: its refusals are answers like any other.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_BODY)
    app.add_middleware(SafeHeaders)
    return app
