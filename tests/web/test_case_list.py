"""The list of cases: what it finds, how it shows it, and what leaves it as a spreadsheet."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from installation import Installation
from phone import act, ordered

from kitchenwatch.lifecycle import Act
from kitchenwatch.model import Kind, Role
from kitchenwatch.store.loop import Actor, Found
from kitchenwatch.web.spreadsheet import guarded

AsUser = Callable[[str], TestClient]


def cards(page: str) -> list[str]:
    """The ids of the cases on the page."""
    return re.findall(r'class="card" href="/cases/([0-9a-f-]+)"', page)


def test_each_filter_finds_its_own(shop: Installation, as_user: AsUser) -> None:
    hat, smoke = shop.open_case("wang"), shop.open_case("li", Kind.SMOKING)
    patrol = shop.loop.find(
        Found(UUID(int=7), "zhao-wok", Kind.OTHER, shop.clock.now(), "地面有油污"), Actor("admin", Role.ADMIN)
    )
    asking = as_user("admin")
    for query, found in {
        "kind=smoking": smoke,
        "site=wang": hat,
        "district=west": patrol,
        "origin=patrol": patrol,
        "q=面馆": smoke,
        f"q={str(hat)[:8].upper()}": hat,
        "to=2026-11-22&status=open&kind=no_hat&site=&q=": hat,
    }.items():
        assert cards(asking.get(f"/cases?{query}").text) == [str(found)], query
    assert cards(asking.get("/cases?from=2026-11-23").text) == []
    # A day begins at midnight in Shanghai, eight hours before UTC's.
    assert len(cards(asking.get("/cases?from=2026-11-22&to=2026-11-22").text)) == 3


def test_an_overdue_order_is_found_and_told_in_words(shop: Installation, as_user: AsUser) -> None:
    case = ordered(shop, shop.open_case("wang"))
    shop.open_case("li")
    asking = as_user("east")
    assert "还剩3天" in asking.get("/cases").text
    shop.clock.advance(timedelta(days=4).total_seconds())
    assert shop.loop.escalate_overdue() == 1
    page = asking.get("/cases?overdue=true").text
    assert (cards(page), "逾期1天" in page) == ([str(case)], True)
    assert "还剩" not in page


def test_the_table_tells_who_has_it_now(shop: Installation, as_user: AsUser) -> None:
    ordered(shop, shop.open_case("wang"))
    shop.open_case("li")
    page = as_user("east").get("/cases?view=table").text
    held = [" ".join(cell.split()) for cell in re.findall(r'data-name="当前处理方"><span>(.*?)</span>', page, re.S)]
    assert held == ["东区监管人员", "老王烧烤店"]
    assert 'href="/cases?view=table&amp;status=open"' in page or 'href="/cases?status=open&amp;view=table"' in page


def test_filters_stay_while_one_turns_pages(shop: Installation, as_user: AsUser) -> None:
    for _ in range(30):
        shop.open_case("wang")
    shop.open_case("li", Kind.SMOKING)
    asking = as_user("admin")
    first = asking.get("/cases?kind=no_hat&status=open").text
    assert len(cards(first)) == 24
    older = first.split('" rel="next"')[0].rsplit('href="', 1)[1].replace("&amp;", "&")
    assert "kind=no_hat" in older
    assert len(cards(asking.get(older).text)) == 6


def test_an_empty_list_says_what_to_do(shop: Installation, as_user: AsUser) -> None:
    asking = as_user("east")
    assert "摄像头发现违规后" in asking.get("/cases").text
    assert 'href="/cases?status=open"' in asking.get("/cases?status=open&q=x").text


def test_what_makes_no_sense_is_refused(as_user: AsUser) -> None:
    for query in ("from=never", "status=lost", "cursor=x", "from=0001-01-01"):
        assert as_user("east").get(f"/cases?{query}").status_code == 422, query


def test_the_spreadsheet_has_what_the_filter_finds(shop: Installation, as_user: AsUser) -> None:
    case = shop.open_case("wang")
    shop.open_case("li")
    act(shop, case, Act.CONFIRM, remark='=HYPERLINK("http://evil.example")')
    answer = as_user("east").get("/cases.csv?site=wang")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.text.startswith("\ufeff案件编号,")
    [row] = csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert (row["案件编号"], row["单位"], row["辖区"]) == (
        str(case),
        "老王烧烤店",
        "东区",
    )
    assert (row["时间"], row["状态"]) == ("2026-11-22 19:46:00", "确认违规")
    assert row["备注"] == '\'=HYPERLINK("http://evil.example")'
    assert len(as_user("west").get("/cases.csv").text.splitlines()) == 1


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded("1=1") == "1=1"


def test_a_long_list_is_sent_whole(shop: Installation, as_user: AsUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kitchenwatch.web.spreadsheet.PAGE", 2)
    for _ in range(5):
        shop.open_case("wang")
    assert len(as_user("east").get("/cases.csv").text.splitlines()) == 6
