"""Where a redirect may lead: to places of ours, and to nobody else's."""

import re
from urllib.parse import urlsplit

from fastapi import Request

# Neither `//elsewhere` nor `/\elsewhere`.
OWN_PLACE = re.compile(r"(/|(/[\w.-]+)+)(\?[\w.~=&%+:/-]*)?")


def own_place(place: str) -> str:
    """The place, or `/` if it is none of ours."""
    return place if OWN_PLACE.fullmatch(place) else "/"


def place_of(request: Request) -> str:
    """Where this page is read again, with what was asked of it; for the answer to a form, the page of the form."""
    if request.method in ("GET", "HEAD"):
        return _place(request.url.path, request.url.query)
    form = urlsplit(request.headers.get("referer", ""))
    return _place(form.path, form.query) if form.netloc == request.url.netloc else "/"


def _place(path: str, query: str) -> str:
    return own_place(path + (f"?{query}" if query else ""))
