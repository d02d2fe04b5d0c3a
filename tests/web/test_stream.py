"""The event stream, from a real server: what is cut is resumed, and nothing is lost or told twice."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.model import Alert, Role, Scope
from kitchenwatch.store.users import NewUser
from kitchenwatch.web.feed import BATCH
from kitchenwatch.web.feed import EVERYTHING as EVERYONE
from kitchenwatch.web.news import News, Recent
from kitchenwatch.web.server import Server

EVERYTHING = Scope("x", Role.ADMIN)


@dataclass
class Event:
    """One server-sent event."""

    fields: dict[str, str] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        return int(self.fields["id"])

    @property
    def type(self) -> str | None:
        return self.fields.get("event")

    @property
    def data(self) -> Any:
        return json.loads(self.fields["data"])


@contextmanager
def listening(served: str, secret: str, last: int | None = None, **query: int) -> Iterator[Iterator[Event]]:
    """The events of one connection, heartbeats left out; leaving the block cuts it."""
    headers = {"Authorization": f"Bearer {secret}"} | ({"Last-Event-ID": str(last)} if last is not None else {})
    url = f"{served}/api/v1/alerts/stream"
    with httpx.stream("GET", url, params=query, headers=headers, timeout=30, trust_env=False) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer.iter_lines())


def events(lines: Iterator[str]) -> Iterator[Event]:
    event = Event()
    for line in lines:
        if not line and event.fields:
            yield event
            event = Event()
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            event.fields[name] = value


def test_cut_and_resumed_without_loss(shop: Installation, served: str) -> None:
    secret = shop.token("admin")
    first = [str(shop.open_case()) for _ in range(3)]
    with listening(served, secret, after=0) as stream:
        start = next(stream)
        told = [next(stream), next(stream)]
    assert (start.seq, start.type, "data" in start.fields) == (0, None, False)
    missed = [str(shop.open_case()) for _ in range(2)]
    with listening(served, secret, last=told[-1].seq, after=0) as stream:
        next(stream)
        told += [next(stream) for _ in range(3)]
        live = str(shop.open_case())
        told.append(next(stream))
    assert [event.data["subject"] for event in told] == [*first, *missed, live]
    assert [event.seq for event in told] == sorted({event.seq for event in told})


def test_an_alert_is_a_cloudevent(shop: Installation, served: str) -> None:
    case = shop.open_case("wang")
    with listening(served, shop.token("wang"), after=0) as stream:
        next(stream)
        event = next(stream)
    assert event.type == event.data["type"] == "cn.kitchenwatch.case.opened"
    assert (event.data["specversion"], event.data["subject"]) == ("1.0", str(case))
    assert event.data["data"]["site"]["name"] == "老王烧烤店"


def test_everybody_hears_of_their_own(shop: Installation, served: str) -> None:
    mine = []
    for site in ("zhao", "wang", "li", "zhao", "wang"):
        case = shop.open_case(site)
        mine += [str(case)] if site == "zhao" else []
    with listening(served, shop.token("west"), after=0) as stream:
        next(stream)
        told = [next(stream).data["subject"] for _ in mine]
        # What others hear of moves the stream on, and is not told.
        shop.open_case("wang")
        last = str(shop.open_case("zhao"))
        told.append(next(stream).data["subject"])
    assert told == [*mine, last]


def test_without_a_place_it_begins_now_and_a_cut_before_the_first_alert_loses_none(
    shop: Installation, served: str
) -> None:
    shop.open_case()
    secret = shop.token("admin")
    with listening(served, secret) as stream:
        start = next(stream)
    assert start.seq == shop.reading.newest_alert()
    missed = shop.open_case()
    with listening(served, secret, last=start.seq) as stream:
        next(stream)
        assert next(stream).data["subject"] == str(missed)


def test_a_place_beyond_the_newest_is_not_waited_for(shop: Installation, served: str) -> None:
    shop.open_case()
    with listening(served, shop.token("admin"), last=10**9) as stream:
        assert next(stream).seq == shop.reading.newest_alert()
        case = shop.open_case()
        assert next(stream).data["subject"] == str(case)


def test_cut_again_and_again_while_cases_arrive(shop: Installation, served: str) -> None:
    number, secret = 40, shop.token("admin")
    opening = threading.Thread(target=lambda: [shop.open_case() for _ in range(number)])
    opening.start()
    told: list[Event] = []
    while len(told) < number:
        last = told[-1].seq if told else 0
        with listening(served, secret, last=last) as stream:
            next(stream)
            told += [next(stream) for _ in range(min(7, number - len(told)))]
    opening.join()
    expected = [alert.seq for alert in shop.reading.alerts(EVERYTHING, 0)]
    assert [event.seq for event in told] == expected
    assert len(expected) == number


def test_who_lost_the_right_hears_no_more(shop: Installation, served: str) -> None:
    grant = shop.tokens.issue("test", "admin")
    with listening(served, grant.secret, after=0) as stream:
        next(stream)
        shop.open_case()
        next(stream)
        shop.tokens.revoke("test", grant.id)
        shop.open_case()
        assert not list(stream)


def test_who_is_given_another_district_hears_of_that_alone(shop: Installation, served: str) -> None:
    with listening(served, shop.token("east"), after=0) as stream:
        next(stream)
        shop.open_case("wang")
        next(stream)
        shop.users.change("test", NewUser("east", Role.REGULATOR, districts=("west",)))
        shop.open_case("wang")
        theirs = str(shop.open_case("zhao"))
        assert next(stream).data["subject"] == theirs


def test_news_are_read_once_for_all_who_listen(shop: Installation, served: str) -> None:
    readers: list[str] = []
    whole = shop.reading.alerts

    def alerts(scope: Scope, after: int, limit: int = 100) -> list[Alert]:
        readers.append(scope.user)
        return whole(scope, after, limit)

    shop.reading.alerts = alerts  # type: ignore[method-assign]
    with ExitStack() as stack:
        streams = [stack.enter_context(listening(served, shop.token(name))) for name in ("admin", "east", "wang") * 3]
        for stream in streams:
            next(stream)
        case = str(shop.open_case())
        assert {next(stream).data["subject"] for stream in streams} == {case}
    assert set(readers) == {EVERYONE.user}


def test_who_is_behind_what_is_kept_reads_the_store(shop: Installation, served: str) -> None:
    number, secret = BATCH + 3, shop.token("admin")
    for _ in range(number):
        shop.open_case("zhao")
    with listening(served, shop.token("east"), after=0) as other, listening(served, secret, after=0) as stream:
        next(other)
        next(stream)
        told = [next(stream).seq for _ in range(number)]
        mine = str(shop.open_case("wang"))
        assert next(other).data["subject"] == next(stream).data["subject"] == mine
    assert told == [alert.seq for alert in shop.reading.alerts(EVERYTHING, 0, number)]


def test_of_the_oldest_news_only_the_place_is_kept() -> None:
    recent = Recent(begins=10, room=3)
    recent.add(News(seq, "wang", b"") for seq in (12, 13, 20))
    assert (recent.begins, recent.newest) == (10, 20)
    recent.add([News(21, None, b"")])
    assert (recent.begins, recent.newest) == (12, 21)
    assert [news.seq for news in recent.between(13, 20)] == [20]
    assert [news.seq for news in recent.between(12, 10**9)] == [13, 20, 21]


def test_streams_end_with_the_server_and_nobody_is_alarmed(
    shop: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(uvicorn.Config(shop.app, host="127.0.0.1", port=0, log_config=None), shop.app.state.feed)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    with listening(address, shop.token("admin")) as first, listening(address, shop.token("wang")) as second:
        next(first)
        next(second)
        server.should_exit = True
        assert not [*first, *second]
    thread.join(30)
    assert not thread.is_alive()
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize("last", ["x", "-1", "1.5", str(2**63), "9" * 4000, "1; DROP TABLE outbox"])
def test_a_place_that_is_none_is_refused(last: str, as_user: Callable[[str], TestClient]) -> None:
    asking = as_user("admin")
    assert asking.get("/api/v1/alerts/stream", headers={"Last-Event-ID": last}).status_code == 422
    assert asking.get("/api/v1/alerts/stream", params={"after": last}).status_code == 422
