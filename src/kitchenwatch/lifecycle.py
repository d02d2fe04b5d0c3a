"""The life of a case: which act leads from which status to which, who may do it, and by when it must be answered.

::

    open ──confirm──► confirmed ──dispatch──► dispatched ──rectify──► rectified ──close──► closed
     │ ▲                 │ ▲                     │  ▲                     │
     │ └────reopen───────┘ │                     │  └───────return────────┘ (round + 1, new deadline)
     └──dismiss──► dismissed ◄─── dismiss ───────┘
                      (reopen leads back to open)

A case may be dismissed until it has been answered; an answer must be rechecked. An order that nobody has answered by
its deadline is escalated, which changes no status. Everything here is pure: `store.loop` writes it down.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from kitchenwatch.errors import Conflict, Forbidden, Invalid
from kitchenwatch.model import CaseStatus, Kind, Role


class Act(StrEnum):
    """What is done to a case."""

    FIND = "find"
    CONFIRM = "confirm"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    DISPATCH = "dispatch"
    RECTIFY = "rectify"
    CLOSE = "close"
    RETURN = "return"
    ESCALATE = "escalate"


class Severity(StrEnum):
    """How soon a violation must be put right."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"


# Proposals on the order's form; whoever dispatches may choose otherwise.
TIME_TO_RECTIFY: Mapping[Severity, timedelta] = {
    Severity.MINOR: timedelta(days=7),
    Severity.ORDINARY: timedelta(days=3),
    Severity.SERIOUS: timedelta(days=1),
}
LONGEST = timedelta(days=366)

# Smoking beside open food is what regulators fine at once; the others are warned of first.
SEVERITY: Mapping[Kind, Severity] = {
    Kind.NO_HAT: Severity.ORDINARY,
    Kind.NO_MASK: Severity.ORDINARY,
    Kind.SMOKING: Severity.SERIOUS,
    Kind.PHONE_USE: Severity.MINOR,
    Kind.OTHER: Severity.ORDINARY,
}

_REGULATORS = frozenset({Role.ADMIN, Role.REGULATOR})
MAY: Mapping[Act, frozenset[Role]] = {
    Act.FIND: _REGULATORS,
    Act.CONFIRM: _REGULATORS,
    Act.DISMISS: _REGULATORS,
    Act.REOPEN: _REGULATORS,
    Act.DISPATCH: _REGULATORS,
    Act.RECTIFY: frozenset({Role.BUSINESS}),
    Act.CLOSE: _REGULATORS,
    Act.RETURN: _REGULATORS,
    Act.ESCALATE: frozenset(),  # the clock's
}

LEADS: Mapping[tuple[CaseStatus, Act], CaseStatus] = {
    (CaseStatus.OPEN, Act.CONFIRM): CaseStatus.CONFIRMED,
    (CaseStatus.OPEN, Act.DISMISS): CaseStatus.DISMISSED,
    (CaseStatus.CONFIRMED, Act.DISPATCH): CaseStatus.DISPATCHED,
    (CaseStatus.CONFIRMED, Act.DISMISS): CaseStatus.DISMISSED,
    (CaseStatus.CONFIRMED, Act.REOPEN): CaseStatus.OPEN,
    (CaseStatus.DISMISSED, Act.DISMISS): CaseStatus.DISMISSED,  # another reason
    (CaseStatus.DISMISSED, Act.CONFIRM): CaseStatus.CONFIRMED,
    (CaseStatus.DISMISSED, Act.REOPEN): CaseStatus.OPEN,
    (CaseStatus.DISPATCHED, Act.RECTIFY): CaseStatus.RECTIFIED,
    (CaseStatus.DISPATCHED, Act.DISMISS): CaseStatus.DISMISSED,
    (CaseStatus.DISPATCHED, Act.ESCALATE): CaseStatus.DISPATCHED,
    (CaseStatus.RECTIFIED, Act.CLOSE): CaseStatus.CLOSED,
    (CaseStatus.RECTIFIED, Act.RETURN): CaseStatus.DISPATCHED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands.

    Attributes:
        round: how often it has been dispatched, returns included; 0 before the first time.
        deadline: UTC moment by which the business must answer; None where nothing is asked of it.
        overdue_at: when it was escalated; None if it was not, or has been answered since.
    """

    status: CaseStatus = CaseStatus.OPEN
    round: int = 0
    deadline: datetime | None = None
    overdue_at: datetime | None = None


def after(standing: Standing, act: Act, at: datetime, deadline: datetime | None = None) -> Standing:
    """Where the case stands after an act.

    Args:
        at: UTC moment of the act.
        deadline: for `DISPATCH` and `RETURN`.

    Raises:
        Conflict: the case stands where this cannot be done.
        Invalid: the deadline is missing, over, or more than a year away.
    """
    status = LEADS.get((standing.status, act))
    if status is None:
        raise Conflict(f"a case that is {standing.status} cannot be changed by `{act}` -> look at it again")
    match act:
        case Act.DISPATCH | Act.RETURN:
            return Standing(status, standing.round + 1, _checked(deadline, at))
        case Act.ESCALATE:
            if not is_overdue(standing, at) or standing.overdue_at:
                raise Conflict("this order is not overdue, or has been escalated already")
            return replace(standing, overdue_at=at)
        case _:
            return Standing(status, standing.round)


def acts_for(standing: Standing, role: Role) -> tuple[Act, ...]:
    """What somebody of that role may do now, in the order of `Act`."""
    return tuple(act for act in Act if role in MAY[act] and (standing.status, act) in LEADS)


def check_may(act: Act, role: Role) -> None:
    """Raises Forbidden."""
    if role not in MAY[act]:
        raise Forbidden(f"`{act}` is not for the role {role}")


def is_overdue(standing: Standing, now: datetime) -> bool:
    """Whether an answer should have come by now."""
    return standing.status is CaseStatus.DISPATCHED and standing.deadline is not None and standing.deadline < now


def deadline_for(severity: Severity, at: datetime) -> datetime:
    """The proposed deadline of an order that is given at `at`."""
    return at + TIME_TO_RECTIFY[severity]


def _checked(deadline: datetime | None, at: datetime) -> datetime:
    if deadline is None or not at < deadline <= at + LONGEST:
        raise Invalid("an order needs a deadline that lies ahead, within a year")
    return deadline
