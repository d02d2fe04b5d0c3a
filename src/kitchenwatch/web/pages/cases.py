"""The list of cases, as a page."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from kitchenwatch.model import CaseStatus, Kind, Origin
from kitchenwatch.web.auth import DECIDING, AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.language import language_of
from kitchenwatch.web.listing import Listing, View, zone_of
from kitchenwatch.web.rendering import render
from kitchenwatch.web.spreadsheet import rows

router = APIRouter()

CARDS = 24  # fills rows of two, three or four
ROWS = 50


@router.get("/cases")
def show_cases(request: Request, deps: Deps, caller: AnyCaller, asked: Annotated[Listing, Query()]) -> Response:
    """Cases as cards or as a table, newest first."""
    # Before the cases are read: what arrives in between is told twice rather than never.
    newest = deps.reading.newest_alert()
    sites = deps.reading.sites(caller.scope)
    wanted = asked.filter(zone_of(sites, asked.site))
    every = replace(wanted, status=None, overdue=None)
    length = ROWS if asked.view is View.TABLE else CARDS
    return render(
        request,
        "cases.html",
        caller=caller,
        newest=newest,
        asked=asked,
        page=deps.reading.cases(caller.scope, wanted, asked.cursor, length),
        statuses=list(CaseStatus),
        counts=deps.reading.counts(caller.scope, every),
        late=sum(deps.reading.counts(caller.scope, replace(every, overdue=True)).values()),
        sites=sites,
        districts={district.id: district.name for district in deps.reading.districts(caller.scope)},
        kinds=list(Kind),
        origins=list(Origin),
        zone=zone_of(sites, asked.site),
        may_find=caller.scope.role in DECIDING,
    )


@router.get("/cases.csv")
def export_cases(request: Request, deps: Deps, caller: AnyCaller, asked: Annotated[Listing, Query()]) -> Response:
    """The whole list that the filter finds, for a spreadsheet."""
    zone = zone_of(deps.reading.sites(caller.scope), asked.site)
    told = rows(deps.reading, caller.scope, asked.filter(zone), language_of(request))
    headers = {"Content-Disposition": 'attachment; filename="cases.csv"'}
    return StreamingResponse(told, media_type="text/csv; charset=utf-8", headers=headers)
