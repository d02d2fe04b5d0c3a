"""How quantities are written: durations, room on a disk, hours of the day, points, paths."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from kitchenwatch.config.problems import suggestion

SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0}
BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}


def fault(problem: str, remedy: str, *, secret: bool = False) -> PydanticCustomError:
    """What a validator raises: told to the user after the value as written, unless that is a secret."""
    return PydanticCustomError("fault", "{problem}", {"problem": problem, "remedy": remedy, "secret": secret})


def seconds(value: Any) -> float:
    """30, "30s", "5m", "1h" or "3d" in seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd])\s*", value) if isinstance(value, str) else None
    if not found:
        raise fault("is no duration", 'write seconds, or "30s", "5m", "1h", "3d"')
    return float(found[1]) * SECONDS[found[2]]


Duration = Annotated[
    float, BeforeValidator(seconds, json_schema_input_type=float | str), Field(ge=0, allow_inf_nan=False)
]


@dataclass(frozen=True, slots=True)
class Room:
    """Part of a disk: a share of it, or so many bytes."""

    share: float | None = None
    bytes: int | None = None

    def of(self, total: int) -> int:
        """In bytes, on a disk of `total` bytes."""
        return self.bytes if self.bytes is not None else round((self.share or 0.0) * total)


def room(value: Any) -> Room:
    """ "10%" or "20GB" (powers of ten)."""
    text = value.strip() if isinstance(value, str) else ""
    if (found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text)) and float(found[1]) <= 100:
        return Room(share=float(found[1]) / 100)
    if found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?B)", text):
        return Room(bytes=round(float(found[1]) * BYTES[found[2]]))
    raise fault("is no size", 'write a share such as "10%" or a size such as "20GB"')


# In JSON Schema it is a string.
Space = Annotated[Room, BeforeValidator(room, json_schema_input_type=str)]


def _in_picture(point: tuple[float, float]) -> tuple[float, float]:
    if not all(0 <= part <= 1 for part in point):
        remedy = "points are fractions of the picture from 0 to 1: divide pixels by its width and height"
        raise fault("lies outside the picture", remedy)
    return point


Point = Annotated[tuple[float, float], AfterValidator(_in_picture)]


def some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """At least one. (A minimum length would also be told when an entry is wrong.)"""
    if not values:
        raise fault("is empty", "list at least one")
    return values


def _corners(points: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(points) < 3:
        raise fault("has fewer than three corners", "give three or more points, each [x, y]")
    return points


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        near = suggestion(name, available_timezones())
        remedy = near if near.startswith("did you") else "write a zone such as Asia/Shanghai"
        raise fault("is no time zone", remedy) from error
    return name


Polygon = Annotated[tuple[Point, ...], AfterValidator(_corners)]
TimeZone = Annotated[str, AfterValidator(_known_zone)]


def _beside_the_file(path: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", ".")) / path.expanduser()


# Relative to the folder of the YAML file.
NearPath = Annotated[Path, AfterValidator(_beside_the_file)]

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
