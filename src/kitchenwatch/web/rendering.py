"""Pages from templates, in the reader's language."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, cast

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from kitchenwatch.manifest import parsed
from kitchenwatch.web import figures
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.language import Language, language_of, translations
from kitchenwatch.web.redirects import place_of
from kitchenwatch.web.words import word


def environments() -> dict[Language, Environment]:
    """The templates of this package for each language."""
    return {language: _environment(language) for language in Language}


def render(
    request: Request,
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """A page. Every template knows `caller` (None before signing in), `path`, `here` and `now`."""
    now = cast(WebDeps, request.app.state.deps).clock.now()
    known = {"caller": None, "path": request.url.path, "here": place_of(request), "now": now}
    text = templates_for(request).get_template(template).render(known | context)
    return HTMLResponse(text, status, headers)


def templates_for(request: Request) -> Environment:
    """The templates in the language that this reader chose."""
    return cast(dict[Language, Environment], request.app.state.templates)[language_of(request)]


def _environment(language: Language) -> Environment:
    """Escapes everything; `_` and `ngettext` translate, and the filters write as this language does."""
    found = Environment(
        loader=PackageLoader("kitchenwatch.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    found.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    found.globals.update(language=language, languages=list(Language))
    found.filters.update(
        local=figures.local,
        day=partial(figures.day, language=language),
        ago=partial(figures.ago, language=language),
        span=partial(figures.span, language=language),
        number=partial(figures.number, language=language),
        percent=partial(figures.percent, language=language),
        size=figures.size,
        parsed=parsed,
        word=partial(word, language=language),
    )
    return found
