"""What the auditor is told of those who tried doors that are not theirs."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from sqlalchemy import text
from starlette.requests import HTTPConnection

from kitchenwatch.model import Role, Scope
from kitchenwatch.store.acts import Acts
from kitchenwatch.store.audit import AuditFilter
from kitchenwatch.web.auth import Caller
from kitchenwatch.web.refusals import Refusals

Asking = Callable[[str], TestClient]
REFUSED = AuditFilter(action="access.refused")


def counts(shop: Installation) -> list[int]:
    return [row.data["count"] for row in reversed(shop.reading.audit(limit=200, asked=REFUSED))]


def test_a_refusal_says_who_what_from_where_and_how(shop: Installation, as_user: Asking) -> None:
    case = shop.open_case("zhao")
    as_user("east").get(f"/cases/{case}")
    as_user("wang").put(f"/api/v1/cases/{shop.open_case('wang')}/legal-hold", json={"hold": True})
    role, scope = shop.reading.audit(limit=2, asked=REFUSED)
    assert (scope.actor, scope.subject, scope.address) == ("east", f"/cases/{case}", "testclient")
    assert scope.data == {"method": "GET", "status": 404, "count": 1}
    assert role.data == {"method": "PUT", "status": 403, "count": 1}
    assert role.at == shop.clock.now()


def test_a_flood_writes_few_rows(shop: Installation, as_user: Asking) -> None:
    asking = as_user("east")
    for _ in range(120):
        asking.get(f"/api/v1/cases/{uuid4()}")
    assert counts(shop) == [1, 10, 100]
    shop.clock.advance(61)
    asking.get(f"/api/v1/cases/{uuid4()}")
    assert counts(shop) == [1, 10, 100, 1]


def test_each_person_and_each_door_is_counted_apart(shop: Installation, as_user: Asking) -> None:
    for name in ("east", "west"):
        for path in ("/cases", "/api/v1/cases", "/api/v1/review"):
            as_user(name).get(f"{path}/{uuid4()}")
    assert counts(shop) == [1] * 6


@pytest.mark.parametrize("name", ["admin", "viewer"])
def test_who_sees_everything_is_not_suspected_of_a_stale_link(name: str, shop: Installation, as_user: Asking) -> None:
    assert as_user(name).get(f"/cases/{uuid4()}").status_code == 404
    assert counts(shop) == []


def test_a_stranger_and_a_mistake_are_no_refusals(shop: Installation, client: TestClient, as_user: Asking) -> None:
    case = shop.open_case("wang")
    client.get(f"/api/v1/cases/{case}", headers={"Authorization": "Bearer kw_nonsense"})
    as_user("east").get("/api/v1/cases?limit=x")
    as_user("east").get("/api/v1/nothing")
    stale = {"status": "confirmed", "reason": "violation", "revision": 7}
    assert as_user("east").post(f"/api/v1/cases/{case}/verdict", json=stale).status_code == 409
    assert as_user("east").get("/api/v1/cameras/wang-wok/still.jpg").status_code == 404  # theirs, without a picture yet
    assert counts(shop) == []


def test_a_log_that_cannot_be_written_changes_no_answer(
    shop: Installation, as_user: Asking, caplog: pytest.LogCaptureFixture
) -> None:
    asking = as_user("east")
    with shop.database.session() as session:
        session.execute(text("ALTER TABLE audit RENAME TO audit_away"))
    answer = asking.get(f"/api/v1/cases/{uuid4()}")
    assert answer.status_code == 404
    assert "cannot be written into the audit log" in caplog.text


def test_only_so_many_doors_are_remembered(shop: Installation) -> None:
    refusals = Refusals(Acts(shop.database, shop.clock), shop.clock, room=3)
    for n in range(10):
        caller = Caller(Scope(f"user{n}", Role.REGULATOR), "x", "10.0.0.1")
        refusals.note(HTTPConnection(SCOPE), caller, HTTPStatus.FORBIDDEN)
    assert len(refusals._counts) == 3


SCOPE = {"type": "http", "method": "GET", "path": "/cases", "headers": [], "query_string": b"", "server": ("x", 80)}
