"""The audit log: who did what to what, in the transaction that did it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from kitchenwatch.store.tables import Audit


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows: None leaves out nothing. `since` is included, `until` is not.

    A `subject` that ends in `*` is how it begins: such a search reads the log from its end, the others an index.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the filter asks of a row."""
        asked: list[tuple[object, Callable[[Any], ColumnElement[bool]]]] = [
            (self.actor, lambda actor: Audit.actor == actor),
            (self.action, lambda action: Audit.action == action),
            (self.subject, _subject),
            (self.address, lambda address: Audit.address == address),
            (self.since, lambda since: Audit.at >= since),
            (self.until, lambda until: Audit.at < until),
        ]
        return [condition(value) for value, condition in asked if value is not None]


def _subject(asked: str) -> ColumnElement[bool]:
    beginning = asked.removesuffix("*")
    return Audit.subject == asked if beginning == asked else Audit.subject.startswith(beginning, autoescape=True)


def write_audit(
    session: Session, at: datetime, actor: str, action: str, subject: str, address: str = "", **data: Any
) -> None:
    """Add one row to the caller's transaction, so the act and its record stand or fall together.

    Args:
        session: the open transaction.
        at: UTC moment of the act.
        actor: user name, or what a stranger called themselves.
        action: what was done, such as `case.verdict`.
        subject: what it was done to, such as a case's id.
        address: network address of the actor, where there is one.
        data: particulars, JSON values; never a password, token or key.
    """
    row = Audit(at=at, actor=actor[:64], action=action, subject=subject[:200], address=address[:64], data=data)
    session.add(row)


def read_audit(
    session: Session, before: int | None = None, limit: int = 50, asked: AuditFilter | None = None
) -> Sequence[Audit]:
    """Rows of the log, newest first, with an id below `before`; at most `limit` of them."""
    query = select(Audit).order_by(Audit.id.desc()).limit(limit)
    if asked is not None:
        query = query.where(*asked.conditions())
    if before is not None:
        query = query.where(Audit.id < before)
    return session.scalars(query).all()


def audited_actions(session: Session) -> Sequence[str]:
    """Every kind of act that the log tells of."""
    return session.scalars(select(Audit.action).distinct().order_by(Audit.action)).all()
