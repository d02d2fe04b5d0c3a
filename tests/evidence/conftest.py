"""Stores to seal into and to tamper with."""

import shutil
from pathlib import Path

import pytest
from sealed_stores import SealedStore, fill

from kitchenwatch.evidence.keys import PublicKey


@pytest.fixture
def store(tmp_path: Path) -> SealedStore:
    """An empty store."""
    return SealedStore(tmp_path)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> SealedStore:
    """A store with cases, made once; take a `copy` to change it."""
    store = SealedStore(tmp_path_factory.mktemp("filled"))
    fill(store)
    return store


@pytest.fixture
def copy(filled: SealedStore, tmp_path: Path) -> Path:
    """A copy of the filled store's folder, to tamper with."""
    return Path(shutil.copytree(filled.root, tmp_path / "copy"))


@pytest.fixture
def public_key(filled: SealedStore) -> PublicKey:
    """What verification gets of the filled store's key."""
    return filled.key.public
