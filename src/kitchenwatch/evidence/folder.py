"""A store to be verified: a folder, perhaps a copy on read-only media, that is only ever read."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from kitchenwatch.errors import NotFound, StorageError


class Readable(Protocol):
    """The part of `ports.Blobs` that verification needs."""

    def get(self, key: str) -> bytes:
        """Raises NotFound, StorageError."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Raises NotFound, StorageError."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix that ends in `/`, sorted."""
        ...


class Folder:
    """Files of a folder under their relative paths. Raises NotFound if there is no such folder."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise NotFound(f"{root}: no such folder -> give the folder that holds chain/ and evidence/")
        self._root = root

    def get(self, key: str) -> bytes:
        """Raises NotFound, StorageError."""
        with self.open(key) as file:
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """Raises NotFound, StorageError."""
        try:
            return (self._root / key).open("rb")
        except FileNotFoundError as error:
            raise NotFound(f"{key}: no such file") from error
        except OSError as error:
            raise StorageError(f"{key}: {error.strerror}") from error

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys below a prefix that ends in `/`, sorted."""
        paths = (self._root / prefix).rglob("*")
        return iter(sorted(path.relative_to(self._root).as_posix() for path in paths if not path.is_dir()))
