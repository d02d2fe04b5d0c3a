"""The audit log, searched by who, what, on what, when and from where."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse

from kitchenwatch.store.audit import AuditFilter
from kitchenwatch.store.tables import Audit
from kitchenwatch.web.auth import Admin
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Line, RowId

router = APIRouter()

PAGE, BATCH = 50, 1000
ZONE = "Asia/Shanghai"  # days are told and asked for by one clock, whatever the site
COLUMNS = ("id", "at", "actor", "action", "subject", "address", "data")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a spreadsheet knows one


class Search:
    """What is looked for, as the form says it."""

    def __init__(
        self,
        actor: Annotated[Line, Query()] = "",
        action: Annotated[Line, Query()] = "",
        subject: Annotated[Line, Query()] = "",
        address: Annotated[Line, Query()] = "",
        since: Annotated[date | str, Query(max_length=10)] = "",
        until: Annotated[date | str, Query(max_length=10)] = "",
    ) -> None:
        self.said = {"actor": actor.strip(), "action": action, "subject": subject.strip(), "address": address.strip()}
        self.since, self.until = _day(since), _day(until)

    def filter(self) -> AuditFilter:
        """For the store; the last day is included."""
        said = {name: value or None for name, value in self.said.items()}
        until = self.until + timedelta(days=1) if self.until else None
        return AuditFilter(**said, since=_midnight(self.since), until=_midnight(until))

    def query(self) -> str:
        """For links."""
        days = {"since": self.since, "until": self.until}
        return urlencode({name: str(value) for name, value in (self.said | days).items() if value})


Wanted = Annotated[Search, Depends()]


@router.get("/audit")
def show_audit(request: Request, deps: Deps, caller: Admin, search: Wanted, before: RowId | None = None) -> Response:
    """The newest first."""
    rows = deps.reading.audit(before, PAGE + 1, search.filter())
    page = rows[:PAGE]
    return render(
        request,
        "admin/audit.html",
        caller=caller,
        search=search,
        rows=page,
        first=before is None,
        next=page[-1].id if len(rows) > PAGE else None,
        actions=deps.reading.audited_actions(),
        people=[user.name for user in deps.users.all()],
        zone=ZONE,
        told=_told,
    )


@router.get("/audit.csv")
def get_audit(deps: Deps, caller: Admin, search: Wanted) -> Response:
    """All that is found, for a spreadsheet; times are UTC."""
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(_lines(deps, search.filter()), headers=headers, media_type="text/csv; charset=utf-8")


def _lines(deps: WebDeps, asked: AuditFilter) -> Iterator[str]:
    yield "\ufeff" + _line(COLUMNS)  # Excel takes it for another encoding without the mark
    before: int | None = None
    while rows := deps.reading.audit(before, BATCH, asked):
        yield "".join(_line(_cells(row)) for row in rows)
        before = rows[-1].id


def _told(data: Mapping[str, Any], indent: int | None = 1) -> str:
    return json.dumps(data, ensure_ascii=False, indent=indent)


def _cells(row: Audit) -> tuple[str, ...]:
    data = _told(row.data, None) if row.data else ""
    return (str(row.id), row.at.isoformat(), row.actor, row.action, row.subject, row.address, data)


def _line(cells: tuple[str, ...]) -> str:
    told = io.StringIO()
    csv.writer(told).writerow(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)
    return told.getvalue()


def _day(said: date | str) -> date | None:
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), ZoneInfo(ZONE)) if day else None
