"""Which of several processes acts for all: the first to ask, until it ends."""

import threading
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout
from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from kitchenwatch.errors import StorageError


class Lead(Protocol):
    """A role that one process at a time holds; it falls free when that process ends, however it ends."""

    def held(self) -> bool:
        """Whether the role is ours; takes it if it is free. Raises StorageError."""
        ...

    def give_up(self) -> None:
        """Leave the role to others."""
        ...


class FileLead:
    """Between processes of one machine, by a locked file."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path, thread_local=False)
        self._turn = threading.Lock()

    def held(self) -> bool:
        with self._turn:
            if not self._lock.is_locked:
                try:
                    self._lock.acquire(timeout=0)
                except Timeout:
                    return False
            return True

    def give_up(self) -> None:
        with self._turn:
            self._lock.release()


class PostgresLead:
    """Between processes of many machines, by an advisory lock that lives as long as its connection."""

    def __init__(self, engine: Engine, key: int) -> None:
        self._engine, self._key = engine.execution_options(isolation_level="AUTOCOMMIT"), key
        self._turn = threading.Lock()
        self._connection: Connection | None = None

    def held(self) -> bool:
        with self._turn:
            try:
                return self._alive() or self._taken()
            except DBAPIError as error:
                raise StorageError(f"the database cannot be asked who dispatches: {error.orig}") from error

    def give_up(self) -> None:
        with self._turn:
            self._drop()

    def _alive(self) -> bool:
        """The server frees the lock of a connection that broke, so the connection must be seen to work."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except DBAPIError:
            self._drop()
        return self._connection is not None

    def _taken(self) -> bool:
        self._connection = self._engine.connect()
        if not self._connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": self._key}):
            self._drop()
        return self._connection is not None

    def _drop(self) -> None:
        """Close the connection itself: given back to the pool it would keep the lock."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
