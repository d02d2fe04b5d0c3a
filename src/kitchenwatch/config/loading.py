"""From a path to a configuration that holds together, or to a list of all that is wrong with it."""

import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from kitchenwatch.config import references, wording
from kitchenwatch.config.document import read
from kitchenwatch.config.problems import ConfigErrors
from kitchenwatch.config.shape import Config


def load(path: Path, env: Mapping[str, str] = os.environ) -> Config:
    """Read and check one file; `${NAME}` is filled in from `env`, and its paths are relative to its folder.

    Raises:
        ConfigErrors: every fault, each with path, line and remedy.
    """
    document = read(path)
    values, missing = document.filled(env)
    faults = [*missing.values(), *references.faults(document)]
    try:
        config = Config.model_validate(values, context={"folder": path.absolute().parent})
    except ValidationError as error:
        raise ConfigErrors([*faults, *wording.faults(document, error, missing.keys())]) from None
    if faults:
        raise ConfigErrors(faults)
    return config
