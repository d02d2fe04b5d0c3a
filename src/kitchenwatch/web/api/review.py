"""The queue of those who judge: what comes next, and taking a verdict back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from kitchenwatch.store.order import Order
from kitchenwatch.web.auth import Decider
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses
from kitchenwatch.web.queue import AskedQueue
from kitchenwatch.web.review import WINDOW, ReviewOut, WindowOut, reviewed, window
from kitchenwatch.web.schemas import Revision
from kitchenwatch.web.verdict import withdraw

router = APIRouter(tags=["cases"], responses=responses(403))


@router.get("/review/next")
def get_next(
    deps: Deps,
    caller: Decider,
    asked: AskedQueue,
    after: Annotated[str | None, Query(max_length=200, description="the `place` of the last case one has")] = None,
    limit: Annotated[int, Query(ge=0, le=50, description="0 tells only how many wait")] = WINDOW,
) -> WindowOut:
    """The next cases that wait for a verdict, each with all that is needed to judge it."""
    return window(deps, caller, asked, after, limit)


@router.get("/review/{case}", responses=responses(404))
def get_reviewed(deps: Deps, caller: Decider, case: UUID, sort: Order = Order.NEWEST) -> ReviewOut:
    """One case in the same shape, whoever has judged it meanwhile."""
    return reviewed(deps, caller, case, sort)


@router.delete("/cases/{case}/verdict", responses=responses(404, 409))
def delete_verdict(deps: Deps, caller: Decider, case: UUID, revision: Annotated[Revision, Query()]) -> ReviewOut:
    """Take the verdict back: the case waits again.

    `revision` is the one that the verdict answered: 409 tells that somebody went on with the case meanwhile.
    """
    withdraw(deps, caller, case, revision)
    return reviewed(deps, caller, case)
