"""The audit log stands and falls with what it tells."""

import pytest

from kitchenwatch.clock import ManualClock
from kitchenwatch.store.audit import read_audit, write_audit
from kitchenwatch.store.database import Database


def test_newest_first_and_page_by_page(database: Database, clock: ManualClock) -> None:
    with database.session() as session:
        for number in range(5):
            write_audit(session, clock.now(), "li", "case.verdict", f"case-{number}", "10.0.0.9", revision=number)
    with database.reading() as session:
        first = read_audit(session, limit=3)
        rest = read_audit(session, before=first[-1].id, limit=3)
    assert [row.subject for row in [*first, *rest]] == ["case-4", "case-3", "case-2", "case-1", "case-0"]
    assert (first[0].actor, first[0].address, first[0].data) == ("li", "10.0.0.9", {"revision": 4})
    assert first[0].at == clock.now()


def test_an_act_that_fails_leaves_no_record(database: Database, clock: ManualClock) -> None:
    def act() -> None:
        with database.session() as session:
            write_audit(session, clock.now(), "li", "case.verdict", "case-1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    with database.reading() as session:
        assert not read_audit(session)


def test_what_strangers_call_themselves_is_cut_to_fit(database: Database, clock: ManualClock) -> None:
    with database.session() as session:
        write_audit(session, clock.now(), "x" * 500, "login.refused", "y" * 500, "z" * 500)
    with database.reading() as session:
        row = read_audit(session)[0]
    assert (len(row.actor), len(row.subject), len(row.address)) == (64, 200, 64)
