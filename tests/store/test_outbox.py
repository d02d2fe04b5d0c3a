"""What the outbox in the database does beyond the contract that the alerts' tests hold."""

import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from filed import NOW, a_violation, declare_kitchen
from sqlalchemy import select, text

from kitchenwatch.clock import ManualClock
from kitchenwatch.errors import StorageError
from kitchenwatch.model import AlertType, CameraState, Entry, HealthChange
from kitchenwatch.store.announce import announce
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database, serialize_outbox
from kitchenwatch.store.health import SqlHealthLog
from kitchenwatch.store.outbox import Routes, SqlOutbox
from kitchenwatch.store.tables import Delivery, Outbox

ROUTES = Routes(
    districts={"east": ("inspectors", "shared"), "west": ("western",)},
    sites={"canteen": ("canteen", "shared")},
    operators=("ops",),
)
ENTRY = Entry("canteen", 1, {}, "0" * 64, "chain/canteen/00000001.json")
HOUR = timedelta(hours=1)


@pytest.fixture
def outbox(kitchen: Database, clock: ManualClock) -> SqlOutbox:
    """An empty outbox."""
    return SqlOutbox(kitchen, ROUTES, clock)


def open_cases(cases: SqlCases, count: int, first: int = 1) -> None:
    for number in range(first, first + count):
        cases.open(a_violation(number), [], ENTRY)


def test_both_recipients_get_what_happens_at_their_site_and_nobody_else(
    outbox: SqlOutbox, cases: SqlCases, kitchen: Database
) -> None:
    open_cases(cases, 1)
    SqlHealthLog(kitchen).record(HealthChange("stove", CameraState.BLACK, True, NOW))
    cases.open(a_violation(camera="till", site="noodles"), [], ENTRY)
    with kitchen.session() as session:
        serialize_outbox(session)
        announce(session, AlertType.STORAGE_PRESSURE, "storage", NOW, {})
    assert outbox.fan_out() == 4
    told = sorted((d.channel, d.alert.type.name) for d in outbox.due(NOW, 10))
    assert told == [
        ("canteen", "CAMERA_HEALTH"),
        ("canteen", "CASE_OPENED"),
        ("inspectors", "CAMERA_HEALTH"),
        ("inspectors", "CASE_OPENED"),
        ("ops", "STORAGE_PRESSURE"),
        ("shared", "CAMERA_HEALTH"),
        ("shared", "CASE_OPENED"),
        ("western", "CASE_OPENED"),
    ]


def test_an_alert_that_nobody_wants_is_fanned_out_all_the_same(
    kitchen: Database, cases: SqlCases, clock: ManualClock
) -> None:
    outbox = SqlOutbox(kitchen, Routes({}, {}), clock)
    open_cases(cases, 3)
    assert outbox.fan_out() == 3
    assert outbox.fan_out() == 0
    assert outbox.due(NOW, 10) == []


def test_several_that_fan_out_at_once_make_each_delivery_once(
    outbox: SqlOutbox, cases: SqlCases, kitchen: Database
) -> None:
    open_cases(cases, 30)
    with ThreadPoolExecutor(4) as threads:
        took = list(threads.map(lambda _: outbox.fan_out(), range(4)))
    assert sum(took) == 30
    with kitchen.reading() as session:
        assert len(session.scalars(select(Delivery)).all()) == 90


def test_the_sequence_follows_the_commits_of_many_writers(cases: SqlCases, kitchen: Database) -> None:
    """A reader that always goes on after the greatest number it has seen misses nothing."""
    seen: list[int] = []
    with ThreadPoolExecutor(4) as threads:
        writers = [threads.submit(open_cases, cases, 10, 100 * writer) for writer in range(4)]
        while not all(writer.done() for writer in writers):
            seen += after(kitchen, seen[-1] if seen else 0)
    seen += after(kitchen, seen[-1] if seen else 0)
    with kitchen.reading() as session:
        assert seen == list(session.scalars(select(Outbox.seq).order_by(Outbox.seq)))
    assert len(seen) == 40


def after(database: Database, seq: int) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(select(Outbox.seq).where(Outbox.seq > seq).order_by(Outbox.seq)))


