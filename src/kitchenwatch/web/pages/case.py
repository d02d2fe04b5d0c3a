"""The page of one case: what was seen, what has been done, and what its reader may do now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field, NaiveDatetime, model_validator

from kitchenwatch.errors import Conflict, Invalid
from kitchenwatch.lifecycle import LONGEST, SEVERITY, Act, Severity, acts_for, deadline_for
from kitchenwatch.model import CaseStatus, Kind, Mistaken, VerdictReason
from kitchenwatch.store.cursor import Cursor
from kitchenwatch.store.loop import Move, standing_of
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.store.tables import Case
from kitchenwatch.web.auth import DECIDING, AnyCaller, Decider
from kitchenwatch.web.chart import chart
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.orders import ASKED, MISSING
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Paragraph, Revision

router = APIRouter()

DISMISSALS = [reason for reason in VerdictReason if reason is not VerdictReason.VIOLATION]
# As `schemas.Moment`, for a clock without a zone.
LocalMoment = Annotated[NaiveDatetime, Field(ge=datetime(2000, 1, 1), lt=datetime(2200, 1, 1))]  # noqa: DTZ001


class ActForm(BaseModel):
    """What the page's forms send; what is left empty is not said."""

    act: Act
    revision: Revision
    remark: Paragraph = ""
    reason: VerdictReason | None = None
    mistaken: Mistaken | None = None
    severity: Severity | None = None
    deadline: LocalMoment | None = None
    asked: Paragraph = ""

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, said: Any) -> Any:
        return {name: value for name, value in said.items() if value != ""} if isinstance(said, dict) else said

    def move(self, zone: str) -> Move:
        """As the case loop takes it; the deadline was told by the site's clock."""
        deadline = self.deadline.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if self.deadline else None
        said = self.model_dump(exclude={"deadline", "remark", "asked"})
        return Move(**said, deadline=deadline, remark=self.remark.strip(), asked=self.asked.strip())


@dataclass(frozen=True, slots=True)
class Refused:
    """An act that was not done: what was typed, and why not."""

    typed: ActForm
    status: HTTPStatus
    detail: str


@router.get("/cases/{case}")
def show_case(request: Request, deps: Deps, caller: AnyCaller, case: UUID) -> Response:
    """The whole story."""
    return _page(request, deps, caller, case)


@router.post("/cases/{case}/act")
def post_act(request: Request, deps: Deps, caller: AnyCaller, case: UUID, form: Annotated[ActForm, Form()]) -> Response:
    """Back to the case; if it was not done, with all that was typed and what others have done meanwhile."""
    zone = deps.reading.case(caller.scope, case).site.timezone
    try:
        deps.loop.act(case, form.move(zone), caller.actor)
    except Conflict as error:
        return _page(request, deps, caller, case, Refused(form, HTTPStatus.CONFLICT, str(error)))
    except Invalid as error:
        return _page(request, deps, caller, case, Refused(form, HTTPStatus.UNPROCESSABLE_ENTITY, str(error)))
    return RedirectResponse(f"/cases/{case}", HTTPStatus.SEE_OTHER)


@router.post("/cases/{case}/hold")
def post_hold(deps: Deps, caller: Decider, case: UUID, hold: Annotated[bool, Form()]) -> Response:
    """Keep the evidence whatever its age, or no longer; back to the case."""
    deps.reading.check_case(caller.scope, case)
    deps.loop.hold(case, hold, caller.actor)
    return RedirectResponse(f"/cases/{case}", HTTPStatus.SEE_OTHER)


def _page(request: Request, deps: WebDeps, caller: AnyCaller, id: UUID, refused: Refused | None = None) -> Response:
    newest = deps.reading.newest_alert()
    case = deps.reading.case(caller.scope, id)
    seen = case.violation
    return render(
        request,
        "case.html",
        refused.status if refused else HTTPStatus.OK,
        caller=caller,
        newest=newest,
        case=case,
        evidence={piece.kind: piece for piece in case.evidence},
        chart=chart(seen.scores, seen.opened) if seen else None,
        acts=acts_for(standing_of(case), caller.scope.role),
        refused=refused,
        meanwhile=[step for step in case.steps if refused and step.revision > refused.typed.revision],
        may_decide=caller.scope.role in DECIDING,
        districts={district.id: district.name for district in deps.reading.districts(caller.scope)},
        next_open=_next_open(deps, caller, case),
        **_forms(case, deps.clock.now()),
    )


def _forms(case: Case, now: datetime) -> dict[str, Any]:
    """What the forms propose."""
    zone = ZoneInfo(case.site.timezone)

    def field(at: datetime) -> str:
        """As an input of the type `datetime-local` takes it."""
        return f"{at.astimezone(zone):%Y-%m-%dT%H:%M}"

    return {
        "dismissals": DISMISSALS,
        "mistakens": list(Mistaken),
        "severity": Severity(case.severity) if case.severity else SEVERITY[Kind(case.kind)],
        "proposed": {severity: field(deadline_for(severity, now)) for severity in Severity},
        "soonest": field(now),
        "latest": field(now + LONGEST),
        "sentences": ASKED[case.kind],
        "missing": MISSING,
    }


def _next_open(deps: WebDeps, caller: AnyCaller, case: Case) -> UUID | None:
    """The next older case that waits for a verdict, so that a reviewer can go on."""
    here = Cursor(case.opened_at, case.id).text()
    page = deps.reading.cases(caller.scope, CaseFilter(status=CaseStatus.OPEN), here, 1)
    return page.cases[0].id if page.cases else None
