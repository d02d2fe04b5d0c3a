"""Cases as comma-separated values, read and sent a page at a time."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence

from kitchenwatch.model import Scope
from kitchenwatch.store.reading import CaseFilter, Reading
from kitchenwatch.store.tables import Case
from kitchenwatch.web.figures import local
from kitchenwatch.web.language import Language, translations
from kitchenwatch.web.words import word

PAGE = 500  # cases read at a time
# What makes a spreadsheet take a text for a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "\ufeff"  # without it Excel takes UTF-8 for the local code page


def rows(reading: Reading, scope: Scope, asked: CaseFilter, language: Language) -> Iterator[str]:
    """Pieces of the file; moments are those of the sites' clocks."""
    columns = _columns({district.id: district.name for district in reading.districts(scope)}, language)
    yield MARK + _written([list(columns)])
    cursor, more = None, True
    while more:
        page = reading.cases(scope, asked, cursor, PAGE)
        yield _written([[tell(case) for tell in columns.values()] for case in page.cases])
        cursor, more = page.next, page.next is not None


def guarded(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _columns(districts: Mapping[str, str], language: Language) -> dict[str, Callable[[Case], str]]:
    _ = translations(language).gettext

    def known(value: str | None) -> str:
        return word(value, language) if value else ""

    return {
        _("Case number"): lambda case: str(case.id),
        _("Kind"): lambda case: known(case.kind),
        _("Status"): lambda case: known(case.status),
        _("Overdue"): lambda case: _("yes") if case.overdue_at else "",
        _("District"): lambda case: districts.get(case.site.district_id, case.site.district_id),
        _("Site"): lambda case: case.site.name,
        _("Camera"): lambda case: case.camera.name,
        _("Time"): lambda case: local(case.opened_at, case.site.timezone),
        _("Time zone"): lambda case: case.site.timezone,
        _("Found by"): lambda case: case.found_by or known(case.origin),
        _("Confidence"): lambda case: f"{case.score:.2f}",
        _("Reason"): lambda case: known(case.reason),
        _("Decided by"): lambda case: case.decided_by or "",
        _("Severity"): lambda case: known(case.severity),
        _("Deadline"): lambda case: local(case.deadline, case.site.timezone) if case.deadline else "",
        _("Round"): lambda case: str(case.round or ""),
        _("What is asked"): lambda case: case.asked,
        _("Remark"): lambda case: case.remark,
    }


def _written(table: Sequence[Sequence[str]]) -> str:
    page = io.StringIO()
    csv.writer(page).writerows([[guarded(cell) for cell in row] for row in table])
    return page.getvalue()
