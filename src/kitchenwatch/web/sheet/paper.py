"""HTML onto A4 pages, as a PDF that is the same byte for byte whenever it is made of the same."""

import io
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

import pymupdf

# Points (1/72 inch); y grows downwards.
PAGE = pymupdf.paper_rect("a4")
SIDE, TOP, FOOT = 42, 42, 54
HEAD = 128  # where the text of the first page begins
CODE = pymupdf.Rect(PAGE.x1 - SIDE - 84, 30, PAGE.x1 - SIDE, 114)
TITLE = pymupdf.Rect(SIDE, 36, CODE.x0 - 12, HEAD - 8)
SMALL = 8  # of the line at the foot

# MuPDF is not made for several threads at once.
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be printed.

    Attributes:
        title: HTML, at the top of the first page, beside the code.
        body: HTML.
        css: for both.
        pictures: PNG or JPEG by the name that the HTML calls them.
        code: PNG, in the corner of the first page.
        name: of the document, and at the foot of every page; ASCII.
        at: moment of the state that it tells; it dates the file.
    """

    title: str
    body: str
    css: str
    pictures: Mapping[str, bytes]
    code: bytes
    name: str
    at: datetime


def print_pdf(draft: Draft) -> bytes:
    """The PDF, with only those glyphs of its fonts that it needs; one at a time."""
    with _turn, closing(pymupdf.open(stream=_pages(draft), filetype="pdf")) as document:
        document[0].insert_htmlbox(TITLE, draft.title, css=draft.css)
        document[0].insert_image(CODE, stream=draft.code)
        for page in document:
            line = f"{draft.name}   {page.number + 1} / {document.page_count}"
            width = pymupdf.get_text_length(line, fontsize=SMALL)
            page.insert_text(((PAGE.width - width) / 2, PAGE.y1 - 24), line, fontsize=SMALL)
        document.set_metadata(_metadata(draft))
        document.subset_fonts()
        return bytes(document.tobytes(garbage=4, deflate=True, no_new_id=True))


def _pages(draft: Draft) -> bytes:
    archive = pymupdf.Archive()
    for name, data in draft.pictures.items():
        archive.add(data, name)
    story = pymupdf.Story(draft.body, user_css=draft.css, archive=archive)
    pages = io.BytesIO()
    with closing(pymupdf.DocumentWriter(pages)) as writer:
        more, top = 1, HEAD
        while more:
            device = writer.begin_page(PAGE)
            more, _ = story.place(pymupdf.Rect(SIDE, top, PAGE.x1 - SIDE, PAGE.y1 - FOOT))
            story.draw(device)
            writer.end_page()
            top = TOP
    return pages.getvalue()


def _metadata(draft: Draft) -> dict[str, str]:
    dated = f"D:{draft.at:%Y%m%d%H%M%S}Z"
    return {"title": draft.name, "producer": "kitchenwatch", "creationDate": dated, "modDate": dated}
