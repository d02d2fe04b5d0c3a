"""The first page: its figures, its drawing, and how it stays true."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from installation import BEGIN, PASSWORD, Installation
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import event

from kitchenwatch.model import CameraState, CaseStatus, HealthChange, Kind, Role, Scope
from kitchenwatch.store import tables
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.today import FOUND_TRUE, OVERDUE, SUSPECTED, Today
from kitchenwatch.web.board import LASTS, Board
from kitchenwatch.web.language import Language
from kitchenwatch.web.trend import draw_trend

AsUser = Callable[[str], TestClient]
EVERYTHING = Scope("x", Role.ADMIN)
EAST = Scope("east", Role.REGULATOR, frozenset({"east"}))
WANG = Scope("wang", Role.BUSINESS, sites=frozenset({"wang"}))
SVG = "{http://www.w3.org/2000/svg}"


def set_up(shop: Installation, site: str, status: CaseStatus, at: datetime = BEGIN, overdue: bool = False) -> UUID:
    """A case that stands as wanted, however it came to it."""
    with shop.database.session() as session:
        case = tables.Case(
            id=uuid4(),
            site_id=site,
            camera_id=f"{site}-wok",
            kind=Kind.NO_MASK,
            status=status,
            opened_at=at,
            score=0.9,
            overdue_at=at if overdue else None,
        )
        session.add(case)
    return case.id


def today(shop: Installation, scope: Scope = EVERYTHING) -> Today:
    return shop.reading.today(scope, shop.clock.now())


def test_each_sees_the_figures_of_their_own(shop: Installation) -> None:
    set_up(shop, "wang", CaseStatus.OPEN)
    set_up(shop, "wang", CaseStatus.DISPATCHED, overdue=True)
    set_up(shop, "li", CaseStatus.RECTIFIED)
    set_up(shop, "zhao", CaseStatus.OPEN, BEGIN - timedelta(days=40))
    set_up(shop, "zhao", CaseStatus.DISPATCHED)
    log = SqlHealthLog(shop.database)
    log.record(HealthChange("zhao-wok", CameraState.BLACK, True, BEGIN))
    log.record(HealthChange("li-wok", CameraState.BLACK, True, BEGIN))
    log.record(HealthChange("li-wok", CameraState.BLACK, False, BEGIN + timedelta(seconds=5)))

    def told(scope: Scope) -> tuple[int, ...]:
        seen = today(shop, scope)
        return seen.open, seen.overdue, seen.recheck, seen.fresh, seen.blind, seen.cameras

    assert told(EVERYTHING) == (2, 1, 1, 4, 1, 3)
    assert told(EAST) == (1, 1, 1, 3, 0, 2)
    assert told(WANG) == (1, 1, 0, 2, 0, 1)
    assert told(Scope("nobody", Role.REGULATOR)) == (0, 0, 0, 0, 0, 0)


def test_a_day_is_the_sites_day(shop: Installation) -> None:
    midnight = datetime(2026, 11, 21, 16, tzinfo=UTC)  # in Shanghai, that of the 22nd
    set_up(shop, "wang", CaseStatus.OPEN, midnight - timedelta(seconds=1))
    set_up(shop, "wang", CaseStatus.OPEN, midnight)
    set_up(shop, "wang", CaseStatus.OPEN, midnight - timedelta(days=29))
    set_up(shop, "wang", CaseStatus.OPEN, midnight - timedelta(days=29, seconds=1))
    seen = today(shop)
    numbers = seen.daily[Kind.NO_MASK]
    assert (len(numbers), numbers[0], numbers[-2], numbers[-1], sum(numbers)) == (30, 1, 1, 1, 3)
    assert (seen.since, f"{seen.dates[0]} {seen.dates[-1]}") == (midnight, "2026-10-24 2026-11-22")
    assert seen.found == {Kind.NO_MASK: 3}


def test_days_follow_a_clock_that_is_put_back(shop: Installation) -> None:
    with shop.database.session() as session:
        for site in session.query(tables.Site):
            site.timezone = "Europe/Berlin"
    seen = shop.reading.today(EVERYTHING, datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert (seen.zone, seen.since) == ("Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC))
    before = datetime(2026, 10, 24, 22, tzinfo=UTC)  # a day of 25 hours begins
    set_up(shop, "wang", CaseStatus.OPEN, before)
    set_up(shop, "wang", CaseStatus.OPEN, before + timedelta(hours=24, minutes=30))
    again = shop.reading.today(EVERYTHING, datetime(2026, 10, 26, 12, tzinfo=UTC))
    assert again.daily[Kind.NO_MASK][-2:] == (2, 0)


def test_sites_are_ranked_by_what_speaks_against_them(shop: Installation) -> None:
    set_up(shop, "li", CaseStatus.DISPATCHED, BEGIN - timedelta(days=90), overdue=True)
    for _ in range(2):
        set_up(shop, "wang", CaseStatus.CLOSED)
    set_up(shop, "wang", CaseStatus.CLOSED, BEGIN - timedelta(days=31))
    set_up(shop, "wang", CaseStatus.DISMISSED)
    set_up(shop, "zhao", CaseStatus.OPEN)
    ranked = [(site.name, site.risk) for site in today(shop).risks]
    assert ranked == [("李家面馆", OVERDUE), ("老王烧烤店", 2 * FOUND_TRUE), ("第三食堂", SUSPECTED)]
    assert [site.name for site in today(shop, EAST).risks] == ["李家面馆", "老王烧烤店"]


@pytest.fixture
def asked(shop: Installation) -> Iterator[list[tuple[str, object]]]:
    """Every statement that the database is given, with its parameters."""
    statements: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *_: object) -> None:
        statements.append((statement, parameters))

    engine = shop.database._engine
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_no_figure_reads_every_case(shop: Installation, asked: list[tuple[str, object]]) -> None:
    today(shop), today(shop, EAST)
    queries = [(text, given) for text, given in asked if 'FROM "case"' in text or 'JOIN "case"' in text]
    assert len(queries) == 10
    with shop.database._engine.connect() as connection:
        for text, given in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()  # type: ignore[arg-type]
            steps = [row[3] for row in plan if " case " in f"{row[3]} "]
            assert steps
            assert all(step.startswith("SEARCH case USING") for step in steps), (text, steps)
    counted = [text for text, _ in queries if "UNION ALL" in text or "opened_at >= " in text]
    assert len(counted) == 4


def test_many_readers_are_counted_for_once(shop: Installation, asked: list[tuple[str, object]]) -> None:
    board = Board(shop.reading, shop.clock)

    def counts(scope: Scope) -> int:
        asked.clear()
        board.today(scope)
        return sum("UNION ALL" in text or "begins" in text for text, _ in asked)

    other = Scope("another", Role.REGULATOR, frozenset({"east"}))
    assert [counts(scope) for scope in (EAST, other, EVERYTHING, EVERYTHING)] == [2, 0, 2, 0]
    shop.open_case("wang")
    assert (counts(EAST), board.today(other).open) == (2, 1)
    shop.clock.advance(LASTS.total_seconds())
    assert counts(EAST) == 2


def test_the_drawing_shows_what_there_was() -> None:
    dates = [BEGIN.date() - timedelta(days=back) for back in reversed(range(30))]
    daily = {kind: [0] * 30 for kind in Kind} | {Kind.SMOKING: [0] * 29 + [7], Kind.NO_HAT: [1] * 30}
    for narrow, width in ((False, "900"), (True, "400")):
        drawing = draw_trend(daily, dates, narrow, Language.ZH)
        root = ElementTree.fromstring(drawing)
        assert root.get("width") == width
        assert len(root.findall(f".//{SVG}rect[@class='rect reactive tooltip-trigger']")) == 60
        assert b"http://" not in drawing.replace(b"http://www.w3.org", b"").split(b"<defs>")[1]
        assert b"<script" not in drawing
    assert b"11/22" in draw_trend(daily, [*dates[1:], dates[-1]], True, Language.ZH)
    assert ElementTree.fromstring(draw_trend({kind: [0] * 30 for kind in Kind}, dates, False, Language.EN)) is not None


def test_the_cards_lead_to_what_they_count(shop: Installation, as_user: AsUser) -> None:
    set_up(shop, "wang", CaseStatus.OPEN)
    set_up(shop, "wang", CaseStatus.DISPATCHED, BEGIN - timedelta(days=9), overdue=True)
    set_up(shop, "wang", CaseStatus.RECTIFIED, BEGIN - timedelta(days=9))
    asking = as_user("east")
    page = asking.get("/").text
    for name in ("open", "overdue", "fresh", "recheck"):
        part = page.split(f'data-live="{name}"')[0].rsplit('href="', 1)[1].split('"')[0]
        assert asking.get(part.replace("&amp;", "&")).text.count('class="card"') == 1, part


def test_another_mans_site_is_not_named(shop: Installation, as_user: AsUser) -> None:
    shop.open_case("zhao")
    assert "第三食堂" not in as_user("east").get("/").text
    assert "第三食堂" in as_user("west").get("/").text


@pytest.fixture
def page(shop: Installation, browser: Browser, served: str) -> Page:
    """Today, with one case, in a browser that counts how far things jump."""
    shop.open_case("wang")
    page = browser.new_page(base_url=served, viewport={"width": 1440, "height": 900})
    page.goto("/")
    page.fill("[name=name]", "east")
    page.fill("[name=password]", PASSWORD)
    page.click(".door button")
    expect(page.locator(".live")).not_to_have_class(re.compile("lost"))
    return page


def test_figures_follow_without_a_jump(shop: Installation, page: Page) -> None:
    expect(page.locator("[data-live=open]")).to_have_text("1")
    expect(page.locator(".latest .card")).to_have_count(1)
    image = page.locator(".trend img")
    assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") == 900
    page.evaluate(
        """() => { window.stayed = true; window.jumps = 0;
        new PerformanceObserver((list) => { for (const one of list.getEntries()) window.jumps += one.value; })
            .observe({ type: "layout-shift" }); }"""
    )
    page.locator(".latest .card").first.focus()
    focused = page.evaluate("document.activeElement.getAttribute('href')")
    shop.open_case("li", Kind.SMOKING)
    expect(page.locator("[data-live=open]")).to_have_text("2", timeout=15_000)
    expect(page.locator(".latest .card")).to_have_count(2)
    expect(page.locator(".legend .smoking")).to_be_visible()
    assert page.evaluate("document.activeElement.getAttribute('href')") == focused
    assert page.evaluate("[window.stayed, window.jumps < 0.02]") == [True, True]


def test_a_session_that_ends_is_asked_to_sign_in(shop: Installation, page: Page) -> None:
    for session in shop.tokens.sessions("east"):
        shop.tokens.end_session("admin", session.id)
    shop.open_case("li")
    expect(page).to_have_url(re.compile("/login"), timeout=20_000)
