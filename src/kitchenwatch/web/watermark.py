"""What stands on the watermark of a photo: time, place, who, about what, where.

It is Chinese whatever language the sender reads: it belongs to the record.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from kitchenwatch.store.sent import Position
from kitchenwatch.store.tables import Case

ASKED_SHOWN = 60  # characters


def watermark(case: Case, at: datetime, user: str, phone: str, position: Position | None) -> list[str]:
    """The lines, the most important first; `at` is the server's time."""
    return list(_lines(case, at, user, phone, position))


def case_number(case: Case) -> str:
    """What people call a case."""
    return str(case.id)[:8].upper()


def _lines(case: Case, at: datetime, user: str, phone: str, position: Position | None) -> Iterator[str]:
    local = at.astimezone(ZoneInfo(case.site.timezone))
    yield f"{local.isoformat(' ', 'seconds')} {case.site.name}"
    yield f"上传人 {user}" + (f" {phone}" if phone else "")
    asked = case.asked if len(case.asked) <= ASKED_SHOWN else f"{case.asked[:ASKED_SHOWN]}…"
    yield f"案件 {case_number(case)}" + (f" · {asked}" if asked else "")
    if position:
        yield f"位置 {position}"
