"""What a case must be like, beyond a plain value of one of its columns."""

import re
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kitchenwatch.model import CaseStatus
from kitchenwatch.store.tables import Case, Site

NUMBER = re.compile("[0-9a-f]{4,32}")  # of a case, from its beginning


def late(wanted: bool) -> ColumnElement[bool]:
    """A case whose order has been escalated, or one of which that is not so."""
    # Only what has been dispatched can be late; the status leads to an index.
    if wanted:
        return and_(Case.status == CaseStatus.DISPATCHED, Case.overdue_at.is_not(None))
    return Case.overdue_at.is_(None)


def named(text: str) -> ColumnElement[bool]:
    """A case at a site whose name holds the text, or whose id begins with it."""
    at_site = Case.site_id.in_(select(Site.id).where(Site.name.contains(text, autoescape=True)))
    digits = text.replace("-", "").lower()
    if not NUMBER.fullmatch(digits):
        return at_site
    # A span of ids, as a UUID is no text on every database.
    return or_(at_site, Case.id.between(UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))))
