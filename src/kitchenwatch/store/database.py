"""The database, SQLite or PostgreSQL: the only module that knows which.

SQLite runs with `synchronous=FULL`. `kill -9` loses no commit under NORMAL either, but a power cut may
(https://sqlite.org/pragma.html#pragma_synchronous). Cases could be rebuilt from the sealed chain; verdicts could
not, and a number of the event stream would be given out twice. FULL costs one fsync a commit.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from kitchenwatch.errors import MissingExtra, StorageError, StorageFull
from kitchenwatch.store.filesystem import refuse_network
from kitchenwatch.store.lead import FileLead, Lead, PostgresLead
from kitchenwatch.store.tables import Table

# How long a writer waits for its turn; commits take milliseconds, a backup or VACUUM takes seconds.
BUSY_S = 30.0
# Keys of the advisory locks; any constants will do, as long as all processes agree.
OUTBOX_LOCK, UPGRADE_LOCK, DISPATCH_LOCK = 0x6B77_0001, 0x6B77_0002, 0x6B77_0003
POSTGRES_DISK_FULL = "53100"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class Database:
    """Rows, in transactions.

    Args:
        url: `sqlite:////path/to/file.db` or `postgresql://user:password@host/name`.

    Raises:
        StorageError: the URL is of another kind, or SQLite would lie on a network file system.
        MissingExtra: PostgreSQL without its driver.
    """

    def __init__(self, url: str) -> None:
        self._url = _parsed(url)
        self.name = self._url.render_as_string(hide_password=True)
        self._writer: AbstractContextManager[Any] = nullcontext()
        if self._sqlite:
            self._writer = _Turn(self.name)
        self._engine = self._connected()
        self._reading = self._engine.execution_options(postgresql_readonly=True, reading=True)

    @property
    def _sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    @contextmanager
    def session(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end, rolled back on an error.

        On SQLite writers of this process take turns, so do not nest two. Raises StorageFull, StorageError when the
        database cannot be reached or written; IntegrityError and the like pass through.
        """
        with self._translated(), self._writer, _transaction(self._engine) as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One transaction that only reads, beside any writer; a write in it is refused."""
        with self._translated(), _transaction(self._reading) as session:
            yield session

    def upgrade(self) -> None:
        """Create the tables or bring them up to date. Raises StorageError if a newer kitchenwatch wrote them."""
        config = Config()
        config.set_main_option("script_location", "kitchenwatch.store:migrations")
        with self._translated(), self._writer, self._engine.begin() as connection:
            if not self._sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise StorageError(f"{self.name}: written by another version of kitchenwatch ({error})") from error

    def revision(self) -> str | None:
        """The migration that the tables stand at; None for an empty database."""
        with self._translated(), self._engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def dispatching(self) -> Lead:
        """The role of handing out deliveries, which one process on this database holds at a time."""
        if not self._sqlite:
            return PostgresLead(self._engine, DISPATCH_LOCK)
        return FileLead(Path(f"{self._url.database}.dispatch.lock"))

    def close(self) -> None:
        """Close the connections that wait for use."""
        self._engine.dispose()

    def _connected(self) -> Engine:
        if not self._sqlite:
            try:
                return create_engine(self._url, pool_pre_ping=True)
            except ImportError as error:
                raise MissingExtra("PostgreSQL", "postgres") from error
        path = Path(self._url.database or "")
        refuse_network(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{path}: {error.strerror} -> give a folder to write to") from None
        engine = create_engine(self._url)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Trouble with the database itself becomes a StorageError, so that the scribe tries again."""
        try:
            yield
        except (OperationalError, InterfaceError) as error:
            raise self._storage_error(error) from error
        except PoolTimeout as error:
            raise StorageError(f"{self.name}: all connections are busy") from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise  # IntegrityError, ProgrammingError, DataError: not the database's fault
            raise self._storage_error(error) from error

    def _storage_error(self, error: DBAPIError) -> StorageError:
        if _is_full(error.orig):
            return StorageFull(f"{self.name}: no room left for the database -> free space on its disk")
        return StorageError(f"{self.name}: {str(error.orig).strip()}")


class _Turn:
    """Lets one writer of this process at a time reach SQLite: queued threads wake at once, SQLite's would poll."""

    def __init__(self, name: str) -> None:
        self._name, self._lock = name, threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=BUSY_S):
            raise StorageError(f"{self._name}: another transaction has not ended for {BUSY_S:.0f} s")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def serialize_outbox(session: Session) -> None:
    """Call before the first write of a transaction that adds outbox rows: then `seq` rises in the order of commits.

    Without it PostgreSQL could show seq 8 before seq 7, and a reader that resumes after 8 would never see 7. SQLite
    has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": OUTBOX_LOCK})


def insert_if_new(session: Session, table: type[Table], **values: Any) -> bool:
    """Insert a row unless one of its unique keys is taken; whether it was inserted."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table.__table__).values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(*table.__table__.primary_key)).first() is not None


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError("the database URL cannot be read -> sqlite:////path or postgresql://…") from error
    backend = parsed.get_backend_name()
    if backend not in ("sqlite", "postgresql") or parsed.database in (None, "", ":memory:"):
        raise StorageError(
            "this kind of database is not known, or the URL names none -> use sqlite:////path or postgresql://…"
        )
    return parsed.set(drivername="postgresql+psycopg") if backend == "postgresql" else parsed


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        f"busy_timeout={BUSY_S * 1000:.0f}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that began as a reader could not wait for it, only fail."""
    reading = bool(connection.get_execution_options().get("reading"))
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _is_full(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        return error.sqlite_errorcode == sqlite3.SQLITE_FULL
    return getattr(error, "sqlstate", None) == POSTGRES_DISK_FULL
