"""What a person sees: messages and progress on stderr, so that stdout stays clean for data."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

stderr = Console(stderr=True)
stdout = Console()


def log_to_screen(level: int) -> None:
    """Send log lines to stderr."""
    logging.basicConfig(level=level, handlers=[_handler()], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _handler() -> logging.Handler:
    """Columns and colours for a person; for a journal or a file one line a record, however long."""
    if not stderr.is_terminal:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s: %(message)s", "%m-%d %H:%M:%S"))
        return handler
    rich = RichHandler(console=stderr, show_path=False, markup=False, log_time_format="%m-%d %H:%M:%S")
    rich.setFormatter(logging.Formatter("%(message)s"))
    return rich


@contextmanager
def progress() -> Iterator[Progress]:
    """A progress bar that vanishes when done; none where nobody looks."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as bar:
        yield bar


def say(text: str, sign: str = "", on: Console = stdout) -> None:
    """One line, however long: what reads it line by line finds it whole.

    Args:
        text: as it is, whatever brackets it holds.
        sign: before it, in Rich's markup.
        on: stdout for what was asked for, stderr for what is beside it.
    """
    on.print(f"{sign}{escape(text)}", soft_wrap=True, highlight=False)


def explain(texts: Iterable[str]) -> None:
    """Prose for people beside a table, on stdout: broken between words where the screen ends."""
    for text in texts:
        stdout.print(text, highlight=False, markup=False)


def say_written(paths: Iterable[Path]) -> None:
    """On stderr."""
    for path in paths:
        say(f"wrote {path}", on=stderr)


def fault(text: str) -> None:
    """One thing that is wrong, in a line."""
    say(text, "[bold red]error[/]: ", stderr)
