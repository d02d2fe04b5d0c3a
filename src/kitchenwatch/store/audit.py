"""The audit log: who did what to what, in the transaction that did it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from kitchenwatch.store.tables import Audit


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


def read_audit(session: Session, before: int | None = None, limit: int = 50) -> Sequence[Audit]:
    """Rows of the log, newest first, with an id below `before`; at most `limit` of them."""
    query = select(Audit).order_by(Audit.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Audit.id < before)
    return session.scalars(query).all()