def test_only_one_process_is_handed_deliveries_until_it_dies(
    outbox: SqlOutbox, cases: SqlCases, database_url: str
) -> None:
    open_cases(cases, 1)
    outbox.fan_out()
    other = subprocess.Popen([sys.executable, "-c", DISPATCH, database_url], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "3\n"
    assert outbox.due(NOW, 10) == []
    other.kill()
    other.wait(10)
    for _ in range(100):  # PostgreSQL needs a moment to see that the other is gone
        if outbox.due(NOW, 10):
            break
        time.sleep(0.05)
    assert len(outbox.due(NOW, 10)) == 3
    outbox.close()


DISPATCH = textwrap.dedent("""
    import sys, time
    from kitchenwatch.clock import SystemClock
    from kitchenwatch.store.database import Database
    from kitchenwatch.store.outbox import Routes, SqlOutbox
    clock = SystemClock()
    outbox = SqlOutbox(Database(sys.argv[1]), Routes({}, {}), clock)
    print(len(outbox.due(clock.now(), 10)), flush=True)
    time.sleep(60)
""")


def test_one_that_stops_hands_over(outbox: SqlOutbox, cases: SqlCases, database_url: str, clock: ManualClock) -> None:
    open_cases(cases, 1)
    outbox.fan_out()
    other = SqlOutbox(Database(database_url), ROUTES, clock)
    assert len(outbox.due(NOW, 10)) == 3
    assert other.due(NOW, 10) == []
    outbox.close()
    assert len(other.due(NOW, 10)) == 3
    other.close()


def test_a_database_out_of_reach_is_told_as_such(outbox: SqlOutbox) -> None:
    lost = SqlOutbox(Database("postgresql://kitchen:secret@127.0.0.1:1/rows"), ROUTES, ManualClock(NOW))
    for call in (lost.fan_out, lambda: lost.due(NOW, 1), lambda: lost.after(0, 1)):
        with pytest.raises(StorageError, match=r"127\.0\.0\.1:1/rows"):
            call()


def test_each_held_push_is_told_in_exactly_one_digest(
    outbox: SqlOutbox, cases: SqlCases, kitchen: Database, clock: ManualClock
) -> None:
    digests: list[dict[str, object]] = []
    for round_ in range(3):
        open_cases(cases, 4, first=10 * round_)
        outbox.fan_out()
        for delivery in outbox.due(clock.now(), 100):
            if delivery.alert.type is AlertType.DIGEST:
                digests.append(delivery.alert.data)
                outbox.delivered(delivery, clock.now())
            elif delivery.channel == "canteen":
                outbox.hold_for_digest(delivery)
        clock.advance(3600)
        assert outbox.write_digests(clock.now(), HOUR) == 1
        outbox.fan_out()
    assert [digest["count"] for digest in digests] == [4, 4]
    assert digests[0]["places"] == [
        {
            "site": "canteen",
            "site_name": "第三食堂",
            "camera": "stove",
            "camera_name": "灶台",
            "kind": "no_hat",
            "count": 4,
        }
    ]
    with kitchen.reading() as session:
        told = session.scalars(select(Delivery.digest_seq).where(Delivery.status == "held")).all()
    assert [told.count(seq) for seq in sorted(set(told), key=str)] == [4, 4, 4]


def test_due_stays_quick_beside_a_hundred_thousand_delivered(sqlite_url: str, clock: ManualClock) -> None:
    """Told by the steps of SQLite's machine, not by a clock."""
    database = Database(sqlite_url)
    database.upgrade()
    declare_kitchen(database)
    with database.session() as session:
        session.execute(text(PAST_ALERTS))
        session.execute(text(PAST_DELIVERIES))
    outbox = SqlOutbox(database, ROUTES, clock)
    open_cases(SqlCases(database, clock), 2)
    SqlHealthLog(database).record(HealthChange("stove", CameraState.BLACK, True, NOW))
    thousands: list[None] = []
    with database.reading() as session:
        raw = session.connection().connection.driver_connection
    assert raw is not None
    raw.set_progress_handler(lambda: thousands.append(None), 1000)
    assert outbox.fan_out() == 3
    assert len(outbox.due(clock.now(), 10)) == 9
    assert outbox.write_digests(clock.now(), HOUR) == 0
    assert not outbox.held("canteen", "camera/stove")
    assert outbox.pushed_since("canteen", "canteen", "stove", "no_hat", clock.now() - HOUR) == 0
    # To look at each of the rows once would take more than 300 thousand steps.
    assert len(thousands) < 20


PAST_ALERTS = """
    WITH RECURSIVE past(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM past WHERE n < 100000)
    INSERT INTO outbox (seq, id, type, at, subject, data, fanned_out)
    SELECT n, printf('%032x', n), 'cn.kitchenwatch.case.opened', '2026-11-21 03:30:00.000000', 'camera/stove',
        '{}', 1 FROM past
"""
PAST_DELIVERIES = """
    INSERT INTO delivery (outbox_seq, channel, subject, status, attempts, due_at, delivered_at, error)
    SELECT seq, 'canteen', subject, 'delivered', 1, at, at, '' FROM outbox
"""
