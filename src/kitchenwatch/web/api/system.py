"""How kitchenwatch itself is doing."""

from collections import Counter
from typing import cast

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.web.auth import AnyCaller, Caller, MaybeCaller, Overseer
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.schemas import Alive, CountsOut, HealthDetail

router = APIRouter(tags=["system"])


@router.get("/health", responses=responses(503))
def get_health(deps: Deps, caller: MaybeCaller) -> HealthDetail | Alive:
    """Whether it answers and its database does; who has signed in is told more."""
    newest = deps.reading.newest_alert()
    return _detail(deps, caller, newest) if caller else Alive(status="ok")


@router.get("/metrics", response_class=PlainTextResponse, responses=responses(403))
def get_metrics(request: Request, caller: Overseer) -> Response:
    """For Prometheus, with the API token of an admin or a viewer."""
    registry = cast(CollectorRegistry, request.app.state.metrics)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


@router.get("/public-key.pem", response_class=PlainTextResponse)
def get_public_key(deps: Deps, caller: AnyCaller) -> str:
    """The key that checks the seals of this installation's evidence."""
    return deps.public_key


def _detail(deps: WebDeps, caller: Caller, newest: int) -> HealthDetail:
    states = Counter(now.state for now in deps.reading.cameras(caller.scope))
    return HealthDetail(
        status="ok",
        version=deps.version,
        cameras=dict(states),
        cases=CountsOut.model_validate(deps.reading.counts(caller.scope, CaseFilter())),
        blobs_free=deps.blobs.free()[0],
        newest_alert=newest,
    )
