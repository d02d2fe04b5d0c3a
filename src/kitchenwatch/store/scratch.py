"""Places for files in the making, cleared of what dead processes have left."""

import shutil
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout


class Scratch:
    """A folder of its own for each process, held by a file lock.

    The lock ends with the process, however it ends, so whoever comes next can tell what is left over from what
    another live process still builds; ages and process numbers (which containers share) could not.
    """

    def __init__(self, root: Path) -> None:
        root.mkdir(exist_ok=True)
        for lock in root.glob("*.lock"):
            _clear(lock)
        name = uuid4().hex
        self._lock = FileLock(root / f"{name}.lock")
        self._lock.acquire()
        self._folder = root / name
        self._folder.mkdir()

    def fresh(self, suffix: str) -> Path:
        """A path at which there is nothing yet."""
        return self._folder / f"{uuid4().hex}{suffix}"


def _clear(lock: Path) -> None:
    try:
        with FileLock(lock, timeout=0):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
    except Timeout:
        return
