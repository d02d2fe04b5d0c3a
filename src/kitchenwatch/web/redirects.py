"""Where a redirect may lead: to places of ours, and to nobody else's."""

import re

from fastapi import Request

# Neither `//elsewhere` nor `/\elsewhere`.
OWN_PLACE = re.compile(r"(/|(/[\w.-]+)+)(\?[\w.~=&%+:/-]*)?")


def own_place(place: str) -> str:
    """The place, or `/` if it is none of ours."""
    return place if OWN_PLACE.fullmatch(place) else "/"


def place_of(request: Request) -> str:
    """Where this page is read again, with what was asked of it; `/` for the answer to a form."""
    if request.method not in ("GET", "HEAD"):
        return "/"
    query = request.url.query
    return own_place(request.url.path + (f"?{query}" if query else ""))
