"""The load on a console, small: everything that is said is heard, and what is only looked at stays as it is."""

import json

import anyio
import httpx
import pytest

from kitchenwatch.bench.console import EVENT, PICTURE, QUEUE, VERDICT, Load, run
from kitchenwatch.bench.crowd import Secrets
from kitchenwatch.bootstrap.console_bench import crowded_console
from kitchenwatch.clock import SystemClock
from kitchenwatch.errors import Invalid


def test_a_small_crowd_hears_of_every_verdict() -> None:
    opened: list[int] = []
    with crowded_console(60, listeners=3, reviewers=2, progress=opened.append) as (url, secrets):
        assert opened == list(range(1, 61))
        looking = anyio.run(run, url, secrets, Load(2, 1, seconds=0.5, think_s=0.1, judge=False), SystemClock())
        assert (looking.verdicts, looking.heard, looking.lost, looking.failures) == (0, 0, 0, {})
        assert waiting(url, secrets) == 60
        came = anyio.run(run, url, secrets, Load(3, 2, seconds=1.5, think_s=0.2), SystemClock())
        assert came.verdicts > 0
        assert (came.heard, came.lost, came.failures) == (3 * came.verdicts, 0, {})
        numbers = {row.kind: row.number for row in came.latencies}
        assert set(numbers) == {QUEUE, PICTURE, VERDICT, EVENT}
        assert (numbers[VERDICT], numbers[EVENT]) == (came.verdicts, came.heard)
        assert all(0 < row.median_ms <= row.p95_ms <= row.worst_ms for row in came.latencies)
        assert waiting(url, secrets) == 60 - came.verdicts
        with pytest.raises(Invalid, match="not accepted"):
            anyio.run(run, url, Secrets(("kw_no",), ("kw_no",)), Load(1, 1, 0.1), SystemClock())


def waiting(url: str, secrets: Secrets) -> int:
    headers = {"Authorization": f"Bearer {secrets.listeners[0]}"}
    told = httpx.get(f"{url}/api/v1/cases/counts", headers=headers, trust_env=False)
    return int(json.loads(told.text)["open"])


def test_a_console_that_is_not_there_is_named() -> None:
    with pytest.raises(Invalid, match=r"127\.0\.0\.1:9.*is it running"):
        anyio.run(run, "http://127.0.0.1:9", Secrets(("x",), ("x",)), Load(), SystemClock())
