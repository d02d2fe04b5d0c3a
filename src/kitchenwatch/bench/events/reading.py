"""Reads what people and other programs wrote; what is wrong with it is told by file, place and remedy."""

import difflib
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from kitchenwatch.errors import ConfigError, Invalid
from kitchenwatch.model import RULE_KINDS

Read = TypeVar("Read", bound=BaseModel)

FORMAT = "docs/benchmark.md tells the format"


class Strict(BaseModel):
    """Takes no key that it does not know, and no number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def wrong(problem: str, remedy: str) -> PydanticCustomError:
    """For a validator to raise."""
    return PydanticCustomError("wrong", "{problem}", {"problem": problem, "remedy": remedy})


def read_text(path: Path) -> str:
    """A text file in UTF-8. Raises ConfigError."""
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise ConfigError(str(path), str(error.strerror), remedy="name a file that can be read") from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), "is no text in UTF-8", remedy="save it as UTF-8") from None


def read_json(text: str, path: Path, line: int | None = None) -> Any:
    """A JSON value; `line` is where the text begins, if it is one line of a file. Raises ConfigError."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ConfigError(str(path), f"is no JSON ({error.msg})", line=line or error.lineno, remedy=FORMAT) from None
    except RecursionError:
        raise ConfigError(str(path), "is nested too deeply", line=line, remedy=FORMAT) from None


def checked(model: type[Read], value: Any, path: Path, line: int | None = None) -> Read:
    """A value as a model. Raises Invalid with a line for each fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid("\n".join(map(str, _faults(model, error, path, line)))) from None


def refuse(faults: Iterable[str]) -> None:
    """Raises Invalid if there are any, a line each."""
    if lines := list(faults):
        raise Invalid("\n".join(lines))


def _faults(model: type[BaseModel], error: ValidationError, path: Path, line: int | None) -> Iterator[ConfigError]:
    for details in error.errors(include_url=False):
        problem, remedy = _worded(model, details)
        place = _place(details["loc"])
        yield ConfigError(str(path), f"{place}: {problem}" if place else problem, line=line, remedy=remedy)


def _place(loc: tuple[int | str, ...]) -> str:
    """As a person would write it: `violations[2].closed`, counted from 0."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")


def _worded(model: type[BaseModel], details: ErrorDetails) -> tuple[str, str]:
    written = details["input"]
    match details["type"]:
        case "wrong":
            return details["ctx"]["problem"], details["ctx"]["remedy"]
        case "missing":
            return "is missing", f"add it; {FORMAT}"
        case "extra_forbidden":
            return "is a key that is not known", _meant(str(details["loc"][-1]), _names(model))
        case "literal_error":
            return f"there is no kind {written!r}", _meant(str(written), RULE_KINDS)
        case "model_type" | "model_attributes_type":
            return "should hold keys and values", FORMAT
    return _value_words(details["msg"], written), FORMAT


def _value_words(message: str, written: Any) -> str:
    words = message.replace("Input should be", "should be")
    if isinstance(written, (str, int)) or (isinstance(written, float) and math.isfinite(written)):
        return f"{words}, not {str(written)[:40]!r}"
    return words


def _meant(written: str, known: Iterable[str]) -> str:
    options = sorted(map(str, known))
    near = difflib.get_close_matches(written, options, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(options)}"


def _names(model: type[BaseModel]) -> set[str]:
    """Every key of a model and of the models in it."""
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {name for part in parts for name in part.get("properties", {})}
