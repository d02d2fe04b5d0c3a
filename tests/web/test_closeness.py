"""How closely cameras are looked at, and that the machine cannot keep up."""

from collections.abc import Callable

from fastapi.testclient import TestClient
from installation import Installation
from prometheus_client.parser import text_string_to_metric_families

from kitchenwatch.attention.budget import Load
from kitchenwatch.model import CameraState, HealthChange
from kitchenwatch.store.health import SqlHealthLog

AsUser = Callable[[str], TestClient]
WAITING = {"wang-wok": 12.4, "zhao-wok": 47.0}
OVERLOADED = Load(price=0.4, late_s=1.7, inquiring=2, waiting=WAITING)


def test_the_api_tells_how_closely_a_camera_is_looked_at(shop: Installation, as_user: AsUser) -> None:
    client = as_user("admin")
    told = {each["id"]: each["attention"] for each in client.get("/api/v1/cameras").json()}
    assert told == {"wang-wok": "watching", "li-wok": None, "zhao-wok": None}  # the others run elsewhere
    SqlHealthLog(shop.database).record(HealthChange("wang-wok", CameraState.OFFLINE, True, shop.clock.now()))
    assert client.get("/api/v1/cameras/wang-wok").json()["attention"] is None


def test_the_wall_and_the_cameras_page_say_it_in_a_word(shop: Installation, as_user: AsUser) -> None:
    client = as_user("east")
    for page in ("/wall", "/cameras/wang-wok"):
        assert 'class="closeness"' in client.get(page).text
        assert ">关注</span>" in client.get(page).text


def figures(client: TestClient) -> dict[tuple[str, ...], float]:
    text = client.get("/api/v1/metrics").text
    families = text_string_to_metric_families(text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_metrics_tell_who_waits_and_for_how_long(shop: Installation, as_user: AsUser) -> None:
    client = as_user("viewer")
    assert ("kitchenwatch_look_price",) not in figures(client)
    shop.load = Load(price=0.1, late_s=0.2, inquiring=3, waiting={})
    assert figures(client)["kitchenwatch_overloaded",] == 0
    shop.load = OVERLOADED
    found = figures(client)
    assert found["kitchenwatch_overloaded",] == 1
    assert found["kitchenwatch_look_price",] == 0.4
    assert found["kitchenwatch_late_seconds",] == 1.7
    assert found["kitchenwatch_inquiring",] == 2
    assert found["kitchenwatch_waiting_seconds", "zhao-wok"] == 47
    assert found["kitchenwatch_attention", "wang-wok", "watching"] == 1


def test_an_overloaded_machine_says_so_and_what_to_do(shop: Installation, as_user: AsUser) -> None:
    client = as_user("admin")
    for page in ("/", "/wall"):
        shop.load = None
        assert "本机过载" not in client.get(page).text
        shop.load = OVERLOADED
        text = client.get(page).text
        assert "2 路摄像头在排队细看，最久 47 秒。" in text
        assert "请减少摄像头、降低码率或增加机器。" in text


def test_lateness_without_anybody_waiting_is_an_overload_too(shop: Installation, as_user: AsUser) -> None:
    shop.load = Load(price=0.1, late_s=0.2, inquiring=3, waiting={})
    assert "本机过载" not in as_user("admin").get("/").text
    shop.load = Load(price=0.5, late_s=3.21, inquiring=0, waiting={})
    assert "画面处理滞后 3.2 秒。" in as_user("admin").get("/").text


def test_a_machine_that_recovers_does_not_tell_of_no_lateness(shop: Installation, as_user: AsUser) -> None:
    shop.load = Load(price=0.5, late_s=0.04, inquiring=0, waiting={})
    text = as_user("admin").get("/").text
    assert "滞后 0.0" not in text
    assert "恢复期间会减少查看次数" in text


def test_readers_learn_of_their_own_cameras_only_and_businesses_of_none(shop: Installation, as_user: AsUser) -> None:
    shop.load = OVERLOADED
    assert "1 路摄像头在排队细看，最久 12 秒。" in as_user("east").get("/").text
    assert "本机过载" not in as_user("wang").get("/").text
