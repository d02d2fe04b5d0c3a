"""The configuration as a whole; `Config.model_json_schema()` is its JSON Schema."""

from typing import Annotated

from pydantic import AfterValidator, Field

from kitchenwatch.config.services import (
    ChannelText,
    Detector,
    Egress,
    Keys,
    Push,
    Retention,
    Store,
    Timestamp,
    Web,
)
from kitchenwatch.config.sites import District, Part, Rules, Site
from kitchenwatch.config.units import Id, some


class Config(Part):
    """One YAML file."""

    store: Store = Field(default={}, validate_default=True)
    web: Web = Web()
    detector: Detector = Detector()
    keys: Keys = Field(default={}, validate_default=True)
    timestamp: Timestamp = Timestamp()
    retention: Retention = Retention()
    rules: Rules = Field(default_factory=dict)
    channels: dict[Id, ChannelText] = Field(default_factory=dict)
    egress: Egress = Egress()
    push: Push = Push()
    districts: Annotated[tuple[District, ...], AfterValidator(some)]
    sites: Annotated[tuple[Site, ...], AfterValidator(some)]
