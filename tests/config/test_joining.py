"""File and console as one configuration, and what may be shown of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from kitchenwatch.config import Config
from kitchenwatch.config.joining import Declared, join, joined_with
from kitchenwatch.config.showing import effective_yaml, part_yaml
from kitchenwatch.errors import InvalidFields

SMALL = """\
channels:
  hook: {type: webhook, url: "https://example.org/hook", secret: "${KW_SECRET}"}
districts:
  - {id: chengguan, name: 城关区, channels: [hook]}
sites:
  - id: noodle-house
    name: 兰州拉面
    district: chengguan
    hours: ["09:00-14:00"]
    cameras:
      - id: stove
        name: 灶台
        url: rtsp://admin:${CAM_PASSWORD}@10.0.0.5/101
        zones:
          cooking: {polygon: [[0.1, 0.2], [0.9, 0.2], [0.9, 1]]}
        rules:
          no_mask: {enabled: false}
"""
Build = Callable[[str], Config]


def camera(id: str = "cold", site: str = "noodle-house", **said: Any) -> Declared:
    return Declared("camera", id, {"id": id, "name": "专间", "url": "rtsp://u:hush-hush@10.0.0.6/1"} | said, site)


def site(id: str = "bakery", **said: Any) -> Declared:
    return Declared("site", id, {"id": id, "name": "面包坊", "district": "chengguan"} | said)


def cameras(config: Config) -> dict[str, list[str]]:
    return {site.id: [camera.id for camera in site.cameras] for site in config.sites}


def test_the_console_adds_to_what_the_file_says(config_from: Build) -> None:
    north = Declared("district", "north", {"id": "north", "name": "北区"})
    joined = join(config_from(SMALL), [camera(), site(district="north"), north, camera("oven", "bakery")])
    assert cameras(joined.config) == {"noodle-house": ["stove", "cold"], "bakery": ["oven"]}
    assert [district.id for district in joined.config.districts] == ["chengguan", "north"]
    assert (joined.clashes, joined.left_out) == ((), ())


def test_of_two_with_one_id_the_file_holds_and_the_clash_is_told(config_from: Build) -> None:
    theirs = camera("stove")
    joined = join(config_from(SMALL), [theirs, camera()])
    assert joined.clashes == (theirs,)
    assert [each.name for each in joined.config.sites[0].cameras] == ["灶台", "专间"]


def test_what_leads_nowhere_is_left_out_with_all_that_hangs_on_it(config_from: Build) -> None:
    orphan, child = site(district="nowhere"), camera("oven", "bakery")
    joined = join(config_from(SMALL), [child, orphan])
    assert [(left.declared, left.problem.split(" ->")[0]) for left in joined.left_out] == [
        (orphan, "district does not exist"),
        (child, "site does not exist"),
    ]
    assert joined.config == config_from(SMALL)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": 3}, "name"),
        ({"url": "ftp://x"}, "url"),
        ({"colour": "red"}, "colour"),
        ({"zones": {"a": {"polygon": [[0, 0], [1, 1]]}}}, "zones.a.polygon"),
        ({"rules": {"no_hat": {"for": "soon"}}}, "rules.no_hat.for"),
        ({"rules": {"no_hat": {"zones": ["a"]}}}, "rules.no_hat.zones"),
        ({"rules": {"no_hat": {"schedule": [{"from": "25:00", "to": "09:00"}]}}}, "rules.no_hat.schedule.0.from"),
    ],
)
def test_a_fault_is_told_at_its_field(wrong: dict[str, Any], field: str, config_from: Build) -> None:
    with pytest.raises(InvalidFields) as caught:
        joined_with(config_from(SMALL), camera(**wrong))
    assert list(caught.value.faults) == [field]
    assert "hush" not in str(caught.value)


def test_a_zone_that_the_site_names_must_be_there(config_from: Build) -> None:
    file = config_from(SMALL.replace("hours:", "rules: {smoking: {zones: [cooking]}}\n    hours:"))
    with pytest.raises(InvalidFields, match=r"rules.smoking.zones does not exist"):
        joined_with(file, camera())


def test_the_whole_is_shown_without_secrets(config_from: Build) -> None:
    joined = join(config_from(SMALL), [camera()])
    told = effective_yaml(joined.config, joined.added)
    assert "- id: cold  # declared in the console" in told
    assert "- id: stove\n" in told
    assert "disk_floor: 10%" in told
    assert "url: https://example.org/…" in told
    for secret in ("hush", "whsec_", "admin"):
        assert secret not in told


def test_what_a_rule_does_not_say_stays_unsaid(config_from: Build) -> None:
    """Else a default shown would be read as a word, and overrule what is inherited."""
    told = effective_yaml(config_from(SMALL))
    assert told.split("no_mask:")[1].strip() == "enabled: false"


def test_an_entry_can_be_put_into_the_file(config_from: Build, env: dict[str, str]) -> None:
    joined = join(config_from(SMALL), [camera(zones={"a": {"polygon": [[0, 0], [1, 0], [1, 1]]}})])
    entry = part_yaml(joined.config.sites[0].cameras[1])
    assert "url: rtsp://${COLD_USER}:${COLD_PASSWORD}@10.0.0.6/1" in entry
    env |= {"COLD_USER": "u", "COLD_PASSWORD": "hush-hush"}
    indented = "".join(f"      {line}\n" for line in entry.splitlines())
    assert config_from(SMALL + indented).sites[0].cameras[1] == joined.config.sites[0].cameras[1]


PERIODS = Declared("retention", "days", {"rolling_days": 20, "dismissed_days": 10, "by_kind": {"smoking": 60}})


def test_periods_of_the_console_hold_beside_the_room_that_the_file_wants(config_from: Build) -> None:
    joined = join(config_from("retention: {disk_floor: 20%}\n" + SMALL), [PERIODS])
    held = joined.config.retention
    assert (held.rolling_days, held.dismissed_days, held.confirmed_days, held.disk_floor.share) == (20, 10, None, 0.2)
    assert {str(kind): days for kind, days in held.by_kind.items()} == {"smoking": 60}
    told = effective_yaml(joined.config, joined.added)
    assert re.search(r"dismissed_days: 10 +# declared in the console\n", told)
    assert part_yaml(held).startswith("retention:\n  rolling_days: 20\n")
    again = config_from(part_yaml(held) + SMALL)
    assert (again.retention.rolling_days, again.retention.by_kind) == (20, held.by_kind)


@pytest.mark.parametrize("said", ["rolling_days: 3", "confirmed_days: null", "by_kind: {}"])
def test_one_period_in_the_file_makes_all_of_them_the_file_s(said: str, config_from: Build) -> None:
    file = config_from(f"retention: {{{said}}}\n" + SMALL)
    joined = join(file, [PERIODS])
    assert (joined.clashes, joined.config, joined.added) == ((PERIODS,), file, ())


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"rolling_days": 6}, "rolling_days"),
        ({"dismissed_days": 0}, "dismissed_days"),
        ({"confirmed_days": 29}, "confirmed_days"),
        ({"by_kind": {"smoking": 1}}, "by_kind.smoking"),
        ({"disk_floor": "1%"}, "disk_floor"),
    ],
)
def test_the_console_keeps_to_its_bounds(said: dict[str, Any], field: str, config_from: Build) -> None:
    with pytest.raises(InvalidFields) as caught:
        joined_with(config_from(SMALL), Declared("retention", "days", dict(PERIODS.body) | said))
    assert list(caught.value.faults) == [field]
