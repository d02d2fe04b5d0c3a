"""What people do to a case: the loop from confirmation to recheck."""

from uuid import UUID

from fastapi import APIRouter

from kitchenwatch.web.act_schemas import ActIn, ActsOut
from kitchenwatch.web.auth import AnyCaller
from kitchenwatch.web.deps import Deps
from kitchenwatch.web.problems import responses

router = APIRouter(prefix="/cases/{case}/acts", tags=["cases"])


@router.get("", responses=responses(404))
def list_acts(deps: Deps, caller: AnyCaller, case: UUID) -> ActsOut:
    """Every step so far, oldest first, and what you may do now."""
    return ActsOut.of(deps.reading.case(caller.scope, case), caller.scope.role)


@router.post("", responses=responses(403, 404, 409))
def post_act(deps: Deps, caller: AnyCaller, case: UUID, act: ActIn) -> ActsOut:
    """Confirm, dismiss, reopen, dispatch (交办), rectify (整改), close or return (复核).

    `revision` is the one that you read: 409 tells that somebody acted meanwhile, or that the case stands where this
    cannot be done. Every act is sealed in the site's chain and written to the audit log.
    """
    deps.reading.check_case(caller.scope, case)
    deps.loop.act(case, act.move(), caller.actor)
    return ActsOut.of(deps.reading.case(caller.scope, case), caller.scope.role)
