"""Users, channels, retention and the audit log, as admins see them."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from installation import CHANNELS, PASSWORD, Installation

from http_receiver import Receiver
from kitchenwatch.store.audit import write_audit

Asking = Callable[[str], TestClient]
NEW = {"name": "zhang", "role": "regulator", "districts": "east", "phone": "13800000000", "password": PASSWORD}


@pytest.fixture
def admin(as_user: Asking) -> TestClient:
    client = as_user("admin")
    client.follow_redirects = False
    return client


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Where the channel `hook` leads; asked for before the installation is made."""
    receiver = Receiver()
    monkeypatch.setitem(CHANNELS["hook"], "url", receiver.url)
    yield receiver
    receiver.close()


def test_a_user_is_added_and_changed(shop: Installation, admin: TestClient) -> None:
    assert admin.post("/admin/declare-user", data=NEW).status_code == 303
    row = shop.users.get("zhang")
    assert (row.role, row.districts, row.phone, row.revision) == ("regulator", ["east"], "13800000000", 1)
    change = {"role": "business", "sites": "wang", "districts": "east", "phone": "", "revision": "1"}
    assert admin.post("/admin/users/zhang", data=change).status_code == 303
    row = shop.users.get("zhang")
    assert (row.role, row.districts, row.sites, row.phone) == ("business", [], ["wang"], "")
    said = next(row.data for row in shop.reading.audit() if row.action == "user.change")
    assert (said["before"]["role"], said["role"], said["sites"]) == ("regulator", "business", ["wang"])


def test_two_admins_do_not_overwrite_each_other(shop: Installation, admin: TestClient) -> None:
    first = {"role": "viewer", "phone": "1", "revision": "1"}
    assert admin.post("/admin/users/east", data=first).status_code == 303
    second = admin.post("/admin/users/east", data={"role": "admin", "phone": "22334455", "revision": "1"})
    assert (second.status_code, "22334455" in second.text) == (409, True)
    assert (shop.users.get("east").role, shop.users.get("east").phone) == ("viewer", "1")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": "a b"}, "1 至 64 个"),
        ({"name": "east"}, "there is a user"),
        ({"password": "short"}, "10 至 200"),
        ({"districts": ""}, "须指定辖区"),
        ({"districts": "nowhere"}, "nowhere"),
        ({"role": "business"}, "须指定单位"),
    ],
)
def test_a_wrong_user_is_told_at_the_field(
    wrong: dict[str, str], told: str, shop: Installation, admin: TestClient
) -> None:
    before = len(shop.users.all())
    answer = admin.post("/admin/declare-user", data=NEW | wrong)
    assert (answer.status_code, told in answer.text, "13800000000" in answer.text) == (422, True, True), answer.text
    assert PASSWORD not in answer.text
    assert len(shop.users.all()) == before


def test_a_session_is_ended_from_afar(shop: Installation, admin: TestClient) -> None:
    grant = shop.tokens.open_session("east", "10.1.2.3")
    token = shop.tokens.issue("east", "east", "接口")
    page = admin.get("/admin/users/east").text
    assert "10.1.2.3" in page
    assert admin.post(f"/admin/users/east/sessions/{grant.id}/end").status_code == 303
    assert shop.tokens.scope_of(grant.secret) is None
    assert admin.post(f"/admin/users/east/sessions/{grant.id}/end").status_code == 404
    assert admin.post(f"/admin/users/east/tokens/{token.id}/revoke").status_code == 303
    assert shop.tokens.scope_of(token.secret) is None
    assert admin.post(f"/admin/users/wang/tokens/{token.id}/revoke").status_code == 404
    assert [row.subject for row in shop.reading.audit() if row.action == "session.end"] == ["east"]


