"""The command line in the test's own process, for what needs no process of its own."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kitchenwatch.cli import main, screen


@dataclass(frozen=True)
class Said:
    """What came of a command: its exit status, and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The lines on stderr."""
        return self.err.splitlines()


Command = Callable[..., Said]


def widen(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Make the screen so wide, also for the console that was made at the width of whoever imported it first."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(screen.stdout, "width", columns)


def command_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `command("user", "list")`."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["kitchenwatch", *map(str, arguments)])
        capsys.readouterr()
        status: object = 0
        with logging_as_before():
            try:
                main()
            except SystemExit as end:
                status = end.code
        return Said(int(str(status)), *capsys.readouterr())

    return run


@contextmanager
def logging_as_before() -> Iterator[None]:
    """Undoes what a command sets for its process: later tests in this one read the log as well."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers
