"""The evidence bundle: a case with all that proves it, as a zip that is written while it is sent.

What goes in is told by the chain, read up to its head as it was at the beginning: a photo that arrives meanwhile is
neither in the chain of the bundle nor missed in it.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, BinaryIO
from uuid import UUID

from kitchenwatch.errors import NotFound, SealError
from kitchenwatch.evidence.layout import chain_prefix, head_key, seq_of
from kitchenwatch.evidence.signed import parsed
from kitchenwatch.manifest import Event
from kitchenwatch.ports import Blobs

CHUNK = 256 * 1024  # bytes read at a time
TEXT = (".json", ".txt", ".pem")  # the rest is small already


@dataclass(frozen=True, slots=True)
class Case:
    """Which case: its chain is its site's, and all is dated `at` (UTC), so that the same gives the same."""

    id: UUID
    site: str
    at: datetime


class _Pipe(io.RawIOBase):
    """Holds what has been written until it is taken."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


class _Writer:
    """Adds members to a zip and hands out its bytes."""

    def __init__(self, at: datetime) -> None:
        self._pipe = _Pipe()
        self._zip = zipfile.ZipFile(self._pipe, "w")
        self._at = at.astimezone(UTC)

    def add(self, name: str, size: int, stream: BinaryIO) -> Iterator[bytes]:
        member = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED if name.endswith(TEXT) else zipfile.ZIP_STORED
        member.external_attr = 0o644 << 16
        member.file_size = size  # tells whether it needs the format for more than 4 GiB
        with stream, self._zip.open(member, "w") as file:
            while chunk := stream.read(CHUNK):
                file.write(chunk)
                yield self._pipe.taken()
        yield self._pipe.taken()

    def end(self) -> bytes:
        self._zip.close()
        return self._pipe.taken()


def bundle(blobs: Blobs, case: Case, papers: Mapping[str, bytes]) -> Iterator[bytes]:
    """The zip, piece by piece: the site's chain, the files that it names for the case, and `papers` by their names."""
    writer = _Writer(case.at)
    named: set[str] = set()
    for key, data in _chain(blobs, case.site):
        yield from writer.add(key, len(data), io.BytesIO(data))
        if str(case.id).encode() in data:
            _note(data, case.id, named)
    for key in sorted(named):
        try:
            yield from writer.add(key, blobs.size(key), blobs.open(key))
        except NotFound:
            continue  # `verify` tells, and whether retention has removed it
    for name, data in papers.items():
        yield from writer.add(name, len(data), io.BytesIO(data))
    yield writer.end()


def _chain(blobs: Blobs, site: str) -> Iterator[tuple[str, bytes]]:
    """The head as it is now, and every entry up to it."""
    try:
        head = blobs.get(head_key(site))
    except NotFound:
        return
    yield head_key(site), head
    last = _length(head)
    for key in blobs.keys(chain_prefix(site)):
        seq = seq_of(key)
        if seq is not None and (last is None or seq <= last):
            yield key, blobs.get(key)


def _length(head: bytes) -> int | None:
    """How long the chain is; None if its head is damaged: then all goes in, and `verify` tells."""
    try:
        return int(parsed(head)["seq"])
    except (SealError, KeyError, TypeError, ValueError):
        return None


def _note(entry: bytes, case: UUID, named: set[str]) -> None:
    """Which files the entry names for the case, or takes away."""
    try:
        manifest = parsed(entry)["manifest"]
        if manifest["case"] != str(case):
            return
        keys = {str(file["key"]) for file in manifest["files"]}
        gone = manifest["event"] == Event.REMOVED
        named.difference_update(keys) if gone else named.update(keys)
    except (SealError, KeyError, TypeError):
        return  # damaged: `verify` tells
