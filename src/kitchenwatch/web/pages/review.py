"""The page where cases are judged one after the other; it works without scripts, and fast with them."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, Kind, Mistaken, VerdictReason
from kitchenwatch.web.auth import Decider
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.judgement import Judgement
from kitchenwatch.web.language import language_of
from kitchenwatch.web.queue import AskedQueue, Queue
from kitchenwatch.web.rendering import render
from kitchenwatch.web.review import WINDOW, reviewed, window
from kitchenwatch.web.schemas import Paragraph, Revision, VerdictIn
from kitchenwatch.web.verdict import decide, withdraw
from kitchenwatch.web.words import word

router = APIRouter()

SPANS = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
SCORES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
WORDS = (*Kind, *CaseStatus, *VerdictReason, *(mistaken for mistaken in Mistaken if mistaken is not Mistaken.OTHER))


@router.get("/review")
def show_review(
    request: Request,
    deps: Deps,
    caller: Decider,
    asked: AskedQueue,
    after: Annotated[str | None, Query(max_length=200)] = None,
    judged: UUID | None = None,
) -> Response:
    """The first case of the queue beyond `after`, and what waits behind it; `judged` is the one just decided."""
    # Before the cases are read: what arrives in between is told twice rather than never.
    newest = deps.reading.newest_alert()
    language = language_of(request)
    return render(
        request,
        "review.html",
        caller=caller,
        newest=newest,
        window=window(deps, caller, asked, after, WINDOW),
        asked=asked,
        skip=lambda place: _page(asked, after=place),
        start=_page(asked),
        action=lambda case: f"/review/{case}?{urlencode(asked.query)}",
        judged=reviewed(deps, caller, judged, asked.sort) if judged else None,
        judgements=list(Judgement),
        sites=deps.reading.sites(caller.scope),
        districts=deps.reading.districts(caller.scope),
        kinds=list(Kind),
        spans=SPANS,
        scores=SCORES,
        words={value: word(value, language) for value in WORDS},
    )


@router.post("/review/{case}")
def post_review(
    deps: Deps,
    caller: Decider,
    asked: AskedQueue,
    case: UUID,
    revision: Annotated[Revision, Form()],
    judgement: Annotated[Judgement | Literal[Act.REOPEN], Form()],
    remark: Annotated[Paragraph, Form()] = "",
) -> Response:
    """To the next case; `reopen` takes a verdict back instead."""
    if judgement is Act.REOPEN:
        withdraw(deps, caller, case, revision)
        return RedirectResponse(_page(asked), HTTPStatus.SEE_OTHER)
    verdict = VerdictIn(
        status=judgement.status,
        reason=judgement.reason,
        mistaken=judgement.mistaken,
        remark=remark.strip(),
        revision=revision,
    )
    decide(deps, caller, case, verdict)
    return RedirectResponse(_page(asked, judged=str(case)), HTTPStatus.SEE_OTHER)


def _page(asked: Queue, **more: str) -> str:
    query = urlencode(asked.query | more)
    return f"/review?{query}" if query else "/review"
