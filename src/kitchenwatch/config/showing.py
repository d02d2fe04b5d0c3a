"""A configuration as YAML that may be seen: complete, but for its secrets."""

import io
from collections.abc import Collection
from datetime import time
from typing import Any

from pydantic import BaseModel, SecretStr
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from kitchenwatch.config.joining import PERIODS, Declared
from kitchenwatch.config.services import DATABASES, AppriseText, Periods
from kitchenwatch.config.shape import Config
from kitchenwatch.config.sites import Camera, District, RuleText, Site
from kitchenwatch.config.units import BYTES, Room
from kitchenwatch.sources.address import redacted

HIDDEN = "***"
CONSOLE = "declared in the console"
WIDE = 120  # columns
Key = tuple[str, str]


def effective_yaml(config: Config, added: Collection[Declared] = ()) -> str:
    """All settings that hold, those left out with their defaults.

    Args:
        added: what of it was declared in the console; a comment says so.
    """
    whole, console = _shown(config), {(one.kind, one.id) for one in added}
    if ("retention", PERIODS) in console:
        for name in Periods.model_fields:
            whole["retention"].yaml_add_eol_comment(CONSOLE, name)
    _remark(whole["districts"], config.districts, "district", console)
    _remark(whole["sites"], config.sites, "site", console)
    for site, shown in zip(config.sites, whole["sites"], strict=True):
        _remark(shown["cameras"], site.cameras, "camera", console)
    return _dumped(whole)


def part_yaml(part: District | Site | Camera | Periods) -> str:
    """One entry as it would be written in the file: without defaults, with `${…}` for its password.

    Periods are written in full, under their key.
    """
    if isinstance(part, Periods):
        periods = CommentedMap((name, _shown(getattr(part, name))) for name in Periods.model_fields)
        return _dumped(CommentedMap(retention=periods))
    shown = CommentedSeq([_shown(part, brief=True)])
    if isinstance(part, Camera):
        shown[0]["url"] = _portable(part)
    if isinstance(part, Site):
        shown[0].pop("cameras", None)
    return _dumped(shown)


def _shown(value: Any, brief: bool = False) -> Any:
    if isinstance(value, BaseModel):
        return _mapping(value, brief)
    if isinstance(value, dict):
        return CommentedMap((str(key), _shown(child, brief)) for key, child in value.items())
    if isinstance(value, tuple | list):
        return _sequence([_shown(child, brief) for child in value])
    return _scalar(value)


def _mapping(model: BaseModel, brief: bool) -> CommentedMap:
    shown = CommentedMap()
    for name, about in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(model, RuleText):  # what it does not say is inherited, so its defaults are not what holds
            left_out = name not in model.model_fields_set
        else:
            left_out = brief and value == about.get_default(call_default_factory=True)
        if not left_out:
            shown[about.alias or name] = _address(model, value) if name == "url" else _shown(value, brief)
    return shown


def _sequence(shown: list[Any]) -> CommentedSeq:
    """Short lists of plain values (a point, the days) stand in one line."""
    listed = CommentedSeq(shown)
    if not any(isinstance(child, CommentedMap) for child in shown):
        listed.fa.set_flow_style()
    return listed


def _address(model: BaseModel, url: Any) -> str | None:
    if not isinstance(url, SecretStr):
        return str(url) if url else None
    text = url.get_secret_value()
    return redacted(text) if isinstance(model, Camera) else channel_address(text, isinstance(model, AppriseText))


def channel_address(text: str, apprise: bool) -> str:
    """Where a channel leads; some of Apprise's addresses have a token where others have their host."""
    scheme, _, rest = text.partition("://")
    place = rest.partition("/")[0].partition("?")[0]
    doubtful = apprise or ("@" in rest and "@" not in place)
    return f"{scheme}://{HIDDEN if doubtful else place.rsplit('@', 1)[-1]}/…"


def _scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, SecretStr):
        text = value.get_secret_value()
        return redacted(text) if text.startswith(DATABASES) else HIDDEN
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, time):
        return DoubleQuotedScalarString(f"{value:%H:%M}")
    if isinstance(value, Room):
        return _room(value)
    return str(value)


def _room(room: Room) -> str:
    if room.bytes is None:
        return f"{100 * (room.share or 0):g}%"
    unit = max((name for name, size in BYTES.items() if room.bytes % size == 0), key=BYTES.__getitem__)
    return f"{room.bytes // BYTES[unit]}{unit}"


def _portable(camera: Camera) -> str:
    address = camera.url.get_secret_value()
    scheme, _, rest = redacted(address).partition("://")
    if "@" not in address or "://" not in address:
        return redacted(address)
    name = camera.id.upper().replace("-", "_")
    return f"{scheme}://${{{name}_USER}}:${{{name}_PASSWORD}}@{rest}"


def _remark(shown: CommentedSeq, parts: Collection[Any], kind: str, console: Collection[Key]) -> None:
    for index, part in enumerate(parts):
        if (kind, part.id) in console:
            shown[index].yaml_add_eol_comment(CONSOLE, "id")


def _dumped(shown: Any) -> str:
    yaml, text = YAML(), io.StringIO()
    yaml.width, yaml.allow_unicode = WIDE, True
    yaml.dump(shown, text)
    return text.getvalue()
