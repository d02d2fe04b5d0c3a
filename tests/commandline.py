"""The command line in the test's own process, for what needs no process of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from kitchenwatch.cli import main


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


def command_in(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `command("user", "list")`."""

    def run(*arguments: str | Path) -> Said:
        monkeypatch.setattr("sys.argv", ["kitchenwatch", *map(str, arguments)])
        capsys.readouterr()
        status: object = 0
        try:
            main()
        except SystemExit as end:
            status = end.code
        return Said(int(str(status)), *capsys.readouterr())

    return run
