"""Health, metrics, headers, and the description of the API."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from prometheus_client.parser import text_string_to_metric_families

from kitchenwatch.model import CameraState, HealthChange
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.web.app import create_app

AsUser = Callable[[str], TestClient]


def test_strangers_learn_only_that_it_lives(client: TestClient) -> None:
    assert client.get("/api/v1/health").json() == {"status": "ok"}


def test_who_has_signed_in_learns_more_of_their_own(shop: Installation, as_user: AsUser) -> None:
    shop.open_case("wang")
    shop.open_case("zhao")
    SqlHealthLog(shop.database).record(HealthChange("zhao-wok", CameraState.BLACK, True, shop.clock.now()))
    told = as_user("admin").get("/api/v1/health").json()
    assert (told["version"], told["cameras"], told["cases"]["open"]) == ("1.2.3", {"online": 2, "black": 1}, 2)
    assert as_user("wang").get("/api/v1/health").json()["cameras"] == {"online": 1}
    zhao = as_user("west").get("/api/v1/cameras/zhao-wok").json()
    assert (zhao["state"], zhao["troubles"][0]["closed_at"]) == ("black", None)
    assert as_user("west").get("/api/v1/camera-health").json()["items"] == zhao["troubles"]


def test_metrics(shop: Installation, as_user: AsUser) -> None:
    shop.open_case("wang")
    SqlHealthLog(shop.database).record(HealthChange("zhao-wok", CameraState.BLACK, True, shop.clock.now()))
    text = as_user("viewer").get("/api/v1/metrics").text
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["kitchenwatch_cases", "no_hat", "open"] == 1
    assert found["kitchenwatch_camera_sees", "wang-wok", "wang"] == 1
    assert found["kitchenwatch_camera_sees", "zhao-wok", "zhao"] == 0
    assert found["kitchenwatch_frames_total", "wang-wok"] == 1234
    assert found["kitchenwatch_frame_age_seconds", "wang-wok"] == 63
    assert found["kitchenwatch_blob_bytes", "free"] > 0


def test_two_applications_do_not_share_their_figures(shop: Installation) -> None:
    assert create_app(shop.app.state.deps).state.metrics is not shop.app.state.metrics


def test_a_database_that_is_gone_is_told(shop: Installation, client: TestClient) -> None:
    with shop.database.session() as session:
        session.connection().exec_driver_sql("ALTER TABLE outbox RENAME TO outbox_gone")
    answer = client.get("/api/v1/health")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/login", "/api/v1/health", "/api/v1/nothing", "/static/kitchenwatch.css"])
def test_every_answer_is_safe_to_show(path: str, client: TestClient) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_the_api_describes_itself(client: TestClient) -> None:
    document = client.get("/api/v1/openapi.json").json()
    verdict = document["paths"]["/api/v1/cases/{case}/verdict"]["post"]
    assert verdict["tags"] == ["cases"]
    assert "application/problem+json" in verdict["responses"]["409"]["content"]
    assert document["components"]["schemas"]["VerdictIn"]["examples"]
    assert {"HTTPBearer", "APIKeyCookie"} <= set(document["components"]["securitySchemes"])
    untagged = [path for path, methods in document["paths"].items() for told in methods.values() if not told["tags"]]
    assert not untagged
