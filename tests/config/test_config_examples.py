"""The example files load, and say what their comments promise."""

from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest

from kitchenwatch.config import Config, load, rules_for
from kitchenwatch.config.units import Room
from kitchenwatch.model import Kind

EXAMPLES = Path(__file__).parents[2] / "configs"


@pytest.mark.parametrize("name", ["shop.yaml", "district.yaml"])
def test_an_example_loads_once_its_variables_are_set(name: str, env: dict[str, str]) -> None:
    config = load(EXAMPLES / name, env)
    for site in config.sites:
        for camera in site.cameras:
            assert rules_for(config, site, camera)


def test_no_secret_shows_in_the_text_of_a_configuration(env: dict[str, str]) -> None:
    for name in ("shop.yaml", "district.yaml"):
        config = load(EXAMPLES / name, env)
        for value in env.values():
            assert value not in repr(config)
            assert value not in str(config)
            assert value not in config.model_dump_json()


def test_variables_are_filled_in_and_paths_lie_beside_the_file(env: dict[str, str]) -> None:
    config = load(EXAMPLES / "shop.yaml", env)
    assert config.store.database.get_secret_value() == f"sqlite:///{EXAMPLES / 'var/kitchenwatch.db'}"
    assert config.store.evidence == EXAMPLES / "var/evidence"
    assert config.keys.private == EXAMPLES / "var/keys/seal.pem"
    address = config.sites[0].cameras[0].url.get_secret_value()
    assert address == "rtsp://admin:hush-cam_password@10.0.0.5:554/Streaming/Channels/101"


def test_an_absolute_database_and_another_backend_are_left_alone(env: dict[str, str]) -> None:
    config = load(EXAMPLES / "district.yaml", env)
    assert config.store.database.get_secret_value().startswith("postgresql://kitchenwatch:hush-db_password@")
    assert config.store.evidence == Path("/srv/kitchenwatch/evidence")
    assert config.retention.disk_floor == Room(bytes=200 * 10**9)
    assert config.retention.disk_floor.of(10**12) == 200 * 10**9
    assert Room(share=0.1).of(10**12) == 10**11


def test_the_camera_comes_before_the_site_and_the_site_before_the_file(
    config_from: Callable[[str], Config],
) -> None:
    config = config_from("""
rules:
  no_hat: {for: 1, merge_gap: 10, cooldown: 90}
  smoking: {enabled: false}
districts: [{id: d, name: D}]
sites:
  - id: s
    name: S
    district: d
    rules: {no_hat: {for: 2, merge_gap: 20}, smoking: {for: 9}}
    cameras:
      - {id: c, name: C, url: film.mp4, rules: {no_hat: {for: 1m}, no_mask: {enabled: false}}}
""")
    site = config.sites[0]
    rules = {rule.kind: rule for rule in rules_for(config, site, site.cameras[0])}
    assert set(rules) == {Kind.NO_HAT, Kind.PHONE_USE}
    hat = rules[Kind.NO_HAT]
    assert (hat.for_s, hat.merge_gap, hat.cooldown, hat.false_alarms_per_day) == (60, 20, 90, 0.1)


def test_a_rule_without_zones_has_all_of_its_camera_and_one_with_an_empty_list_has_none(
    changed: Callable[[str, str], Config],
) -> None:
    config = changed("no_mask: {enabled: false}", "no_mask: {zones: []}\n          smoking: {zones: [cooking]}")
    site = config.sites[0]
    zones = {rule.kind: [zone.name for zone in rule.zones] for rule in rules_for(config, site, site.cameras[0])}
    assert zones == {
        Kind.NO_HAT: ["cooking"],
        Kind.NO_MASK: [],
        Kind.SMOKING: ["cooking"],
        Kind.PHONE_USE: ["cooking"],
    }


def test_a_rule_keeps_the_hours_of_its_site_unless_it_has_its_own(changed: Callable[[str, str], Config]) -> None:
    config = changed("{enabled: false}", '{schedule: [{days: [sat], from: "22:00", to: "24:00"}]}')
    site = config.sites[0]
    rules = {rule.kind: rule for rule in rules_for(config, site, site.cameras[0])}
    (own,), (inherited,) = rules[Kind.NO_MASK].schedule.hours, rules[Kind.NO_HAT].schedule.hours
    assert (own.begin, own.end, own.days) == (time(22), time(0), frozenset({5}))
    assert (inherited.begin, inherited.end, inherited.days) == (time(9), time(14), frozenset(range(7)))
    assert str(rules[Kind.NO_HAT].schedule.zone) == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("written", "seconds"), [("30", 30), ("2.5", 2.5), ('"30s"', 30), ("5m", 300), ("1h", 3600), ("3d", 259_200)]
)
def test_durations_are_seconds_or_have_a_unit(
    written: str, seconds: float, changed: Callable[[str, str], Config]
) -> None:
    assert changed("for: 3", f"for: {written}").rules[Kind.NO_HAT].for_s == seconds


def test_a_film_is_told_from_a_stream_and_lies_beside_the_file(
    changed: Callable[[str, str], Config], tmp_path: Path
) -> None:
    assert changed("for: 3", "for: 3").sites[0].cameras[0].film is None
    config = changed("rtsp://admin:${CAM_PASSWORD}@10.0.0.5/101", "films/stove.mp4")
    assert config.sites[0].cameras[0].film == tmp_path / "films/stove.mp4"


def test_the_json_schema_knows_every_part() -> None:
    schema = Config.model_json_schema()
    assert {"store", "rules", "channels", "districts", "sites"} <= set(schema["properties"])
    assert "for" in schema["$defs"]["RuleText"]["properties"]
