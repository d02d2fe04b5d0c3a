"""Keeps what must be used again but never shown again: texts, encrypted with a key of the installation's own.

The database alone gives nothing away: whoever has only a copy of it cannot read the cameras' passwords.
"""

import os
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from filelock import FileLock

from kitchenwatch.errors import StorageError


class Vault:
    """Encrypts with the key in a file, which is made (mode 0600) when it is first needed.

    Args:
        path: of the key. Without it nothing that was locked can be read again, so it wants a copy elsewhere.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def lock(self, text: str) -> str:
        """The text, encrypted (Fernet). Raises StorageError: the key cannot be kept."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(f"{self._path.name}.lock")):
                if not self._path.exists():
                    self._create()
        except OSError as error:
            raise StorageError(f"{self._path}: cannot keep the key ({error.strerror}) -> give rights") from error
        return self._key().encrypt(text.encode()).decode()

    def unlock(self, locked: str) -> str:
        """The text. Raises StorageError: the key is gone or another."""
        try:
            return self._key().decrypt(locked.encode()).decode()
        except InvalidToken:
            raise StorageError(f"{self._path}: this key did not lock it -> restore the key, or enter it anew") from None

    def _key(self) -> Fernet:
        try:
            return Fernet(self._path.read_bytes().strip())
        except OSError as error:
            raise StorageError(f"{self._path}: cannot read the key ({error.strerror}) -> restore it") from error
        except ValueError:
            raise StorageError(f"{self._path}: is no key -> restore the one that kitchenwatch made") from None

    def _create(self) -> None:
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
