"""Bytes under keys, on a local disk."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from kitchenwatch.errors import NotFound, StorageError, StorageFull
from kitchenwatch.store.scratch import Scratch

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
SCRATCH = ".scratch"


class DiskBlobs:
    """A folder whose files are blobs; a file is whole or absent, even after a power cut.

    Args:
        root: the folder; made if it is missing.

    Raises:
        StorageFull, StorageError: the folder cannot be used.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        with self._translated():
            root.mkdir(parents=True, exist_ok=True)
            self._scratch = Scratch(root / SCRATCH)

    def put(self, key: str, data: bytes) -> None:
        """Write whole or not at all, durably. Raises StorageFull, StorageError."""
        target, scratch = self._path(key), self.scratch(".part")
        try:
            with self._translated():
                scratch.write_bytes(data)
            self._place(scratch, target)
        finally:
            scratch.unlink(missing_ok=True)

    def put_file(self, key: str, path: Path) -> None:
        """Move a finished file in, whole or not at all, durably; it must come from `scratch`.

        Raises StorageFull, StorageError.
        """
        self._place(path, self._path(key))

    def scratch(self, suffix: str) -> Path:
        """A fresh path on the same device; what is left there when the process has died is removed by the next."""
        with self._translated():
            return self._scratch.fresh(suffix)

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        with self.open(key) as file, self._translated(key):
            return file.read()

    def open(self, key: str) -> BinaryIO:
        """A seekable reader. Raises NotFound."""
        path = self._path(key)
        with self._translated(key):
            return path.open("rb")

    def size(self, key: str) -> int:
        """Length in bytes. Raises NotFound."""
        path = self._path(key)
        with self._translated(key):
            if not path.is_file():
                raise FileNotFoundError
            return path.stat().st_size

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys in the folder that `prefix` names (`""`: all there are), sorted."""
        folder = self._path(prefix.rstrip("/")) if prefix else self._root
        found = (
            (parent / name).relative_to(self._root).as_posix()
            for parent, names in self._folders(folder)
            for name in names
        )
        yield from sorted(found)

    def delete(self, key: str) -> None:
        """Deleting what is not there is no error; folders left empty go too."""
        path = self._path(key)
        with self._translated(key):
            path.unlink(missing_ok=True)
            self._prune(path.parent)

    def free(self) -> tuple[int, int]:
        """Bytes free and bytes in all on the device."""
        with self._translated():
            usage = shutil.disk_usage(self._root)
        return usage.free, usage.total

    def _path(self, key: str) -> Path:
        parts = key.split("/")
        # A leading dot is ours: `.scratch`, and `..` is caught with it.
        if "\\" in key or "\0" in key or any(not part or part.startswith(".") for part in parts):
            raise StorageError(f"{key!r} is no key of a blob")
        return self._root.joinpath(*parts)

    def _place(self, source: Path, target: Path) -> None:
        """Bytes first, then the name, then the folder that holds the name (fsync(2), NOTES)."""
        with self._translated():
            _sync(source)
            made = [parent for parent in (target.parent, *target.parent.parents) if not parent.exists()]
            target.parent.mkdir(parents=True, exist_ok=True)
            source.replace(target)
            for folder in {target.parent, *(parent.parent for parent in made)}:
                _sync(folder)

    def _folders(self, top: Path) -> Iterator[tuple[Path, list[str]]]:
        for folder, below, names in os.walk(top):
            if SCRATCH in below:
                below.remove(SCRATCH)
            yield Path(folder), names

    def _prune(self, folder: Path) -> None:
        """Remove empty folders upwards; one that is filled meanwhile stays."""
        while folder != self._root and folder.exists() and not any(folder.iterdir()):
            try:
                folder.rmdir()
            except OSError:
                return
            folder = folder.parent

    @contextmanager
    def _translated(self, key: str | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError) and key:
                raise NotFound(f"there is no blob {key!r}") from error
            if error.errno in FULL:
                raise StorageFull(
                    f"{self._root}: no room left -> free space on its disk, or keep evidence for fewer days"
                ) from error
            raise StorageError(f"{self._root}: {error.strerror or error}") from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
