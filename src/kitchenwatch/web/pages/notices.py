"""The business's side: what is asked of it, and its answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from pydantic import Field
from starlette.datastructures import FormData

from kitchenwatch.errors import Invalid
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, EvidenceKind
from kitchenwatch.photos.examine import LARGEST
from kitchenwatch.photos.refusal import PhotoRefused, Unfit
from kitchenwatch.store.loop import Move
from kitchenwatch.store.reading import CaseFilter
from kitchenwatch.store.tables import Case
from kitchenwatch.store.uploads import MOST, waiting
from kitchenwatch.web.api.uploads import Awaited
from kitchenwatch.web.auth import Business, Caller
from kitchenwatch.web.deps import Deps, WebDeps
from kitchenwatch.web.multipart import Where, form_of, heard, photos_in
from kitchenwatch.web.receiving import Arrival, Receives, Receiving
from kitchenwatch.web.rendering import render
from kitchenwatch.web.schemas import Line, Paragraph, Revision

router = APIRouter()

SHOWN = 200  # of each list; a business with more waiting has other worries
DONE_SHOWN = 30
PHOTOS = MOST[EvidenceKind.PHOTO]
LARGEST_ANSWER = 100 * 1024**2  # bytes; without scripts all photos come at once
FIELDS = 40


@dataclass(frozen=True, slots=True)
class Notices:
    """What waits for an answer, by urgency; then what has been answered, and what is over."""

    overdue: Sequence[Case]
    today: Sequence[Case]
    later: Sequence[Case]
    answered: Sequence[Case]
    closed: Sequence[Case]

    @property
    def none(self) -> bool:
        return not (self.overdue or self.today or self.later or self.answered or self.closed)


class AnswerIn(Where):
    """What comes with an answer; `uploads` have been sent before."""

    revision: Revision
    remark: Paragraph = ""
    uploads: Annotated[list[UUID], Field(max_length=2 * PHOTOS)]


@router.get("/notices")
def show_notices(request: Request, deps: Deps, caller: Business) -> Response:
    """Everything asked of the caller's sites, the most urgent first."""
    return render(request, "notices.html", caller=caller, notices=_notices(deps, caller))


@router.get("/notices/{case}")
def show_notice(request: Request, deps: Deps, caller: Business, case: UUID) -> Response:
    """What was seen, what is asked, what was answered before, and the answer."""
    return _notice(request, deps, caller, deps.reading.case(caller.scope, case))


@router.post("/notices/phone")
def post_phone(deps: Deps, caller: Business, phone: Annotated[Line, Form()], case: Annotated[UUID, Form()]) -> Response:
    """The caller's phone number, for their watermarks; back to the case."""
    deps.users.set_phone(caller.name, caller.name, phone, caller.address)
    return RedirectResponse(f"/notices/{case}", HTTPStatus.SEE_OTHER)


@router.post("/notices/{case}/uploads/{upload}/remove")
def post_remove(deps: Deps, caller: Business, case: UUID, upload: UUID) -> Response:
    """Take a photo back; to the case again."""
    deps.reading.check_case(caller.scope, case)
    deps.uploads.take_back(case, upload, caller.actor)
    return RedirectResponse(f"/notices/{case}", HTTPStatus.SEE_OTHER)


@router.post("/notices/{case}/answer", max_body_size=LARGEST_ANSWER)
async def post_answer(request: Request, deps: Deps, receiving: Receives, caller: Business, case: Awaited) -> Response:
    """Answer with photos sent before, or in this very form; to the case, or the form again with what is wrong."""
    async with form_of(request, files=2 * PHOTOS, fields=FIELDS) as form:
        answer = _heard(form)
        try:
            sent = await _take_all(receiving, caller, case, form, answer)
            move = Move(Act.RECTIFY, answer.revision, answer.remark.strip(), uploads=(*answer.uploads, *sent))
            await run_in_threadpool(deps.loop.act, case.id, move, caller.actor)
        except Invalid as error:
            return await run_in_threadpool(_again, request, deps, caller, case.id, answer.remark, error)
    return RedirectResponse(f"/notices/{case.id}#sent", HTTPStatus.SEE_OTHER)


def _notices(deps: WebDeps, caller: Caller) -> Notices:
    def of(status: CaseStatus, limit: int) -> Sequence[Case]:
        return deps.reading.cases(caller.scope, CaseFilter(status=status), limit=limit).cases

    now = deps.clock.now()
    asked = sorted(of(CaseStatus.DISPATCHED, SHOWN), key=_deadline)
    late = [case for case in asked if _deadline(case) < now]
    today = [case for case in asked if case not in late and _is_today(case, now)]
    return Notices(
        overdue=late,
        today=today,
        later=[case for case in asked if case not in late and case not in today],
        answered=of(CaseStatus.RECTIFIED, SHOWN),
        closed=of(CaseStatus.CLOSED, DONE_SHOWN),
    )


def _deadline(case: Case) -> datetime:
    assert case.deadline is not None  # an order has one
    return case.deadline


def _is_today(case: Case, now: datetime) -> bool:
    zone = ZoneInfo(case.site.timezone)
    return _deadline(case).astimezone(zone).date() == now.astimezone(zone).date()


def _notice(
    request: Request,
    deps: WebDeps,
    caller: Caller,
    case: Case,
    remark: str = "",
    refused: Unfit | str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    drafts = waiting(case, caller.name)
    return render(
        request,
        "notice.html",
        status,
        caller=caller,
        case=case,
        evidence={piece.kind: piece for piece in case.evidence if piece.deleted_at is None},
        rounds=[step for step in case.steps if step.act in (Act.DISPATCH, Act.RECTIFY, Act.RETURN, Act.CLOSE)],
        photos=[upload for upload in drafts if upload.purpose == EvidenceKind.PHOTO],
        portraits=[upload for upload in drafts if upload.purpose == EvidenceKind.PORTRAIT],
        most=PHOTOS,
        largest=LARGEST,
        phone=deps.users.get(caller.name).phone,
        remark=remark,
        refused=refused,
        unfit=list(Unfit),
    )


def _again(request: Request, deps: WebDeps, caller: Caller, case: UUID, remark: str, error: Invalid) -> Response:
    """The form with what was written, the photos that were fit, and what was not."""
    refused = error.unfit if isinstance(error, PhotoRefused) else "incomplete"
    row = deps.reading.case(caller.scope, case)
    return _notice(request, deps, caller, row, remark, refused, HTTPStatus.UNPROCESSABLE_ENTITY)


def _heard(form: FormData) -> AnswerIn:
    said = {name: value for name, value in form.items() if isinstance(value, str) and name != "uploads"}
    return heard(AnswerIn, {**said, "uploads": form.getlist("uploads")})


async def _take_all(receiving: Receiving, caller: Caller, case: Case, form: FormData, answer: AnswerIn) -> list[UUID]:
    """Ids of the photos in the form itself."""
    taken = []
    for field, purpose in (("photos", EvidenceKind.PHOTO), ("portrait", EvidenceKind.PORTRAIT)):
        for file in photos_in(form, field):
            receiving.begin(caller)
            upload = await receiving.take(caller, case, Arrival(file.file, purpose, answer.position))
            taken.append(upload.id)
    return taken
