"""The first page: what waits, what is late, and where it comes from."""

from typing import cast
from zlib import crc32

from fastapi import APIRouter, Request
from fastapi.responses import Response

from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.store.today import DAYS, FOUND_TRUE, OVERDUE, SUSPECTED, Today
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.board import Board
from kitchenwatch.web.closeness import overload
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.language import language_of
from kitchenwatch.web.rendering import render
from kitchenwatch.web.trend import NARROW, WIDE, draw_trend

router = APIRouter()

LATEST = 8  # fills rows of two or four


@router.get("/")
def show_today(request: Request, deps: Deps, caller: AnyCaller) -> Response:
    """Everything in one look; scripts keep it true."""
    # Before the figures are read: what arrives in between is told twice rather than never.
    newest = deps.reading.newest_alert()
    today = _figures(request, caller)
    return render(
        request,
        "today.html",
        caller=caller,
        newest=newest,
        today=today,
        overload=overload(deps, caller.scope),
        drawn=crc32(repr(today.daily).encode()),  # the drawing's address changes when it does
        wide=WIDE,
        narrow=NARROW,
        days=DAYS,
        weights={"overdue": OVERDUE, "upheld": FOUND_TRUE, "open": SUSPECTED},
        latest=deps.reading.cases(caller.scope, CaseFilter(), limit=LATEST).cases,
    )


@router.get("/today/trend.svg")
def show_trend(request: Request, caller: AnyCaller, narrow: bool = False) -> Response:
    """The last days by kind, for a desk or for a phone."""
    today = _figures(request, caller)
    drawing = draw_trend(today.daily, today.dates, narrow, language_of(request))
    return Response(drawing, media_type="image/svg+xml")


def _figures(request: Request, caller: AnyCaller) -> Today:
    return cast(Board, request.app.state.board).today(caller.scope)
