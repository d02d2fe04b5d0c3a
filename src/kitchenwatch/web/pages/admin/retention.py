"""What is kept how long, how full the disk is, and what a legal hold keeps."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.rendering import render

router = APIRouter()

HOLDS = 100  # shown; their number is told in any case


@router.get("/retention")
def show_retention(request: Request, deps: Deps, caller: Admin) -> Response:
    """All of it on one page."""
    free, total = deps.blobs.free()
    keeping = deps.administration.keeping
    number, held = keeping.held(HOLDS)
    return render(
        request,
        "admin/retention.html",
        caller=caller,
        policy=deps.administration.retention,
        free=free,
        total=total,
        kept=keeping.kept(),
        held=held,
        number=number,
    )
