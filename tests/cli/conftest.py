"""What tests of the command line need."""

from pathlib import Path

import pytest

from commandline import Command, command_in, widen


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `command("user", "list")` in the test's folder, on a screen of 100 columns."""
    monkeypatch.chdir(tmp_path)
    widen(monkeypatch, 100)
    return command_in(monkeypatch, capsys)
