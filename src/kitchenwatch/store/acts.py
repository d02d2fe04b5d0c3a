"""Acts that change no other row, written into the audit log."""

from typing import Any

from kitchenwatch.ports import Clock
from kitchenwatch.store.audit import write_audit
from kitchenwatch.store.database import Database


class Acts:
    """Notes what somebody did outside the database: a test message, a camera tried."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def note(self, by: str, action: str, subject: str, address: str = "", **data: Any) -> None:
        """One row; as `write_audit`."""
        with self._database.session() as session:
            write_audit(session, self._clock.now(), by, action, subject, address, **data)
