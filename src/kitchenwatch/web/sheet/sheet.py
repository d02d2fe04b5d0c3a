"""Puts the case sheet together."""

from collections.abc import Mapping
from importlib.resources import files

from jinja2 import Environment

from kitchenwatch.ports import Blobs
from kitchenwatch.store.tables import Case
from kitchenwatch.web.sheet.codes import code
from kitchenwatch.web.sheet.paper import Draft, print_pdf
from kitchenwatch.web.sheet.pictures import pictures_of
from kitchenwatch.web.sheet.seals import seals_of


def case_sheet(case: Case, blobs: Blobs, pages: Environment, districts: Mapping[str, str], address: str) -> bytes:
    """The sheet as a PDF; it tells nothing that changes while the case does not.

    Args:
        case: with all that `Reading.case` loads.
        pages: the templates, in the reader's language.
        districts: names by id.
        address: of the case in the console, for the code on the first page.
    """
    shown = {f"{name}.jpg": data for name, data in pictures_of(blobs, case).items()}
    told = {
        "case": case,
        "district": districts.get(case.site.district_id, case.site.district_id),
        "shown": shown.keys(),
        "seals": seals_of(blobs, case),
        "witness": witness(case),
    }
    last = case.steps[-1].at if case.steps else case.opened_at
    draft = Draft(
        title=pages.get_template("sheet_title.html").render(told),
        body=pages.get_template("sheet.html").render(told),
        css=(files("kitchenwatch.web") / "templates" / "sheet.css").read_text(),
        pictures=shown | ({"seal.png": code(witness(case))} if case.seal_seq else {}),
        code=code(address),
        name=f"kitchenwatch {case.id}",
        at=last,
    )
    return print_pdf(draft)


def witness(case: Case) -> str:
    """The latest seal of the case as `kitchenwatch verify --witness` takes it; empty if there is none."""
    return f"{case.site_id}:{case.seal_seq}:{case.seal_sha256}" if case.seal_seq else ""
