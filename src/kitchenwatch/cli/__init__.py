"""The command line."""

import errno
import os
import sys

from kitchenwatch.cli.app import app
from kitchenwatch.cli.screen import fault
from kitchenwatch.errors import KitchenwatchError

REMEDIES = {
    errno.ENOSPC: "make room, or name a place with more",
    errno.EROFS: "name a place that can be written to",
    errno.EACCES: "name a place that you may use",
    errno.ENOTDIR: "name a folder, not a file",
    errno.EEXIST: "name a folder, not a file",
    errno.EISDIR: "name a file, not a folder",
}
OTHERWISE = "name another place"


def main() -> None:
    """Run a command; what goes wrong on purpose is told in a line, without a stack trace."""
    try:
        app()
    except KitchenwatchError as error:
        for line in str(error).splitlines():
            fault(line)
        sys.exit(1)
    except BrokenPipeError:
        _forget_output()  # whoever read it has gone (`… | head`)
        sys.exit(141)
    except OSError as error:
        if error.filename is None and error.errno is None:
            raise
        remedy = REMEDIES.get(error.errno or 0, OTHERWISE)
        fault(f"{error.filename or 'what is written to'}: {error.strerror} -> {remedy}")
        if error.filename is None:
            _forget_output()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _forget_output() -> None:
    """What could not be written must not be tried again when Python flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
