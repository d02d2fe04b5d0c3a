"""A console under load: many listen to the event stream while some judge cases, as fast as people do.

Nothing is lost where every listener has heard of every verdict that was acknowledged.
"""

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

import anyio
import httpx
import numpy as np
from anyio.abc import TaskGroup, TaskStatus

from kitchenwatch.bench.crowd import Secrets
from kitchenwatch.errors import Invalid
from kitchenwatch.ports import Clock

QUEUE, PICTURE, VERDICT, EVENT = "queue", "picture", "verdict", "event"
KINDS = (QUEUE, PICTURE, VERDICT, EVENT)
SETTLE_S, DRAIN_S = 120.0, 30.0  # for all to be connected; for the last events to arrive
HAPPENED = "cn.kitchenwatch.case.verdict"
CONFLICT = 409

Act = tuple[str, int]
"""A case's id, and the revision that the verdict has made."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many do what.

    Attributes:
        think_s: what a reviewer takes to look at a picture, on average; between half and one and a half of it.
        judge: whether verdicts are passed, or only looked at what waits.
    """

    listeners: int = 200
    reviewers: int = 20
    seconds: float = 60.0
    think_s: float = 3.0
    judge: bool = True


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one kind of request, in milliseconds; an event's from sending the verdict to hearing of it."""

    kind: str
    number: int
    median_ms: float
    p95_ms: float
    worst_ms: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    Attributes:
        verdicts: acknowledged ones; each is told to each listener.
        conflicts: verdicts on cases that another reviewer had decided, as it must be.
        failures: other answers that were not 2xx, and connections that broke, by what they were.
        lost: events that some listener never got.
    """

    latencies: tuple[Latency, ...]
    verdicts: int
    conflicts: int
    failures: dict[str, int]
    heard: int
    lost: int


@dataclass(slots=True)
class _Tally:
    clock: Clock
    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    conflicts: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    sent: dict[Act, float] = field(default_factory=dict)
    done: set[Act] = field(default_factory=set)
    heard: list[dict[Act, float]] = field(default_factory=list)

    def fail(self, what: str) -> None:
        self.failures[what] = self.failures.get(what, 0) + 1

    def lost(self) -> int:
        return sum(len(self.done - heard.keys()) for heard in self.heard)


async def run(url: str, secrets: Secrets, load: Load, clock: Clock) -> Outcome:
    """Connect the listeners, let the reviewers work, wait for the last events.

    Args:
        url: of the console, without a path.
        secrets: API tokens; used in turn where there are fewer than people.

    Raises Invalid: the console does not answer, or a token is not accepted.
    """
    tally = _Tally(clock)
    async with httpx.AsyncClient(
        base_url=url, limits=httpx.Limits(max_connections=None), timeout=60, trust_env=False
    ) as client:
        await _check(client, secrets)
        async with anyio.create_task_group() as listening:
            await _connect(listening, client, secrets, load, tally)
            async with anyio.create_task_group() as working:
                for n in range(load.reviewers):
                    working.start_soon(_review, client, _one_of(secrets.reviewers, n), load, tally, Random(n))
            with anyio.move_on_after(DRAIN_S):
                while tally.lost():
                    await anyio.sleep(0.2)
            listening.cancel_scope.cancel()
    return _outcome(tally)


async def _check(client: httpx.AsyncClient, secrets: Secrets) -> None:
    for secret in (*secrets.reviewers[:1], *secrets.listeners[:1]):
        try:
            answer = await client.get("/api/v1/me", headers=_bearer(secret))
        except httpx.HTTPError as error:
            raise Invalid(f"{client.base_url}: no answer ({error}) -> is it running there?") from error
        if answer.status_code != httpx.codes.OK:
            raise Invalid(f"{client.base_url}: the token is not accepted ({answer.status_code})")


async def _connect(group: TaskGroup, client: httpx.AsyncClient, secrets: Secrets, load: Load, tally: _Tally) -> None:
    """Until every listener has heard the first line of its stream."""
    tally.heard += [{} for _ in range(load.listeners)]
    with anyio.move_on_after(SETTLE_S) as waiting:
        for n, heard in enumerate(tally.heard):
            await group.start(_listen, client, _one_of(secrets.listeners, n), heard, tally)
    if waiting.cancelled_caught:
        tally.fail("stream: not all could connect")


async def _listen(
    client: httpx.AsyncClient,
    secret: str,
    heard: dict[Act, float],
    tally: _Tally,
    *,
    task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED,
) -> None:
    """One connection to the stream, which is not mended when it breaks: what it misses then is lost."""
    connected = False
    try:
        async with client.stream("GET", "/api/v1/alerts/stream", headers=_bearer(secret), timeout=None) as answer:
            if answer.status_code != httpx.codes.OK:
                tally.fail(f"stream: {answer.status_code}")
            async for event in _events(answer):
                if not connected:
                    connected = True
                    task_status.started()
                _hear(event, heard, tally)
    except httpx.HTTPError as error:
        tally.fail(f"stream: {type(error).__name__}")
    if not connected:
        task_status.started()


def _hear(event: bytes, heard: dict[Act, float], tally: _Tally) -> None:
    if HAPPENED.encode() in event:
        act = _told(event)
        heard[act] = tally.clock.monotonic()
        if act in tally.sent:
            tally.seconds[EVENT].append(heard[act] - tally.sent[act])


@lru_cache(maxsize=1000)
def _told(event: bytes) -> Act:
    """What a verdict's event tells of; read once for all listeners, as the load must not wait for us."""
    body = b"\n".join(line[6:] for line in event.split(b"\n") if line.startswith(b"data: "))
    data = json.loads(body)["data"]
    return data["case"], data["revision"]


