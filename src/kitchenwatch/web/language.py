"""The languages people read the console in, each with its catalogue of messages.

Messages are written in English, in templates and pages; `locale/<language>/*.po` holds their translations, one
catalogue for each area of the console. They are read when the service starts, so there is nothing to compile.
"""

import gettext
from enum import StrEnum
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi import Request

COOKIE = "kw_lang"


class Language(StrEnum):
    """One of them; Chinese unless a reader chooses otherwise."""

    ZH = "zh"
    EN = "en"

    @property
    def tag(self) -> str:
        """What HTML calls it."""
        return "zh-CN" if self is Language.ZH else "en"

    @property
    def locale(self) -> Locale:
        """How it writes dates, durations and numbers."""
        return Locale.parse("zh_Hans_CN" if self is Language.ZH else "en")

    @property
    def name_of_itself(self) -> str:
        """What its readers call it."""
        return "中文" if self is Language.ZH else "English"

    @property
    def comma(self) -> str:
        """What stands between the things of a list."""
        return "、" if self is Language.ZH else ", "


def language_of(request: Request) -> Language:
    """What this reader chose, else Chinese."""
    chosen = request.cookies.get(COOKIE)
    return Language(chosen) if chosen in set(Language) else Language.ZH


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The messages of a language; those without a translation stand for themselves, in English."""
    merged = Catalog(locale=language.locale)
    for name, catalogue in catalogues(language).items():
        for message in catalogue:
            if message.id:
                merged.add(message.id, message.string, context=message.context, auto_comments=[name])
    compiled = BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def catalogues(language: Language) -> dict[str, Catalog]:
    """Each area's own catalogue by its name; none for English."""
    folder = files("kitchenwatch.web") / "locale" / language
    if not folder.is_dir():
        return {}
    read = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".po"):
            with entry.open("rb") as file:
                read[entry.name.removesuffix(".po")] = read_po(file, locale=language.locale)
    return read
