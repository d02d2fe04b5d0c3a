"""The channels of the file, and a test of each."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.web.administration import TestResult, Who
from kitchenwatch.web.auth import Admin, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Id

router = APIRouter(prefix="/channels")


@router.get("")
def show_channels(request: Request, deps: Deps, caller: Admin) -> Response:
    """Where alerts go, and how it went so far."""
    return _page(request, deps, caller, None)


@router.post("/{name}/test")
def post_test(request: Request, deps: Deps, caller: Admin, name: Id) -> Response:
    """Sends a test message, and tells what became of it."""
    return _page(request, deps, caller, deps.administration.channels.test(Who(caller.name, caller.address), name))


def _page(request: Request, deps: WebDeps, caller: Caller, result: TestResult | None) -> Response:
    return render(
        request,
        "admin/channels.html",
        caller=caller,
        channels=deps.administration.channels.all(),
        tallies=deps.reading.tallies()["deliveries"],
        result=result,
    )
