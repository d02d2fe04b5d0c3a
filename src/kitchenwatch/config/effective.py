"""Which rules hold for one camera, after everything that was said about them."""

from typing import Any
from zoneinfo import ZoneInfo

from kitchenwatch.config.shape import Config
from kitchenwatch.config.sites import DAYS, Camera, HoursOfDay, RuleText, Site
from kitchenwatch.model import RULE_KINDS, Kind
from kitchenwatch.rules.rule import RuleSettings
from kitchenwatch.rules.schedule import Hours, Schedule
from kitchenwatch.rules.zones import Zone


def rules_for(config: Config, site: Site, camera: Camera) -> list[RuleSettings]:
    """The enabled rules; of each setting, the camera's word comes before the site's, and that before the file's."""
    texts = {kind: _inherited(kind, config, site, camera) for kind in RULE_KINDS}
    return [_settings(kind, text, site, camera) for kind, text in texts.items() if text.enabled]


def _inherited(kind: Kind, config: Config, site: Site, camera: Camera) -> RuleText:
    said: dict[str, Any] = {}
    for rules in (config.rules, site.rules, camera.rules):
        if kind in rules:
            said |= {name: getattr(rules[kind], name) for name in rules[kind].model_fields_set}
    return RuleText.model_construct(**said)


def _settings(kind: Kind, text: RuleText, site: Site, camera: Camera) -> RuleSettings:
    zones = camera.zones if text.zones is None else {name: camera.zones[name] for name in text.zones}
    hours = site.hours if text.schedule is None else text.schedule
    return RuleSettings(
        kind=kind,
        false_alarms_per_day=text.false_alarms_per_day,
        for_s=text.for_s,
        merge_gap=text.merge_gap,
        cooldown=text.cooldown,
        zones=tuple(Zone(name, zone.polygon, zone.mode) for name, zone in zones.items()),
        schedule=Schedule(tuple(_hours(part) for part in hours), ZoneInfo(site.timezone)),
    )


def _hours(part: HoursOfDay) -> Hours:
    return Hours(part.begin, part.end, frozenset(DAYS.index(day) for day in part.days))
