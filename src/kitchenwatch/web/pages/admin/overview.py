"""The first page of the administration: what is declared where, and what contradicts itself."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render

router = APIRouter()


@router.get("")
def show_overview(request: Request, deps: Deps, caller: Admin) -> Response:
    """Clashes between file and console first."""
    free, total = deps.blobs.free()
    return render(
        request,
        "admin/overview.html",
        caller=caller,
        holding=deps.administration.declaring.holding(),
        users=len(deps.users.all()),
        sessions=len(deps.tokens.sessions()),
        channels=len(deps.administration.channels.all()),
        free=free,
        total=total,
    )
