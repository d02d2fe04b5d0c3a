"""Byte ranges of a file under its hash (RFC 9110, sections 13 and 14).

One range is served; a request for several gets the whole, as the standard allows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

CHUNK = 256 * 1024  # bytes
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `first` to `last`, both included, of `total`."""

    first: int
    last: int
    total: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        return f"bytes {self.first}-{self.last}/{self.total}"


class Unsatisfiable(Exception):
    """The range lies outside the file."""


def wanted(headers: Mapping[str, str], etag: str, total: int) -> Span | None:
    """The span that a request's headers ask for, or None for the whole. Raises Unsatisfiable."""
    asked = ONE_RANGE.fullmatch(headers.get("range", "").strip())
    if asked is None or headers.get("if-range", etag) != etag:
        return None
    first, last = asked.groups()
    if first:
        return _span(int(first), min(int(last or total), total - 1), total, bool(last) and int(last) < int(first))
    if last:
        return _span(max(0, total - int(last)), total - 1, total, False)
    return None


def unchanged(headers: Mapping[str, str], etag: str) -> bool:
    """Whether the client has these bytes already."""
    return etag in (tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(","))


def chunks(file: BinaryIO, span: Span) -> Iterator[bytes]:
    """The bytes of a span; closes the file."""
    with file:
        file.seek(span.first)
        left = span.length
        while left > 0 and (data := file.read(min(CHUNK, left))):
            left -= len(data)
            yield data


def _span(first: int, last: int, total: int, backwards: bool) -> Span | None:
    if backwards:
        return None  # not a range at all, so it is ignored
    if first > last:
        raise Unsatisfiable
    return Span(first, last, total)
