"""What pydantic found, in words for the person who wrote the file."""

import re
from collections.abc import Collection, Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from kitchenwatch.config.document import Document, Place
from kitchenwatch.config.problems import suggestion
from kitchenwatch.config.shape import Config
from kitchenwatch.errors import ConfigError

# Pydantic's own complaints: what to say (None: what pydantic says), and what to do about it.
WORDS: dict[str, tuple[str | None, str]] = {
    "missing": ("is missing", "add it"),
    "string_pattern_mismatch": (
        "has letters that may not be used here",
        "use a-z, 0-9, - and _; no capitals, no spaces",
    ),
    "string_type": ("should be text", "put quotes around it"),
    "bool_parsing": ("should be true or false", "write true or false"),
    "bool_type": ("should be true or false", "write true or false"),
    "int_parsing": ("should be a whole number", "write digits only"),
    "int_type": ("should be a whole number", "write digits only"),
    "float_parsing": ("should be a number", "write digits, with a point if need be"),
    "float_type": ("should be a number", "write digits, with a point if need be"),
    "tuple_type": ("should be a list", "put it in brackets: [ … ]"),
    "dict_type": ("should hold keys and values", "write `key: value` lines under it"),
    "model_type": ("should hold keys and values", "write `key: value` lines under it"),
    "model_attributes_type": ("should hold keys and values", "write `key: value` lines under it"),
    "url_scheme": (None, "write an http:// or https:// address"),
    "url_parsing": (None, "write an http:// or https:// address"),
    "union_tag_not_found": ("has no type", "add type: webhook, apprise or mqtt"),
}
ELSE: tuple[str | None, str] = (None, "compare with configs/shop.yaml")


def faults(document: Document, error: ValidationError, told: Collection[Place]) -> Iterator[ConfigError]:
    """Each complaint, at its line, but for places already `told`; quotes what was written, not what a variable held."""
    for details in error.errors(include_url=False, include_input=False):
        place = _place(document, details["loc"])
        if place not in told:
            yield document.error(place, *_worded(document, place, details))


def plain_words(details: ErrorDetails) -> tuple[str, str]:
    """A complaint and what to do about it, for a reader who sees the place."""
    if details["type"] == "fault":
        context = details["ctx"]
        return str(context["problem"]), str(context["remedy"])
    words, remedy = WORDS.get(details["type"], (None, ""))
    return words or _sentence(details["msg"]), remedy


def _worded(document: Document, place: Place, details: ErrorDetails) -> tuple[str, str]:
    name = _name(place)
    context = details.get("ctx", {})
    match details["type"]:
        case "fault":
            return f"{_quoted(document, place, context)} {context['problem']}", str(context["remedy"])
        case "extra_forbidden":
            return f"unknown key {name}", suggestion(str(place[-1]), _keys(place[:-1]))
        case "enum" | "literal_error" | "union_tag_invalid":
            return _choice(document, place, details)
    words, remedy = WORDS.get(details["type"], ELSE)
    return f"{name} {words or _sentence(details['msg'])}", remedy


def _quoted(document: Document, place: Place, context: dict[str, Any]) -> str:
    written = document.value(place)
    if context["secret"] or isinstance(written, dict) or written is None:
        return _name(place)
    return f"{_name(place)}: '{written}'"


def _choice(document: Document, place: Place, details: ErrorDetails) -> tuple[str, str]:
    context = details.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags"))
    options = [option.strip(" '") for option in expected.replace(" or ", ",").split(",")]
    is_key = details["loc"][-1] == "[key]"
    if details["type"] == "union_tag_invalid":
        place = (*place, "type")
    written = place[-1] if is_key else document.value(place)
    problem = f"unknown key '{written}'" if is_key else f"{_name(place)} cannot be '{written}'"
    return problem, suggestion(str(written), options)


def _place(document: Document, loc: tuple[int | str, ...]) -> Place:
    """Where pydantic's place lies in the file: without the tags that it adds for unions and keys."""
    place: Place = ()
    for index, part in enumerate(loc):
        node = document.value(place)
        named = part in node or (index == len(loc) - 1 and part != "[key]") if isinstance(node, dict) else False
        if named or (isinstance(node, list) and isinstance(part, int)):
            place = (*place, part)
    return place


def _keys(place: Place) -> set[str]:
    """The keys that may be written at a place."""
    found: set[str] = set()
    for model in _models(Config, place):
        found |= {field.alias or name for name, field in model.model_fields.items()}
    return found


def _models(annotation: Any, place: Place) -> Iterator[type[BaseModel]]:
    origin = get_origin(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _in_model(annotation, place)
    elif origin is Annotated:
        yield from _models(get_args(annotation)[0], place)
    elif origin in (Union, UnionType):
        for option in get_args(annotation):
            yield from _models(option, place)
    elif origin in (dict, tuple) and place:
        yield from _models(get_args(annotation)[1 if origin is dict else 0], place[1:])


def _in_model(model: type[BaseModel], place: Place) -> Iterator[type[BaseModel]]:
    if not place:
        yield model
        return
    for name, field in model.model_fields.items():
        if place[0] == (field.alias or name):
            yield from _models(field.annotation, place[1:])


def _name(place: Place) -> str:
    """The last key of a place, with the number of the entry if it is a list's."""
    keys = [part for part in place if isinstance(part, str)]
    return f"'{keys[-1]}'" if keys else "the file"


def _sentence(message: str) -> str:
    return re.sub(r"^(Input|Value|String) should", "should", message)
