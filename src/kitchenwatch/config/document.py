"""The YAML file as it was written: its values, with environment variables filled in, and the line of each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from kitchenwatch.config.problems import ConfigErrors
from kitchenwatch.errors import ConfigError

Place = tuple[str | int, ...]

VARIABLE = re.compile(r"\$\{([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration file.

    Attributes:
        raw: what was written, before variables; fit to be quoted in messages.
    """

    path: Path
    raw: CommentedMap

    def value(self, place: Place) -> Any:
        """What was written there; None if nothing."""
        node: Any = self.raw
        for part in place:
            node = _child(node, part)
        return node

    def line(self, place: Place) -> int:
        """The line, from 1, of the deepest part of a place that exists."""
        node: Any = self.raw
        line = 1
        for part in place:
            line = _line_of(node, part) or line
            node = _child(node, part)
        return line

    def error(self, place: Place, problem: str, remedy: str = "") -> ConfigError:
        """A fault at that place."""
        return ConfigError(str(self.path), problem, line=self.line(place), remedy=remedy)

    def filled(self, env: Mapping[str, str]) -> tuple[Any, dict[Place, ConfigError]]:
        """Plain values with every `${NAME}` replaced, and a fault for each place that names what `env` lacks."""
        missing: dict[Place, ConfigError] = {}

        def text(value: str, place: Place) -> str:
            for name in VARIABLE.findall(value):
                if name not in env:
                    remedy = f"set the environment variable {name} before starting"
                    missing[place] = self.error(place, f"${{{name}}} is not set", remedy)
            return VARIABLE.sub(lambda found: env.get(found[1], found[0]), value)

        def fill(node: Any, place: Place) -> Any:
            if isinstance(node, dict):
                return {str(key): fill(child, (*place, key)) for key, child in node.items()}
            if isinstance(node, list):
                return [fill(child, (*place, index)) for index, child in enumerate(node)]
            return text(str(node), place) if isinstance(node, str) else node

        return fill(self.raw, ()), missing


def read(path: Path) -> Document:
    """Parse the file. Raises ConfigErrors if there is none, or if it is no YAML mapping."""
    try:
        raw = YAML(typ="rt").load(path.read_text("utf-8"))
    except OSError as error:
        raise _fault(
            path, f"cannot be read: {error.strerror}", remedy="copy configs/shop.yaml, or name yours with --config"
        ) from error
    except UnicodeDecodeError as error:
        raise _fault(path, "is not UTF-8 text", remedy="save it as UTF-8") from error
    except DuplicateKeyError as error:  # its text quotes values, so none of it is passed on
        key = re.search(r'key "([^"]*)"', error.problem or "")
        raise _fault(path, f"key '{key[1] if key else '?'}' is there twice", _line(error), "remove one") from None
    except MarkedYAMLError as error:
        problem = f"is no valid YAML: {error.problem or error.context}"
        raise _fault(path, problem, _line(error), "check indentation, quotes and colons there") from None
    except YAMLError:
        raise _fault(path, "is no valid YAML", remedy="remove control characters") from None
    if not isinstance(raw, CommentedMap):
        found = "is empty" if raw is None else "holds no keys"
        raise _fault(path, found, 1, "start from configs/shop.yaml")
    return Document(path, raw)


def _fault(path: Path, problem: str, line: int | None = None, remedy: str = "") -> ConfigErrors:
    return ConfigErrors([ConfigError(str(path), problem, line=line, remedy=remedy)])


def _line(error: MarkedYAMLError) -> int | None:
    return error.problem_mark.line + 1 if error.problem_mark else None


def _child(node: Any, part: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(part)
    if isinstance(node, list) and isinstance(part, int) and part < len(node):
        return node[part]
    return None


def _line_of(node: Any, part: str | int) -> int | None:
    try:
        if isinstance(node, CommentedMap):
            return int(node.lc.key(part)[0]) + 1
        if isinstance(node, CommentedSeq):
            return int(node.lc.item(part)[0]) + 1
    except (KeyError, IndexError, TypeError):
        pass  # merged in from an anchor: only the parent's line is known
    return None