def test_shut_out_and_let_in(shop: Installation, admin: TestClient) -> None:
    grant = shop.tokens.open_session("east")
    assert admin.post("/admin/users/east/disabled", data={"disabled": "true"}).status_code == 303
    assert shop.tokens.scope_of(grant.secret) is None
    assert "已停用" in admin.get("/admin/users").text
    assert admin.post("/admin/users/east/disabled", data={"disabled": "false"}).status_code == 303
    assert shop.tokens.scope_of(grant.secret)
    last = admin.post("/admin/users/admin/disabled", data={"disabled": "true"})
    assert (last.status_code, "last admin" in last.text) == (409, True)


def test_a_new_password_ends_the_sessions(shop: Installation, admin: TestClient) -> None:
    grant = shop.tokens.open_session("east")
    short = admin.post("/admin/users/east/password", data={"password": "short"})
    assert (short.status_code, "10 至 200" in short.text) == (422, True)
    assert shop.tokens.scope_of(grant.secret)
    assert admin.post("/admin/users/east/password", data={"password": "another long one"}).status_code == 303
    assert shop.tokens.scope_of(grant.secret) is None
    shop.users.check("east", "another long one")


def test_a_channel_is_tested(receiver: Receiver, shop: Installation, admin: TestClient) -> None:
    page = admin.get("/admin/channels").text
    assert f"http://127.0.0.1:{receiver.port}/…" in page
    assert "东区" in page
    sent = admin.post("/admin/channels/hook/test")
    assert "对方已收到" in sent.text
    (request,) = receiver.requests
    assert b'"type": "cn.kitchenwatch.test"' in request.body.replace(b'":"', b'": "')
    receiver.answer = lambda request: (410, {}, b"")
    refused = admin.post("/admin/channels/hook/test")
    assert ("未送达" in refused.text, "HTTP 410" in refused.text) == (True, True)
    told = [row.data["delivered"] for row in shop.reading.audit() if row.action == "channel.test"]
    assert told == [False, True]
    assert admin.post("/admin/channels/nothing/test").status_code == 404


def test_a_receiver_that_is_not_there_is_told_without_its_path(shop: Installation, admin: TestClient) -> None:
    answer = admin.post("/admin/channels/hook/test").text
    assert "未送达" in answer
    assert "hush" not in answer
    assert "hush" not in repr([row.data for row in shop.reading.audit()])


def test_what_is_kept_is_told(shop: Installation, admin: TestClient) -> None:
    shop.open_case("wang")
    held = shop.open_case("li")
    assert admin.put(f"/api/v1/cases/{held}/legal-hold", json={"hold": True}).status_code in (200, 204)
    page = admin.get("/admin/retention").text
    for part in ('value="30"', 'value="7"', "长期保存", f"/cases/{held}", "李家面馆", "剩余"):
        assert part in page


def test_the_log_is_searched_and_paged(shop: Installation, admin: TestClient) -> None:
    with shop.database.session() as session:
        for number in range(60):
            write_audit(session, shop.clock.now(), "li", "case.verdict", f"case-{number}", "10.0.0.9")
    found = admin.get("/admin/audit?actor=li&action=case.verdict").text
    assert found.count("<code>case-") == 50
    older = found.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert admin.get(older).text.count("<code>case-") == 10
    assert admin.get("/admin/audit?subject=case-5*").text.count("<code>case-") == 11
    assert admin.get("/admin/audit?address=10.0.0.9&subject=case-59").text.count("<code>case-") == 1
    assert "没有找到记录" in admin.get("/admin/audit?actor=nobody").text
    assert "没有找到记录" in admin.get("/admin/audit?until=2026-11-21").text
    today = admin.get("/admin/audit?since=2026-11-22&until=2026-11-22&subject=case-7").text
    assert today.count("<code>case-") == 1


def test_the_log_as_a_table_is_no_formula(shop: Installation, admin: TestClient) -> None:
    with shop.database.session() as session:
        write_audit(session, shop.clock.now(), '=cmd|"x"', "login.refused", "@SUM(1)", "10.0.0.9")
    answer = admin.get("/admin/audit.csv?address=10.0.0.9")
    assert answer.text.startswith("\ufeffid,at,actor")
    (row,) = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["actor"], row["subject"]) == ('\'=cmd|"x"', "'@SUM(1)")
