"""The machine's message: valid CloudEvents, small enough."""

import json
from collections.abc import Callable

import pytest
from cloudevents.core.formats.json import JSONFormat

from kitchenwatch.alerts.message import event_body, source
from kitchenwatch.model import Alert, AlertType


def test_the_body_is_a_cloud_event_that_the_library_reads_back(make_alert: Callable[..., Alert]) -> None:
    alert = make_alert(seq=7)
    event = JSONFormat().read(None, event_body(alert))
    assert event.get_id() == str(alert.id)
    assert event.get_type() == "cn.kitchenwatch.case.opened"
    assert event.get_source() == "/kitchenwatch/sites/canteen-3"
    assert event.get_subject() == alert.subject
    assert event.get_time() == alert.at
    assert event.get_extension("sequence") == "00000000000000000007"
    assert event.get_data()["site"]["name"] == "第三食堂"  # type: ignore[index, call-overload]
    assert event.get_data()["kind"] == "no_hat"  # type: ignore[index, call-overload]


def test_the_curve_of_scores_stays_at_home(make_alert: Callable[..., Alert]) -> None:
    alert = make_alert(data={"score": 0.9, "scores": [[float(t), 0.5] for t in range(5000)]})
    data = json.loads(event_body(alert))["data"]
    assert data["score"] == 0.9
    assert "scores" not in data
    assert "omitted" not in data


def test_what_does_not_fit_is_left_out_and_named(make_alert: Callable[..., Alert]) -> None:
    alert = make_alert(data={"remark": "帽" * 6000, "places": ["x" * 100] * 150, "case": "kept"})
    body = event_body(alert)
    data = json.loads(body)["data"]
    assert len(body) < 20_000
    assert data["omitted"] == ["remark"]
    assert data["case"] == "kept"


@pytest.mark.parametrize(
    ("site", "told"),
    [("a", "/kitchenwatch/sites/a"), (None, "/kitchenwatch"), ("食堂/3", "/kitchenwatch/sites/%E9%A3%9F%E5%A0%82%2F3")],
)
def test_the_source_is_a_uri_reference(site: str | None, told: str) -> None:
    assert source(site) == told


def test_an_alert_about_no_site_has_no_place(make_alert: Callable[..., Alert]) -> None:
    alert = make_alert(
        AlertType.STORAGE_PRESSURE, site=None, camera=None, kind=None, subject="storage", data={"free": 1}
    )
    assert json.loads(event_body(alert))["data"] == {"free": 1}
