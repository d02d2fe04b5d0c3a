"""Databases of both kinds, a kitchen in them, and a place for evidence."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Desk
from filed import NOW, Filed, declare_kitchen

from kitchenwatch.clock import ManualClock
from kitchenwatch.evidence.keys import load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.loop import CaseLoop
from kitchenwatch.store.uploads import Uploads


@pytest.fixture
def clock() -> ManualClock:
    """Stands at `NOW`."""
    return ManualClock(NOW)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A database file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'rows' / 'kitchenwatch.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """The tables, empty."""
    database = Database(database_url)
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small tmpfs")
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"needs the right to mount: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def kitchen(database: Database) -> Database:
    """Two districts, two sites, three cameras."""
    declare_kitchen(database)
    return database


@pytest.fixture
def cases(kitchen: Database, clock: ManualClock) -> SqlCases:
    """The case book."""
    return SqlCases(kitchen, clock)


@pytest.fixture
def blobs(tmp_path: Path) -> DiskBlobs:
    """An empty blob store on a real disk."""
    return DiskBlobs(tmp_path / "blobs")


@pytest.fixture
def chain(blobs: DiskBlobs, clock: ManualClock, tmp_path: Path) -> FileChain:
    """The real chain, with a key of its own."""
    return FileChain(blobs, load_or_create_key(tmp_path / "key.pem"), clock, tmp_path / "locks")


@pytest.fixture
def loop(kitchen: Database, chain: FileChain, clock: ManualClock) -> CaseLoop:
    """What people do with the kitchen's cases."""
    return CaseLoop(kitchen, chain, clock)


@pytest.fixture
def filed(blobs: DiskBlobs, chain: FileChain, cases: SqlCases) -> Filed:
    """Files cases: files, then seal, then rows."""
    return Filed(blobs, chain, cases)


@pytest.fixture
def desk(
    filed: Filed, loop: CaseLoop, kitchen: Database, blobs: DiskBlobs, chain: FileChain, clock: ManualClock
) -> Desk:
    """Cases, brought to where a test needs them."""
    return Desk(filed, loop, Uploads(kitchen, blobs, chain, clock), kitchen, blobs, clock)
