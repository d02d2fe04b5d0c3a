"""A wrong file is answered with path, line and remedy; all faults at once, and never a password."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from kitchenwatch.config import ConfigErrors, load
from kitchenwatch.errors import ConfigError

FaultsOf = Callable[..., list[ConfigError]]


@pytest.mark.parametrize(
    ("old", "new", "line", "problem", "remedy"),
    [
        ("no_hat:", "no_hatt:", 2, "unknown key 'no_hatt'", "did you mean 'no_hat'?"),
        ("enabled:", "enable:", 20, "unknown key 'enable'", "did you mean 'enabled'?"),
        ("name: 灶台", "nmae: 灶台", 15, "unknown key 'nmae'", "did you mean 'name'?"),
        ("for: 3", "for_s: 3", 2, "unknown key 'for_s'", "did you mean 'for'?"),
        ("for: 3", "for: 3x", 2, "'for': '3x' is no duration", '"30s"'),
        ("for: 3", "false_alarms_per_day: 0", 2, "greater than 0", "shop.yaml"),
        ("type: webhook", "type: webhok", 4, "'type' cannot be 'webhok'", "did you mean 'webhook'?"),
        ("type: webhook, ", "", 4, "'hook' has no type", "apprise"),
        ("https://example", "htps://example", 4, "'url' is no address", "https://"),
        ("${KW_SECRET}", "short", 4, "'secret' is no signing secret", "whsec_"),
        ("district: chengguan", "district: chengguang", 10, "no known district", "did you mean 'chengguan'?"),
        ("[hook]", "[hok]", 6, "'hok' is no known channel", "did you mean 'hook'?"),
        ("{enabled: false}", "{zones: [cook]}", 20, "zone (of camera 'stove')", "did you mean 'cooking'?"),
        ("{for: 3}", "{zones: [till]}", 2, "'till' is no known zone", "known are: cooking"),
        ("0.9, 1]", "0.9, 1.5]", 18, "outside the picture", "fractions"),
        ("[0.1, 0.2], [0.9, 0.2], ", "", 18, "fewer than three corners", "three or more"),
        ("]]}", "]], mode: inn}", 18, "'mode' cannot be 'inn'", "did you mean 'in'?"),
        ("09:00-14:00", "09:00-25:00", 12, "no time of day", "09:00"),
        ("09:00-14:00", "mornings", 12, "are no hours", "09:00-14:00"),
        ('["09:00-14:00"]', "09:00-14:00", 12, "'hours' should be a list", "brackets"),
        ("Asia/Shanghai", "Asia/Shangai", 11, "no time zone", "did you mean 'Asia/Shanghai'?"),
        ("rtsp://", "rtps://", 16, "'url' is no camera address", "rtsp://"),
        ("${CAM_PASSWORD}@", "open/sesame@", 16, "'url' is ambiguous", "%2F"),
        ("id: stove", "id: Stove 1", 14, "letters that may not be used", "a-z"),
        ("enabled: false", "enabled: perhaps", 20, "should be true or false", "true or false"),
        ("        url:", "        addres:", 14, "'url' is missing", "add it"),
        ("{for: 3}", "3", 2, "should hold keys and values", "under it"),
        ("{for: 3}", "{for: 3", 3, "no valid YAML", "colons"),
        ("{for: 3}", "{for: 3, for: 4}", 2, "key 'for' is there twice", "remove one"),
        ("rules:\n  no_hat", "store: {database: 'mysql://h/x'}\nrules:\n  no_hat", 1, "no address", "postgresql://"),
        ("rules:\n  no_hat", "retention: {disk_floor: lots}\nrules:\n  no_hat", 1, "'lots' is no size", '"10%"'),
        ("rules:\n  no_hat", "egress: {allow: [10.0.0.0/99]}\nrules:\n  no_hat", 1, "no network", "192.168"),
        ("rules:\n  no_hat", "push: {operators: [hok]}\nrules:\n  no_hat", 1, "no known channel", "'hook'"),
    ],
)
def test_a_fault_is_told_with_line_and_remedy(
    old: str, new: str, line: int, problem: str, remedy: str, faults_of: FaultsOf
) -> None:
    found = [fault for fault in faults_of((old, new)) if problem in fault.problem]
    assert [fault.line for fault in found] == [line]
    assert remedy in found[0].remedy
    assert str(found[0]).startswith(f"{found[0].path}:{line}: ")


def test_one_fault_is_told_once(faults_of: FaultsOf) -> None:
    assert len(faults_of(("0.9, 1]", "0.9, 1.5]"))) == 1
    assert len(faults_of(("${KW_SECRET}", "${NOT_SET}"))) == 1


def test_all_faults_are_told_at_once_in_the_order_of_their_lines(faults_of: FaultsOf) -> None:
    faults = faults_of(
        ("for: 3", "for: soon"),
        ("district: chengguan", "district: elsewhere"),
        ("${CAM_PASSWORD}", "${NOT_SET}"),
        ("enabled:", "enable:"),
    )
    assert [fault.line for fault in faults] == [2, 10, 16, 20]
    assert "${NOT_SET} is not set" in faults[2].problem
    assert "NOT_SET" in faults[2].remedy


@pytest.mark.parametrize("what", ["district", "site", "camera"])
def test_an_id_may_be_given_only_once(what: str, faults_of: FaultsOf) -> None:
    camera = "\n      - {id: stove, name: again, url: film.mp4}"
    site = (
        f"\n  - id: noodle-house\n    name: again\n    district: chengguan\n    cameras:{camera.replace('stove', 'x')}"
    )
    change = {
        "district": ("sites:", "  - {id: chengguan, name: again}\nsites:"),
        "site": ("{enabled: false}", "{enabled: false}" + site),
        "camera": ("{enabled: false}", "{enabled: false}" + camera),
    }[what]
    (fault,) = faults_of(change)
    assert fault.problem.startswith(f"{what} '")
    assert "already defined in line" in fault.problem


def test_no_message_holds_a_password(faults_of: FaultsOf, env: dict[str, str]) -> None:
    """Neither one from the environment nor one that was written into the file."""
    for change in [
        ("rtsp://admin:${CAM_PASSWORD}@", "rtps://admin:open-sesame@"),
        ("rtsp://", "rtps://"),
        ("rtsp://admin:${CAM_PASSWORD}@", "rtsp://admin:open-sesame#@"),
        ("url: rtsp://admin:${CAM_PASSWORD}@10.0.0.5/101", "url: [rtsp://admin:open-sesame@h]"),
        ("url: rtsp", "url: rtsp://admin:open-sesame@h\n        url: rtsp"),
        ("${KW_SECRET}", "open-sesame"),
        ("https://example.org", "ftp://a:open-sesame@example.org"),
        ("for: 3", "for: 3, password: open-sesame"),
    ]:
        told = "\n".join(str(fault) for fault in faults_of(change))
        assert "open-sesame" not in told
        assert env["CAM_PASSWORD"] not in told


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"- a\n- b", "holds no keys"),
        (b"hello", "holds no keys"),
        (b"\xff\xfe", "UTF-8"),
        (b"\x01", "YAML"),
    ],
)
def test_what_is_no_configuration_at_all_is_one_clear_line(content: bytes, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigErrors, match=problem) as caught:
        load(path, {})
    assert str(caught.value).count("\n") == 0


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigErrors, match=r"nowhere\.yaml: cannot be read"):
        load(tmp_path / "nowhere.yaml", {})


def test_the_environment_of_the_process_is_the_default(tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_text(
        "districts: [{id: d, name: '${PATH}'}]\n"
        "sites: [{id: s, name: S, district: d, cameras: [{id: c, name: C, url: a.mp4}]}]\n"
    )
    assert load(path).districts[0].name == os.environ["PATH"]
