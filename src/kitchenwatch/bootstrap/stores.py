"""The store of an installation: rows, blobs, seals, opened together and by one process."""

from dataclasses import dataclass
from pathlib import Path

import httpx
from filelock import FileLock, Timeout

from kitchenwatch.config import Config
from kitchenwatch.errors import StorageError
from kitchenwatch.evidence.keys import load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.timestamp import Timestamper
from kitchenwatch.ports import Clock
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.inventory import Inventory
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.users import Users


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that remembers."""

    database: Database
    blobs: DiskBlobs
    chain: FileChain
    cases: SqlCases
    health: SqlHealthLog
    inventory: Inventory
    reading: Reading
    users: Users
    tokens: Tokens
    public_key: str
    lock: FileLock

    def close(self) -> None:
        """Let another process have it."""
        self.database.close()
        self.lock.release()


def open_rows(config: Config) -> Database:
    """The database alone, its tables up to date, beside a running service."""
    database = Database(config.store.database.get_secret_value())
    database.upgrade()
    return database


def open_stores(config: Config, clock: Clock) -> Stores:
    """Open the store for writing evidence; makes folders, tables and the signing key where they are missing.

    Raises:
        StorageError: another kitchenwatch writes to it, or it cannot be written.
        SealError: the signing key is not usable.
    """
    folder = config.store.evidence
    blobs = DiskBlobs(folder)
    lock = _alone(folder)
    key = load_or_create_key(config.keys.private)
    database = open_rows(config)
    chain = FileChain(blobs, key, clock, _locks(folder), _timestamper(config, clock))
    return Stores(
        database=database,
        blobs=blobs,
        chain=chain,
        cases=SqlCases(database, clock),
        health=SqlHealthLog(database),
        inventory=Inventory(database),
        reading=Reading(database),
        users=Users(database, clock),
        tokens=Tokens(database, clock),
        public_key=key.public.pem.decode(),
        lock=lock,
    )


def _locks(folder: Path) -> Path:
    """Beside the evidence, not in it: a lock is no evidence."""
    return folder.with_name(f"{folder.name}.locks")


def _alone(folder: Path) -> FileLock:
    locks = _locks(folder)
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / "store.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StorageError(f"{folder}: another kitchenwatch is writing to it -> stop that one first") from None
    return lock


def _timestamper(config: Config, clock: Clock) -> Timestamper | None:
    url = config.timestamp.url
    return Timestamper(str(url), httpx.Client(), clock) if url else None
