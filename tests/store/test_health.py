"""Camera health as intervals."""

from datetime import timedelta
from typing import Any

import pytest
from filed import NOW
from sqlalchemy import select

from kitchenwatch.errors import NotFound
from kitchenwatch.model import CameraState, HealthChange
from kitchenwatch.store.database import Database
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.tables import CameraHealth, Outbox

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def health(kitchen: Database) -> SqlHealthLog:
    """An empty log."""
    return SqlHealthLog(kitchen)


def began(state: CameraState = CameraState.OFFLINE, camera: str = "stove") -> HealthChange:
    return HealthChange(camera, state, True, NOW, "no answer")


def ended(state: CameraState = CameraState.OFFLINE, camera: str = "stove") -> HealthChange:
    return HealthChange(camera, state, False, LATER)


def intervals(database: Database) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        rows = session.scalars(select(CameraHealth).order_by(CameraHealth.id))
        return [(row.camera_id, row.state, row.opened_at, row.closed_at) for row in rows]


def alerts(database: Database) -> list[dict[str, Any]]:
    with database.reading() as session:
        return [row.data for row in session.scalars(select(Outbox).order_by(Outbox.seq))]


def test_an_interval_begins_and_ends_once(health: SqlHealthLog, kitchen: Database) -> None:
    for change in (began(), began(), ended(), ended(), began()):
        health.record(change)
    assert intervals(kitchen) == [("stove", "offline", NOW, LATER)]
    assert [data["began"] for data in alerts(kitchen)] == [True, False]


def test_trouble_that_lasts_is_one_interval(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began())
    health.record(HealthChange("stove", CameraState.OFFLINE, True, LATER))
    assert intervals(kitchen) == [("stove", "offline", NOW, None)]


def test_what_is_told_of_an_interval(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began())
    health.record(ended())
    first, last = alerts(kitchen)
    assert first["camera"] == {"id": "stove", "name": "灶台"}
    assert (first["site"]["id"], first["state"], first["detail"]) == ("canteen", "offline", "no answer")
    assert first["closed_at"] is None
    assert last["opened_at_local"] == "2026-11-22T11:30:00+08:00"
    assert last["closed_at_local"] == "2026-11-22T11:35:00+08:00"
    with kitchen.reading() as session:
        rows = session.scalars(select(Outbox)).all()
        assert {row.subject for row in rows} == {"camera/stove"}
        assert {row.type for row in rows} == {"cn.kitchenwatch.camera.health"}
        assert {(row.site_id, row.district_id, row.camera_id) for row in rows} == {("canteen", "east", "stove")}


def test_states_and_cameras_do_not_mix(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began(CameraState.BLACK))
    health.record(began(CameraState.MOVED))
    health.record(began(CameraState.BLACK, "door"))
    health.record(ended(CameraState.BLACK))
    assert intervals(kitchen) == [
        ("stove", "black", NOW, LATER),
        ("stove", "moved", NOW, None),
        ("door", "black", NOW, None),
    ]


def test_a_state_may_come_back(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began())
    health.record(ended())
    health.record(HealthChange("stove", CameraState.OFFLINE, True, LATER + timedelta(minutes=1)))
    assert len(intervals(kitchen)) == 2
    assert len(alerts(kitchen)) == 3


def test_online_is_no_interval(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began(CameraState.ONLINE))
    assert intervals(kitchen) == []


def test_what_a_dead_process_left_open_ends_at_the_start(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began(CameraState.BLACK))
    health.record(began(CameraState.FROZEN))
    health.record(began(CameraState.FROZEN, "door"))
    assert health.close_left_open("stove", LATER) == 2
    assert health.close_left_open("stove", LATER) == 0
    assert [closed_at for *_, closed_at in intervals(kitchen)] == [LATER, LATER, None]
    assert alerts(kitchen)[-1]["detail"] == "kitchenwatch was not running"


def test_an_end_before_the_beginning_is_the_beginning(health: SqlHealthLog, kitchen: Database) -> None:
    health.record(began())
    health.record(HealthChange("stove", CameraState.OFFLINE, False, NOW - timedelta(hours=1)))
    assert intervals(kitchen) == [("stove", "offline", NOW, NOW)]


def test_an_undeclared_camera_is_told(health: SqlHealthLog) -> None:
    with pytest.raises(NotFound, match="'roof'"):
        health.record(began(camera="roof"))
