"""Pages from templates."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from kitchenwatch.web.words import word


def environment() -> Environment:
    """The templates of this package, escaping everything."""
    found = Environment(
        loader=PackageLoader("kitchenwatch.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(local=local, word=word, size=size)
    return found


def render(
    request: Request,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. `caller` is known to every template; None before signing in."""
    templates: Environment = request.app.state.templates
    text = templates.get_template(template).render({"caller": None, "path": request.url.path} | context)
    return HTMLResponse(text, status, headers)


def local(at: datetime, zone: str) -> str:
    """A moment as the site's clock shows it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def size(number: int) -> str:
    """Bytes for people."""
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1e3))} kB"
