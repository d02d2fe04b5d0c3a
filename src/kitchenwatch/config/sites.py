"""Who is watched: districts, sites, cameras, zones and rules, as they are written."""

from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo

from kitchenwatch.config.units import Duration, Id, Polygon, TimeZone, fault, some
from kitchenwatch.model import RULE_KINDS, Kind
from kitchenwatch.sources.address import ESCAPE, is_ambiguous

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CAMERA_SCHEMES = {"rtsp", "rtsps"}
# In the context of a validation: this part was declared in the console, where cameras follow one by one.
CONSOLE = "console"


class Part(BaseModel):
    """A part of the configuration: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _clock_time(value: Any) -> Any:
    if isinstance(value, str) and value in {"24:00", "24:00:00"}:
        return time(0)
    try:
        return time.fromisoformat(value) if isinstance(value, str) else value
    except ValueError as error:
        raise fault("is no time of day", 'write it as "09:00"') from error


ClockTime = Annotated[time, BeforeValidator(_clock_time, json_schema_input_type=str)]


class HoursOfDay(Part):
    """From `from` until `to` on these days; past midnight if `to` is not later, and the day is the first one's."""

    begin: ClockTime = Field(alias="from")
    end: ClockTime = Field(alias="to")
    days: tuple[Day, ...] = DAYS


def _span(value: Any) -> Any:
    """ "09:00-14:00" as the mapping it stands for."""
    if not isinstance(value, str):
        return value
    begin, dash, end = value.partition("-")
    if not dash:
        raise fault("are no hours", 'write "09:00-14:00", or {days: [sat, sun], from: "09:00", to: "22:00"}')
    return {"from": begin.strip(), "to": end.strip()}


Hours = Annotated[HoursOfDay, BeforeValidator(_span, json_schema_input_type=str | HoursOfDay)]


class RuleText(Part):
    """A rule as written: what is not said is inherited from the site, then from the top, then the default.

    `for` is in seconds of media time. `zones` names zones of the camera; left out, all of its zones count; `[]`
    means the whole picture. `schedule` left out means the site's hours.
    """

    enabled: bool = True
    false_alarms_per_day: Annotated[float, Field(gt=0, le=1000)] = 0.1
    for_s: Duration = Field(default=3.0, alias="for")
    merge_gap: Duration = 30.0
    cooldown: Duration = 60.0
    zones: tuple[str, ...] | None = None
    schedule: tuple[Hours, ...] | None = None


def _seen_by_rules(kind: Kind) -> Kind:
    if kind not in RULE_KINDS:
        raise fault("is found by people only, no rule can see it", f"write one of: {', '.join(RULE_KINDS)}")
    return kind


Rules = dict[Annotated[Kind, AfterValidator(_seen_by_rules)], RuleText]


class ZoneText(Part):
    """A polygon; a rule applies `in` it, or everywhere `out` of it."""

    polygon: Polygon
    mode: Literal["in", "out"] = "in"


def _camera_address(url: SecretStr, info: ValidationInfo) -> SecretStr:
    scheme, mark, _ = url.get_secret_value().partition("://")
    if not mark:
        folder = Path((info.context or {}).get("folder", "."))
        return SecretStr(str(folder / Path(scheme).expanduser()))
    if scheme not in CAMERA_SCHEMES:
        raise fault("is no camera address", "write rtsp://… or rtsps://…, or the path of a film", secret=True)
    if is_ambiguous(url.get_secret_value()):
        raise fault("is ambiguous", ESCAPE, secret=True)
    return url


class Camera(Part):
    """One camera: an RTSP address, or a film. `sample_fps` left out means the detector's."""

    id: Id
    name: str
    url: Annotated[SecretStr, AfterValidator(_camera_address)]
    sample_fps: Annotated[float, Field(gt=0, le=60)] | None = None
    zones: dict[str, ZoneText] = Field(default_factory=dict)
    rules: Rules = Field(default_factory=dict)

    @property
    def film(self) -> Path | None:
        """The film, if it is one."""
        address = self.url.get_secret_value()
        return None if "://" in address else Path(address)


class District(Part):
    """A regulator's district; `channels` reach its regulators."""

    id: Id
    name: str
    channels: tuple[str, ...] = ()


def _watched(cameras: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
    return cameras if (info.context or {}).get(CONSOLE) else some(cameras)


class Site(Part):
    """A regulated business; `channels` reach its people. No `hours` means around the clock."""

    id: Id
    name: str
    district: str
    timezone: TimeZone = "Asia/Shanghai"
    hours: tuple[Hours, ...] = ()
    channels: tuple[str, ...] = ()
    rules: Rules = Field(default_factory=dict)
    cameras: Annotated[tuple[Camera, ...], AfterValidator(_watched)]
