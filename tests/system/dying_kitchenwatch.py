"""`kitchenwatch` that is killed just before its n-th act on the files of a folder.

Arguments: n, the folder, then those of `kitchenwatch`.
"""

import os
import signal
import sys
from typing import Any

ACTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir"})


class Death:
    """Counts acts on files below a folder (sys.audit events); SIGKILL comes before the last of them."""

    def __init__(self, folder: str, acts: int) -> None:
        self._folder, self._left = folder, acts

    def watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ACTS and str(arguments[0]).startswith(self._folder):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def main(acts: str, folder: str, *arguments: str) -> None:
    from kitchenwatch.cli import main

    sys.argv = ["kitchenwatch", *arguments]
    sys.addaudithook(Death(folder, int(acts)).watch)
    main()


if __name__ == "__main__":
    main(*sys.argv[1:])
