"""Where a page of cases begins, as an opaque text.

The text names the last case that was shown, not a number of rows: what arrives meanwhile neither repeats nor
hides anything on the pages that follow.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Tuple, literal, tuple_

from kitchenwatch.errors import Invalid
from kitchenwatch.store.tables import Case

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last case shown, in the order of newest first."""

    opened_at: datetime
    id: UUID

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises Invalid."""
        try:
            opened_at, case = base64.urlsafe_b64decode(text[:LONGEST].encode()).decode().split("/")
            moment = datetime.fromisoformat(opened_at)
            if moment.tzinfo is None:
                raise ValueError("a time without a zone")
            return cls(moment.astimezone(UTC), UUID(case))
        except (ValueError, OverflowError, binascii.Error) as error:
            raise Invalid("this cursor was not issued here -> begin again without one") from error

    def text(self) -> str:
        """What `read` reads."""
        return base64.urlsafe_b64encode(f"{self.opened_at.isoformat()}/{self.id}".encode()).decode()

    def older(self) -> ColumnElement[bool]:
        """What a case must be to come after this one."""
        return tuple_(Case.opened_at, Case.id) < self._place()

    def newer(self) -> ColumnElement[bool]:
        """What a case must be to come before this one."""
        return tuple_(Case.opened_at, Case.id) > self._place()

    def _place(self) -> Tuple:
        return tuple_(literal(self.opened_at, Case.opened_at.type), literal(self.id, Case.id.type))
