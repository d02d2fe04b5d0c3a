"""HTML onto A4 pages, as a PDF that is the same byte for byte whenever it is made of the same."""

import io
import re
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from operator import itemgetter
from typing import Any

import pymupdf

# Points (1/72 inch); y grows downwards.
PAGE = pymupdf.paper_rect("a4")
SIDE, TOP, FOOT = 42, 42, 54
HEAD = 128  # where the text of the first page begins
CODE = pymupdf.Rect(PAGE.x1 - SIDE - 84, 30, PAGE.x1 - SIDE, 114)
TITLE = pymupdf.Rect(SIDE, 36, CODE.x0 - 12, HEAD - 8)
SMALL = 8  # of the line at the foot

BLOCK = re.compile(r'<(p|div|table)( class="leads\b[^"]*")?(?=[ >])')
LEADS = "leads"
OPENS = 1  # of an element's place: its begin is on this page

# MuPDF is not made for several threads at once.
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be printed.

    Attributes:
        title: HTML, at the top of the first page, beside the code.
        body: HTML; a heading, and a block whose class begins with `leads`, stands with the block after it.
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
    story = pymupdf.Story(BLOCK.sub(_marked, draft.body), user_css=draft.css, archive=archive)
    pages = io.BytesIO()
    with closing(pymupdf.DocumentWriter(pages)) as writer:
        more, top = 1, HEAD
        while more:
            device = writer.begin_page(PAGE)
            more = _place(story, top)
            story.draw(device)
            writer.end_page()
            top = TOP
    return pages.getvalue()


def _place(story: pymupdf.Story, top: float) -> int:
    """Fill a page from `top` on; what would stand alone at its end goes to the next. Whether there is more."""
    more, _ = story.place(pymupdf.Rect(SIDE, top, PAGE.x1 - SIDE, PAGE.y1 - FOOT))
    blocks: list[tuple[bool, float]] = []  # whether it leads, and the middle of its height

    def note(place: Any) -> None:
        if place.open_close & OPENS:
            blocks.append((place.heading > 0 or place.id == LEADS, (place.rect[1] + place.rect[3]) / 2))

    story.element_positions(note)
    alone = list(takewhile(itemgetter(0), reversed(blocks)))
    if more and 0 < len(alone) < len(blocks):
        # Through its middle: at its very edge MuPDF does not break the page, and what follows is lost.
        more, _ = story.place(pymupdf.Rect(SIDE, top, PAGE.x1 - SIDE, alone[-1][1]))
    return int(more)


def _marked(tag: re.Match[str]) -> str:
    """With an id, as a story tells the places of headings and of what has an id."""
    return f'<{tag[1]} id="{LEADS if tag[2] else "block"}"{tag[2] or ""}'


def _metadata(draft: Draft) -> dict[str, str]:
    dated = f"D:{draft.at:%Y%m%d%H%M%S}Z"
    return {"title": draft.name, "producer": "kitchenwatch", "creationDate": dated, "modDate": dated}
