"""What the command line tells about itself."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from typer import Context
from typer.core import TyperGroup
from typer.main import get_command

from commandline import Command
from kitchenwatch import __version__
from kitchenwatch.cli.app import app


def paths(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command and group, as the words that name it."""
    yield path
    if isinstance(command, TyperGroup):
        for name in command.list_commands(context := Context(command)):
            yield from paths(command.get_command(context, name), (*path, name))


COMMANDS = list(paths(get_command(app)))


def test_all_commands_are_there() -> None:
    known = {path[0] for path in COMMANDS if path}
    running = {"check", "config", "demo", "replay", "serve", "verify"}
    seeing = {"bench", "blend", "calibrate", "dataset", "detect", "evaluate", "export", "train", "train-verifier"}
    assert known == {"db", "token", "user"} | running | seeing


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_each_command_explains_itself(command: Command, path: tuple[str, ...]) -> None:
    said = command(*path, "--help")
    assert said.status == 0
    lines = said.out.splitlines()
    words = [line.strip() for line in lines if line.strip()]
    assert words[0].startswith(f"Usage: kitchenwatch {' '.join(path)}".rstrip())
    assert words[1].endswith(".")  # a sentence that says what it is for
    assert max(map(len, lines)) <= 100
    assert "--install-completion" not in said.out  # of the whole program, not of a part


def test_what_is_not_asked_for_is_not_loaded() -> None:
    script = """
import sys
from kitchenwatch.cli import main
sys.argv = ["kitchenwatch", "--version"]
try:
    main()
finally:
    print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    version, loaded = done.stdout.splitlines()
    assert version == __version__
    assert not set(loaded.split()) & {"av", "cv2", "fastapi", "onnxruntime", "openvino", "sqlalchemy"}


def test_version(command: Command) -> None:
    assert command("--version").out == f"{__version__}\n"


@pytest.mark.parametrize("wrong", [["nonsense"], ["replay", "--nonsense"], ["user", "add"], ["token", "revoke", "x"]])
def test_what_is_asked_for_wrongly_is_no_success(command: Command, wrong: list[str]) -> None:
    said = command(*wrong)
    assert (said.status, said.out) == (2, "")
    assert "Usage: kitchenwatch" in said.err
