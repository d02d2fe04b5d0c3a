"""The command line."""

import os
import sys

from kitchenwatch.cli.app import app
from kitchenwatch.cli.screen import fault
from kitchenwatch.errors import KitchenwatchError


def main() -> None:
    """Run a command; what goes wrong on purpose is told in a line, without a stack trace."""
    try:
        app()
    except KitchenwatchError as error:
        for line in str(error).splitlines():
            fault(line)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone (`… | head`): Python must not complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
