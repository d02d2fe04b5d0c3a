"""A store to be verified that lies in a zip, such as the evidence bundle of a case."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from kitchenwatch.errors import NotFound, StorageError

# What is read whole are entries of the chain, of some kilobytes; a hostile zip may claim anything.
LARGEST_ENTRY = 16 * 1024**2
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


class _Member(io.BufferedIOBase):
    """Reads a member; damage found on the way (each has a checksum) becomes a StorageError."""

    def __init__(self, stream: zipfile.ZipExtFile, key: str) -> None:
        self._stream, self._key = stream, key

    def read(self, size: int | None = -1) -> bytes:
        try:
            return self._stream.read(-1 if size is None else size)
        except DAMAGED as error:
            raise StorageError(f"{self._key}: {error}") from error

    def close(self) -> None:
        self._stream.close()
        super().close()


class Zipped:
    """Members of a zip under their names, never unpacked onto the disk. Raises StorageError: it is no zip."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise StorageError(f"{path}: cannot be read as a zip ({error}) -> fetch it again") from error

    def get(self, key: str) -> bytes:
        """Raises NotFound, StorageError."""
        with self.open(key) as file:
            data = file.read(LARGEST_ENTRY + 1)
        if len(data) > LARGEST_ENTRY:
            raise StorageError(f"{key}: is too large for what it should be")
        return data

    def open(self, key: str) -> BinaryIO:
        """Raises NotFound, StorageError."""
        try:
            return cast(BinaryIO, _Member(cast(zipfile.ZipExtFile, self._zip.open(key)), key))
        except KeyError as error:
            raise NotFound(f"{key}: is not in the zip") from error
        except DAMAGED as error:
            raise StorageError(f"{key}: {error}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """All names below a prefix that ends in `/`, sorted."""
        names = {name for name in self._zip.namelist() if name.startswith(prefix) and not name.endswith("/")}
        return iter(sorted(names))
