"""Work in a process of its own, so that nothing else weighs on its CPU time and memory."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, TypeAlias, TypeVar, cast

from kitchenwatch.allocation import keep_little
from kitchenwatch.errors import KitchenwatchError

Result = TypeVar("Result")
Tell: TypeAlias = Callable[[float], None]
"""Told again and again how much is done, 0 to 1."""
Work: TypeAlias = Callable[[Tell], Result]
Serve: TypeAlias = Callable[[Callable[[Any], None], Callable[[], None]], None]
"""Given what it says that it is ready with, and what returns when it must end."""

STEP = 0.01  # of progress: each word of it costs CPU time
END_S = 10.0  # for a process to end by itself

_DONE, _RESULT, _ERROR = "done", "result", "error"


def apart(work: Work[Result], tell: Tell) -> Result:
    """What `work` returns; both must be fit to be pickled.

    Raises KitchenwatchError: with the text of the one that `work` raised, or because its process has died.
    """
    with _process(partial(_work, work)) as door:
        while (said := _heard(door))[0] == _DONE:
            tell(said[1])
    return cast(Result, said[1])


@contextmanager
def beside(serve: Serve) -> Iterator[Any]:
    """Have `serve` at work in its process; yields what it says when it is ready. Raises as `apart` does."""
    with _process(partial(_stay, serve)) as door:
        yield _heard(door)[1]


@contextmanager
def _process(task: Callable[[Connection], None]) -> Iterator[Connection]:
    # A fresh interpreter: a forked one would hold our memory, and locks of threads that it does not have.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=task, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        with ours:
            yield ours
    finally:
        # Time to clear away its temporary files, even where we were interrupted: so was it.
        process.join(END_S)
        process.kill()


def _heard(door: Connection) -> tuple[str, Any]:
    try:
        said: tuple[str, Any] = door.recv()
    except EOFError:
        raise KitchenwatchError("the process that measures has died -> is there enough memory?") from None
    if said[0] == _ERROR:
        raise KitchenwatchError(said[1])
    return said


def _work(work: Work[Any], door: Connection) -> None:
    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if share - told >= STEP:
            told = share
            door.send((_DONE, share))

    with _answering(door):
        door.send((_RESULT, work(tell)))


def _stay(serve: Serve, door: Connection) -> None:
    def ready(said: Any) -> None:
        door.send((_RESULT, said))

    def until_the_end() -> None:
        door.poll(None)  # nothing is ever sent: it returns when the other side is closed

    with _answering(door):
        serve(ready, until_the_end)


@contextmanager
def _answering(door: Connection) -> Iterator[None]:
    """What is raised on purpose is told as text: not every error can be pickled."""
    keep_little()  # as the command line does, which has not run here
    try:
        with door:
            try:
                yield
            except KitchenwatchError as error:
                door.send((_ERROR, str(error)))
    except KeyboardInterrupt:
        pass