async def _events(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The events as they came, in lines."""
    buffer = b""
    async for chunk in answer.aiter_raw():
        *whole, buffer = (buffer + chunk).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in whole:
            yield event


async def _review(client: httpx.AsyncClient, secret: str, load: Load, tally: _Tally, chance: Random) -> None:
    """Fetch what waits, look, judge; the next. Every reviewer begins at a moment of their own."""
    ends = tally.clock.monotonic() + load.seconds
    headers = _bearer(secret)
    await anyio.sleep(chance.uniform(0, load.think_s))
    while tally.clock.monotonic() < ends:
        window = await _ask(client, tally, QUEUE, "GET", "/api/v1/review/next?limit=8", headers)
        cases = window.json()["items"] if window else []
        if not cases:
            return
        # Several people at one queue begin at different places of it, as people do who filter it.
        await _judge(client, headers, chance.choice(cases), load, tally)
        await anyio.sleep(load.think_s * chance.uniform(0.5, 1.5))


async def _judge(
    client: httpx.AsyncClient, headers: dict[str, str], case: dict[str, Any], load: Load, tally: _Tally
) -> None:
    picture = case["pictures"]["annotated"] or case["pictures"]["snapshot"]
    if picture:
        await _ask(client, tally, PICTURE, "GET", picture, headers)
    if not load.judge:
        return
    act = (case["id"], case["revision"] + 1)
    verdict = {"status": "confirmed", "reason": "violation", "revision": case["revision"]}
    since = tally.clock.monotonic()
    tally.sent.setdefault(act, since)
    if await _ask(client, tally, VERDICT, "POST", f"/api/v1/cases/{case['id']}/verdict", headers, verdict):
        tally.sent[act] = since
        tally.done.add(act)


async def _ask(
    client: httpx.AsyncClient,
    tally: _Tally,
    kind: str,
    method: str,
    path: str,
    headers: dict[str, str],
    body: dict[str, Any] | None = None,
) -> httpx.Response | None:
    """The answer, timed; None if it was a refusal, which is counted."""
    since = tally.clock.monotonic()
    try:
        answer = await client.request(method, path, headers=headers, json=body)
    except httpx.HTTPError as error:
        tally.fail(f"{kind}: {type(error).__name__}")
        return None
    if answer.status_code == CONFLICT:
        tally.conflicts += 1
        return None
    if not answer.is_success:
        tally.fail(f"{kind}: {answer.status_code}")
        return None
    tally.seconds[kind].append(tally.clock.monotonic() - since)
    return answer


def _outcome(tally: _Tally) -> Outcome:
    return Outcome(
        latencies=tuple(_latency(kind, seconds) for kind, seconds in tally.seconds.items() if seconds),
        verdicts=len(tally.done),
        conflicts=tally.conflicts,
        failures=tally.failures,
        heard=sum(len(tally.done & heard.keys()) for heard in tally.heard),
        lost=tally.lost(),
    )


def _latency(kind: str, seconds: Sequence[float]) -> Latency:
    median, p95, worst = 1000 * np.percentile(seconds, (50, 95, 100))
    return Latency(kind, len(seconds), float(median), float(p95), float(worst))


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def _one_of(secrets: Sequence[str], n: int) -> str:
    return secrets[n % len(secrets)]
