"""Decoding ahead gives what decoding when asked gives: the same pictures at the same moments."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attending import CODINGS, FPS, GOP_S, SMALL, Calm, Given, Recalling, Scripted, given_to

import films
from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.ports import Attention
from kitchenwatch.sources.ahead import AHEAD, AheadStream
from kitchenwatch.sources.stream import Stream

SECONDS = 9.0


@pytest.fixture(scope="module", params=CODINGS)
def film(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four whole groups and a half in each coding."""
    path = tmp_path_factory.mktemp("coded") / "film.mkv"
    return films.make_film(path, seconds=SECONDS, fps=FPS, gop=GOP_S, size=SMALL, **request.param)


def bursts(seed: int) -> Callable[[], Attention]:
    """Attention that comes and goes, mostly for long enough to be guessed right."""
    rng = np.random.default_rng(seed)
    wanted = np.repeat(rng.random(40) < 0.6, rng.integers(1, 16, 40))
    every = rng.integers(1, 13)
    return lambda: Scripted(lambda number, key: bool(wanted[number]) and (key or number % every == 0))


WAYS = [
    *(pytest.param(bursts(seed), id=f"bursts-{seed}") for seed in range(8)),
    pytest.param(lambda: Scripted(lambda number, key: True), id="all"),
    pytest.param(lambda: Scripted(lambda number, key: key), id="keyframes"),
    pytest.param(lambda: Scripted(lambda number, key: number % 25 == 0), id="once-a-second"),
    pytest.param(lambda: Scripted(lambda number, key: number < 120 and number % 10 == 0), id="turns-away-in-a-group"),
    pytest.param(lambda: Scripted(lambda number, key: number <= 100), id="turns-away-at-a-keyframe"),
    pytest.param(lambda: Recalling({2.0, 4.0, 8.0}), id="recalls"),
    pytest.param(lambda: Calm(75), id="glances"),
]


@pytest.mark.parametrize("way", WAYS)
def test_the_same_pictures_come_at_the_same_moments(film: Path, way: Callable[[], Attention]) -> None:
    assert_alike(given_to(way(), film), given_to(way(), film, open_stream=AheadStream))


def assert_alike(one: list[Given], other: list[Given]) -> None:
    assert [(each.packet, each.pts) for each in other] == [(each.packet, each.pts) for each in one]
    assert all(np.array_equal(mine.image, theirs.image) for mine, theirs in zip(other, one, strict=True))


class Watched(AheadStream):
    """Counts what is guessed, and the most that waits."""

    guesses = most = 0

    def _guess(self) -> None:
        before = len(self._guessed)
        super()._guess()
        self.guesses += len(self._guessed) - before
        self.most = max(self.most, len(self._guessed))


def watched(film: Path, way: Callable[[], Attention]) -> Watched:
    opened = list[Watched]()

    def opener(address: str | Path, settings: Any) -> Stream:
        opened.append(Watched(address, settings))
        return opened[-1]

    given_to(way(), film, open_stream=opener)
    return opened[0]


def test_an_inquiry_finds_nearly_all_decoded_from_its_second_group_on(film: Path) -> None:
    stream = watched(film, lambda: Scripted(lambda number, key: number % 10 == 0))
    assert stream.guesses > 0.8 * (SECONDS - GOP_S) * FPS
    assert stream.most == AHEAD


def test_nothing_is_guessed_while_keyframes_are_enough(film: Path) -> None:
    assert watched(film, lambda: Scripted(lambda number, key: key)).guesses == 0


def test_no_more_is_guessed_than_was_asked_of_the_group_before(film: Path) -> None:
    stream = watched(film, lambda: Scripted(lambda number, key: number % 25 == 0))
    assert 60 <= stream.guesses <= 4 * (25 + 4)  # of four groups; those that reorder are fed some more


def test_broken_pictures_count_alike(film: Path, tmp_path: Path) -> None:
    torn = tmp_path / film.name
    data = bytearray(film.read_bytes())
    for at in range(len(data) // 3, len(data), 997):
        data[at] ^= 0xFF
    torn.write_bytes(data)
    assert told(torn, AheadStream) == told(torn, Stream)


def told(film: Path, opener: type[Stream]) -> tuple[list[int], int, str]:
    found, error = list[int](), ""
    with opener(film) as stream:
        try:
            for packet in stream.packets():
                found += [picture.pts or 0 for picture in stream.decode(packet)]
        except SourceUnreadable as cause:
            error = str(cause)
        return found, stream.corrupt, error


def test_a_film_that_is_left_early_leaves_no_thread(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted = list[Future[Any]]()
    submit = ThreadPoolExecutor.submit

    def noting(pool: ThreadPoolExecutor, *args: Any, **kwargs: Any) -> Future[Any]:
        submitted.append(submit(pool, *args, **kwargs))
        return submitted[-1]

    monkeypatch.setattr(ThreadPoolExecutor, "submit", noting)
    with AheadStream(film) as stream:
        for number, packet in enumerate(stream.packets()):
            stream.decode(packet)
            if number == 60:
                break
        threads = list(stream._thread._threads)
    assert submitted
    assert all(future.done() for future in submitted)
    assert not any(thread.is_alive() for thread in threads)
