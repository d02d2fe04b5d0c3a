"""The event stream, from a real server: what is cut is resumed, and nothing is lost or told twice."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from installation import Installation

from kitchenwatch.model import Role, Scope

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


@pytest.mark.parametrize("last", ["x", "-1", "1.5", str(2**63), "9" * 4000, "1; DROP TABLE outbox"])
def test_a_place_that_is_none_is_refused(last: str, as_user: Callable[[str], TestClient]) -> None:
    asking = as_user("admin")
    assert asking.get("/api/v1/alerts/stream", headers={"Last-Event-ID": last}).status_code == 422
    assert asking.get("/api/v1/alerts/stream", params={"after": last}).status_code == 422
