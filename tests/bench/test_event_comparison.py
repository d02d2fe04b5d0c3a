"""Full rate and attention side by side: figures by hand, and what a person is told of them."""

from collections.abc import Sequence

import pytest
from rich.console import Console
from truths import Told, film_of

from kitchenwatch.bench.events.comparison import Side, as_json, differences, fared
from kitchenwatch.bench.events.comparison_table import notes, tables
from kitchenwatch.bench.events.score import score

VIOLATIONS = [(100.0, 200.0), (300.0, 400.0), (500.0, 600.0)]
NOT_JUDGED = [(650.0, 900.0)]


def side(name: str, told: Sequence[Told], cpu_s: float) -> Side:
    films = [film_of(1000, [*VIOLATIONS, (700, 800)], told, NOT_JUDGED)]
    return Side(name, score(films), films, {"model": name}, cpu_s)


@pytest.fixture
def full() -> Side:
    return side("full rate", [(100, 200, 104, 1), (300, 400, 303, 1), (910, 950, 912, 1)], 150)


@pytest.fixture
def attention() -> Side:
    return side("attention", [(101, 200, 107, 1), (501, 600, 502, 1)], 20)


def test_each_violation_is_followed_on_both_sides(full: Side, attention: Side) -> None:
    each = fared(full, attention)
    assert [(one.opened, one.delays, one.later) for one in each] == [
        (100, (4, 7), 3),
        (300, (3, None), None),
        (500, (None, 2), None),
    ]


def test_differences_by_hand(full: Side, attention: Side) -> None:
    apart = differences(full, attention)["no_hat"]
    assert apart.recall == 0
    assert apart.precision == pytest.approx(2 / 2 - 2 / 3)
    assert apart.f1 == pytest.approx(4 / 5 - 4 / 6)
    assert apart.median_delay == pytest.approx(4.5 - 3.5)
    assert (apart.later, apart.false_alarms) == (3, -1)
    assert differences(full, attention)["all"] == apart


def test_a_side_that_finds_nothing_has_no_delay_to_compare(full: Side) -> None:
    apart = differences(full, side("attention", [], 1))["no_hat"]
    assert (apart.median_delay, apart.later) == (None, None)
    assert apart.recall == pytest.approx(-2 / 3)
    assert apart.precision is None


def test_json_holds_both_reports_and_the_price(full: Side, attention: Side) -> None:
    told = as_json(full, attention)
    assert list(told["sides"]) == ["full rate", "attention"]
    assert told["sides"]["full rate"]["by_kind"]["no_hat"]["false_alarms"] == 1
    assert told["sides"]["attention"]["cpu_s_per_s"] == pytest.approx(0.02)
    assert told["cpu_ratio"] == pytest.approx(7.5)
    assert told["violations"][1]["delays"] == (3, None)


def test_a_person_reads_it_on_a_small_screen(full: Side, attention: Side) -> None:
    screen = Console(width=80, record=True, force_terminal=False)
    with screen.capture() as said:
        for table in tables(full, attention):
            screen.print(table)
    rows = [" ".join(line.split()) for line in said.get().splitlines()]
    assert "no_hat 3 0.67 > 0.80 +13.3 0.67 > 0.67 +0.0 0.67 > 1.00" in rows
    assert "no_hat 3.50 > 4.50 +1.00 +3.00 3 > 2 1 > 0" in rows
    assert list(notes(full, attention)) == [
        "CPU-seconds a second of film: full rate 0.150, attention 0.020 (7.5 times less)",
        "film.mp4: no_hat of 100 s is told 3.0 s later",
        "film.mp4: no_hat of 300 s is lost",
        "film.mp4: no_hat of 500 s is gained",
    ]
