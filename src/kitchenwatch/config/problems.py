"""Everything that is wrong with a configuration, told at once."""

import difflib
from collections.abc import Iterable

from kitchenwatch.errors import ConfigError, KitchenwatchError


class ConfigErrors(KitchenwatchError):
    """One or more faults of one file, in the order of their lines; its text has a line for each."""

    def __init__(self, errors: Iterable[ConfigError]) -> None:
        self.errors = sorted(errors, key=lambda error: error.line or 0)
        super().__init__("\n".join(str(error) for error in self.errors))


def suggestion(written: str, known: Iterable[str]) -> str:
    """What was probably meant; else, what there is to choose from."""
    options = sorted(known)
    if near := difflib.get_close_matches(written, options, n=1):
        return f"did you mean '{near[0]}'?"
    return f"known are: {', '.join(options)}" if options else "there is none yet"
