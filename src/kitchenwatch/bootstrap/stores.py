"""The store of an installation: rows, blobs, seals, opened together and by one process."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from filelock import FileLock, Timeout

from kitchenwatch.config import Config
from kitchenwatch.errors import StorageError
from kitchenwatch.evidence.keys import load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.timestamp import Timestamper
from kitchenwatch.ports import CaseBook, Clock
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.declarations import Declarations
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.inventory import Inventory
from kitchenwatch.store.loop import CaseLoop
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.uploads import Uploads
from kitchenwatch.store.users import Users
from kitchenwatch.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Stores:
    """Everything that remembers; a context manager that closes it."""

    database: Database
    blobs: DiskBlobs
    chain: FileChain
    cases: CaseBook
    loop: CaseLoop
    uploads: Uploads
    health: SqlHealthLog
    inventory: Inventory
    declarations: Declarations
    reading: Reading
    users: Users
    tokens: Tokens
    public_key: str
    turn: "Turn"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.turn.broke_off = True
        self.close()

    def close(self) -> None:
        """Let another process have it."""
        self.database.close()
        self.turn.end()


class Turn:
    """This process's turn to write to a store; a turn that was not ended leaves its mark.

    Args:
        locks: folder for lock and mark, beside the evidence.

    Raises:
        StorageError: another process has its turn, or the folder cannot be written.
    """

    def __init__(self, locks: Path) -> None:
        # Not bound to a thread: the one that ends the turn need not be the one that began it.
        self._lock = FileLock(locks / "store.lock", thread_local=False)
        self._mark = locks / "unfinished"
        try:
            locks.mkdir(parents=True, exist_ok=True)
            self._lock.acquire(timeout=0)
            self.broke_off = self._mark.exists()
            """Whether the turn before was not ended: something may be half done."""
            self._mark.touch()
        except Timeout:
            raise StorageError(f"{locks}: another kitchenwatch is writing to this store -> stop it first") from None
        except OSError as error:
            self._lock.release()
            raise StorageError(f"{locks}: cannot be written ({error.strerror}) -> make room or give rights") from None

    def mended(self) -> None:
        """What was half done has been looked after."""
        self.broke_off = False

    def end(self) -> None:
        """Let another process write; the mark stays if nobody has looked after what was half done."""
        if not self.broke_off:
            self._mark.unlink(missing_ok=True)
        self._lock.release()


def open_rows(config: Config) -> Database:
    """The database alone, its tables up to date, beside a running service."""
    database = Database(config.store.database.get_secret_value())
    database.upgrade()
    return database


def open_declarations(config: Config, database: Database, clock: Clock) -> Declarations:
    """What the console declares; the key to the cameras' addresses lies beside the one that seals."""
    return Declarations(database, clock, Vault(config.keys.private.with_name("console.key")))


def open_stores(config: Config, clock: Clock) -> Stores:
    """Open the store for writing evidence; makes folders, tables and the signing key where they are missing.

    Raises:
        StorageError: another kitchenwatch writes to it, or it cannot be written.
        SealError: the signing key is not usable.
    """
    folder = config.store.evidence
    blobs = DiskBlobs(folder)
    with ExitStack() as undo:
        turn = Turn(_locks(folder))
        undo.callback(turn.end)
        key = load_or_create_key(config.keys.private)
        database = open_rows(config)
        undo.pop_all()
    chain = FileChain(blobs, key, clock, _locks(folder), _timestamper(config, clock))
    return Stores(
        database=database,
        blobs=blobs,
        chain=chain,
        cases=SqlCases(database, clock),
        loop=CaseLoop(database, chain, clock),
        uploads=Uploads(database, blobs, chain, clock),
        health=SqlHealthLog(database),
        inventory=Inventory(database),
        declarations=open_declarations(config, database, clock),
        reading=Reading(database),
        users=Users(database, clock),
        tokens=Tokens(database, clock),
        public_key=key.public.pem.decode(),
        turn=turn,
    )


def _locks(folder: Path) -> Path:
    """Beside the evidence, not in it: a lock is no evidence."""
    return folder.with_name(f"{folder.name}.locks")


def _timestamper(config: Config, clock: Clock) -> Timestamper | None:
    url = config.timestamp.url
    return Timestamper(str(url), httpx.Client(), clock) if url else None
