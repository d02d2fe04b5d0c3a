"""A private PostgreSQL cluster for tests, reached through a Unix socket."""

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import pytest

# Durability is what makes it slow, and a test's cluster is thrown away.
SETTINGS = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_binaries() -> Path | None:
    """The folder with `initdb`, `pg_ctl` and `psql`: the newest of Debian's, or the one in PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    if found:
        folders.append(Path(found).resolve().parent)
    return next((folder for folder in reversed(folders) if (folder / "pg_ctl").exists()), None)


class PostgresCluster:
    """Starts at once; `fresh()` makes an empty database and returns its SQLAlchemy URL."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        # pytest's own folders are closed to the other user that PostgreSQL must run as; a short path
        # keeps the socket's name within the 107 bytes that Linux allows.
        self._folder = Path(tempfile.mkdtemp(prefix="kw-pg-"))
        self._numbers = count(1)
        self._owner = self._give_to_owner()
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        options += f" -k {self._folder}"
        self._run("pg_ctl", "-D", str(data), "-l", str(self._folder / "log"), "-w", "-o", options, "start")

    def fresh(self) -> str:
        """An empty database."""
        name = f"test{next(self._numbers)}"
        self._run("psql", "-h", str(self._folder), "-U", "postgres", "-c", f"create database {name}")
        return f"postgresql+psycopg://postgres@/{name}?host={self._folder}"

    def stop(self) -> None:
        """End it and forget its data."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _give_to_owner(self) -> str | None:
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        owner = "postgres" if "postgres" in names else "nobody"
        shutil.chown(self._folder, owner)
        return owner

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._binaries / program), *arguments]
        # A log file, not a pipe: the server would inherit the pipe and hold it open for ever.
        with (self._folder / f"{program}.out").open("wb") as out:
            done = subprocess.run(
                command,
                user=self._owner,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                check=False,
            )
        if done.returncode:
            pytest.fail(f"{program} failed: {(self._folder / f'{program}.out').read_text(errors='replace')}")
