"""Moments, durations and numbers as people write them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_timedelta
from babel.numbers import format_decimal, format_percent

from kitchenwatch.web.language import Language


def local(at: datetime, zone: str) -> str:
    """A moment as the site's clock shows it, to the second and the same in every language."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def day(at: datetime, zone: str, language: Language) -> str:
    """The site's day, such as 11月22日 or Nov 22."""
    return format_skeleton("MMMd", at.astimezone(ZoneInfo(zone)), locale=language.locale)


def ago(at: datetime, now: datetime, language: Language) -> str:
    """How far from now, such as 3分钟前 or in 2 days."""
    just = timedelta(seconds=-1)  # what is neither has just been
    return format_timedelta((at - now) or just, add_direction=True, locale=language.locale)


def span(lasts: timedelta, language: Language) -> str:
    """How long, in its greatest unit."""
    return format_timedelta(lasts, locale=language.locale)


def number(value: float, language: Language) -> str:
    """With the language's separators."""
    return format_decimal(value, locale=language.locale)


def percent(share: float, language: Language) -> str:
    """A share of 1."""
    return format_percent(share, locale=language.locale)


def size(number: int) -> str:
    """Bytes."""
    if number >= 1e9:
        return f"{number / 1e9:.1f} GB"
    return f"{number / 1e6:.1f} MB" if number >= 1e6 else f"{max(1, round(number / 1e3))} kB"
