"""A small configuration to break, and what the examples need from the environment."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kitchenwatch.config import Config, ConfigErrors, load
from kitchenwatch.errors import ConfigError

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

SMALL = """\
rules:
  no_hat: {for: 3}
channels:
  hook: {type: webhook, url: "https://example.org/hook", secret: "${KW_SECRET}"}
districts:
  - {id: chengguan, name: 城关区, channels: [hook]}
sites:
  - id: noodle-house
    name: 兰州拉面
    district: chengguan
    timezone: Asia/Shanghai
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


@pytest.fixture
def env() -> dict[str, str]:
    """Every variable that the examples name."""
    names = ["CAM_PASSWORD", "WECOM_KEY", "DB_PASSWORD", "DINGTALK_TOKEN", "MAIL_PASSWORD", "MQTT_PASSWORD"]
    secrets = ["KW_SECRET", "DISTRICT_SECRET", "HOOK_SECRET", "HOOK_SECRET_BEFORE"]
    return {name: f"hush-{name.lower()}" for name in names} | dict.fromkeys(secrets, SECRET)


@pytest.fixture
def config_from(tmp_path: Path, env: dict[str, str]) -> Callable[[str], Config]:
    """Load a text."""

    def build(text: str) -> Config:
        path = tmp_path / "site.yaml"
        path.write_text(text, "utf-8")
        return load(path, env)

    return build


@pytest.fixture
def changed(config_from: Callable[[str], Config]) -> Callable[[str, str], Config]:
    """Load the small configuration with one passage replaced."""

    def build(old: str, new: str) -> Config:
        assert old in SMALL
        return config_from(SMALL.replace(old, new))

    return build


@pytest.fixture
def faults_of(config_from: Callable[[str], Config]) -> Callable[..., list[ConfigError]]:
    """What is wrong with the small configuration once passages are replaced: (old, new), …"""

    def build(*changes: tuple[str, str]) -> list[ConfigError]:
        text = SMALL
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        with pytest.raises(ConfigErrors) as caught:
            config_from(text)
        return caught.value.errors

    return build
