"""How a verdict is passed, by API or by form."""

from uuid import UUID

from kitchenwatch.errors import Invalid
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, VerdictReason
from kitchenwatch.store.loop import Move
from kitchenwatch.web.auth import Caller
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.schemas import VerdictIn


def decide(deps: WebDeps, caller: Caller, case: UUID, verdict: VerdictIn) -> None:
    """Write the verdict down. Raises NotFound (out of scope), Invalid, Conflict (somebody was first)."""
    if verdict.status not in (CaseStatus.CONFIRMED, CaseStatus.DISMISSED):
        raise Invalid("a verdict is `confirmed` or `dismissed`")
    if (verdict.status is CaseStatus.CONFIRMED) != (verdict.reason is VerdictReason.VIOLATION):
        raise Invalid("the reason `violation` goes with `confirmed`, every other one with `dismissed`")
    deps.reading.check_case(caller.scope, case)
    act = Act.CONFIRM if verdict.status is CaseStatus.CONFIRMED else Act.DISMISS
    deps.loop.act(case, Move(act, verdict.revision, verdict.remark, verdict.reason, verdict.mistaken), caller.actor)


def withdraw(deps: WebDeps, caller: Caller, case: UUID, revision: int) -> None:
    """Take the verdict back, so that the case waits again. Raises NotFound (out of scope), Conflict."""
    deps.reading.check_case(caller.scope, case)
    deps.loop.act(case, Move(Act.REOPEN, revision), caller.actor)
