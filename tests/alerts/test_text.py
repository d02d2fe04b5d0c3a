"""The people's message: Chinese first, in the site's time."""

from collections.abc import Callable

import pytest

from kitchenwatch.alerts.text import HEADINGS, text_of
from kitchenwatch.model import Alert, AlertType


def test_a_case_is_told_with_place_time_kind_and_link(make_alert: Callable[..., Alert]) -> None:
    text = text_of(make_alert(), "https://kw.example")
    assert text.title == "【发现违规 Violation】未戴工作帽 no hat · 第三食堂 · 切配间"
    assert text.body.splitlines() == [
        "第三食堂 · 切配间",
        "时间 Time: 2026-11-22 12:00:00 (Asia/Shanghai)",
        "类型 Kind: 未戴工作帽 no hat",
        "可信度 Score: 93%",
        "链接 Link: https://kw.example/cases/0f0e0d0c-0000-5000-8000-000000000001",
    ]


def test_a_verdict_tells_status_reason_and_remark(make_alert: Callable[..., Alert]) -> None:
    data = {"status": "dismissed", "reason": "false_alarm", "remark": "白发" * 200}
    body = text_of(make_alert(AlertType.CASE_VERDICT, data=data)).body
    assert "审核 Status: 不予认定 dismissed" in body
    assert "理由 Reason: 误报 false alarm" in body
    assert "白发…" in body
    assert len(body) < 400


def test_a_digest_counts_by_place_and_stays_short(make_alert: Callable[..., Alert]) -> None:
    places = [{"site": "canteen-3", "camera": f"cam-{n}", "kind": "smoking", "count": n} for n in range(1, 14)]
    data = {"count": 91, "places": places}
    alert = make_alert(AlertType.DIGEST, site=None, camera=None, kind=None, subject="digest/hook", data=data)
    lines = text_of(alert).body.splitlines()
    assert "数量 Count: 91" in lines
    assert "canteen-3 · cam-1: 吸烟 smoking × 1" in lines
    assert "canteen-3 · cam-10: 吸烟 smoking × 10" in lines
    assert lines[-1] == "另有 36 起 and 36 more"


def test_a_camera_that_recovers_is_told_so(make_alert: Callable[..., Alert]) -> None:
    body = text_of(make_alert(AlertType.CAMERA_HEALTH, kind=None, data={"state": "covered", "began": False})).body
    assert body.splitlines()[-2:] == ["状态 State: 被遮挡 covered", "恢复 ended"]


def test_without_a_known_zone_the_time_is_utc(make_alert: Callable[..., Alert]) -> None:
    assert "04:00:00 (UTC)" in text_of(make_alert(data={"timezone": "Mars/Olympus"})).body


@pytest.mark.parametrize("type", AlertType)
def test_every_type_of_alert_has_a_heading(type: AlertType, make_alert: Callable[..., Alert]) -> None:
    assert HEADINGS[type] in text_of(make_alert(type, kind=None)).title
