"""A small installation behind the real application: two districts, three sites, one user of every kind."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from installation import DATABASE, Installation

from kitchenwatch.web.server import Server

BASE = "https://kitchen.example"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with places and people, to copy from."""
    folder = tmp_path_factory.mktemp("prepared")
    installation = Installation(folder)
    installation.prepare()
    installation.database.close()
    return folder / DATABASE


@pytest.fixture
def shop(prepared: Path, tmp_path: Path) -> Iterator[Installation]:
    """The installation, without cases yet."""
    shutil.copy(prepared, tmp_path)
    shop = Installation(tmp_path)
    yield shop
    shop.database.close()


@pytest.fixture
def client(shop: Installation) -> TestClient:
    """Nobody in particular."""
    return TestClient(shop.app, BASE, raise_server_exceptions=False)


@pytest.fixture
def as_user(shop: Installation) -> Callable[[str], TestClient]:
    """A client with an API token of the user."""

    def as_user(name: str) -> TestClient:
        headers = {"Authorization": f"Bearer {shop.token(name)}"}
        return TestClient(shop.app, BASE, headers=headers, raise_server_exceptions=False)

    return as_user


@pytest.fixture
def served(shop: Installation) -> Iterator[str]:
    """The address of a real server with the application."""
    config = uvicorn.Config(shop.app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1)
    server = Server(config, shop.app.state.feed)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        thread.join(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
