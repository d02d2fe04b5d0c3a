"""Figures by hand, figures that must not move, and figures that may move one way only."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from truths import Told, Violation, film_of

from kitchenwatch.bench.events.rates import bound, per_day, seconds_needed
from kitchenwatch.bench.events.resampling import draws, median_interval, ratio_interval
from kitchenwatch.bench.events.score import ALL, Film, Line, score
from kitchenwatch.model import Kind

DAY = 86_400.0


def line(*films: Film, kind: str = "no_hat") -> Line:
    return score(films).lines[kind]


def test_figures_by_hand() -> None:
    first = film_of(
        3600,
        [(100, 200), (300, 400), (500, 600)],
        [(110, 190, 113, 9), (120, 180, 125, 8), (310, 350, 320, 5), (1000, 1010, 1003, 4)],
    )
    second = film_of(7200, [(50, 60)], [(40, 58, 47, 2)], name="second")
    told = line(first, second)
    counts = told.counts
    assert (counts.violations, counts.hits, counts.missed) == (4, 3, 1)
    assert (counts.alarms, counts.duplicates, counts.false_alarms, counts.set_aside) == (5, 1, 1, 0)
    found = told.found
    assert found.precision.value == pytest.approx(3 / 5)
    assert found.recall.value == pytest.approx(3 / 4)
    assert found.f1.value == pytest.approx(2 * 0.6 * 0.75 / 1.35)
    assert told.duplicates.value == pytest.approx(1 / 3)
    clear = 10_800 - 310
    assert told.false_alarms.hours == pytest.approx(clear / 3600)
    assert told.false_alarms.per_day == pytest.approx(DAY / clear)
    assert told.false_alarms.bound == pytest.approx(4.7439 * DAY / clear, rel=1e-4)  # Garwood's table: one event
    assert told.delay.median == 13  # of 13, 20 and -3 seconds
    assert told.delay.p95 == pytest.approx(19.3)
    # 110–190 of 100–200 is 0.8, 310–350 of 300–400 is 0.4, 50–58 of 40–60 is 0.4.
    assert [told.at_tiou[least].recall.value for least in (0.2, 0.5)] == [0.75, 0.25]


def test_as_in_nist_s_scorer() -> None:
    """ActEV19's example of an alignment: five references, six system instances, three pairs, no second one each."""
    film = film_of(
        300,
        [(0, 10), (20, 30), (40, 50), (60, 60.5), (80, 90)],
        [
            (5, 12, 5, 0.9),
            (29.5, 35, 30, 0.8),
            (41, 49, 42, 0.7),
            (45, 55, 46, 0.6),
            (60.2, 70, 61, 0.5),
            (100, 110, 1, 0.4),
        ],
    )
    told = line(film)
    # 20–30 shares half a second only; 60–60.5 shares 0.3 of its 0.5 s.
    assert (told.counts.hits, told.counts.missed) == (3, 2)
    assert (told.counts.duplicates, told.counts.false_alarms) == (1, 2)
    assert told.det is not None
    assert told.det.scores.tolist() == [np.inf, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    assert told.det.missed.tolist() == pytest.approx([1, 0.8, 0.8, 0.6, 0.6, 0.4, 0.4])
    assert told.det.false_alarms.tolist() == [0, 0, 1, 1, 1, 1, 2]


def test_what_is_missed_at_a_rate_needs_hours_enough() -> None:
    needed = seconds_needed(1.0)
    assert needed == pytest.approx(2.9957 * DAY, rel=1e-4)
    told = [(10, 20, 12, 9), (5000, 5010, 5003, 5), (6000, 6010, 6003, 5), (7000, 7010, 7003, 5), (100, 110, 103, 4)]
    long = line(film_of(needed + 20, [(10, 20), (100, 110)], told)).det
    assert long is not None
    assert long.missed_at(1.0) == 0.5  # the fourth alarm would be a second hit, but comes after three false ones
    assert long.missed_at(0.1) is None
    short = line(film_of(needed - 1, [(10, 20), (100, 110)], told)).det
    assert short is not None
    assert short.missed_at(1.0) is None


def test_no_false_alarm_in_three_days_shows_less_than_one_a_day() -> None:
    assert bound(0, 3 * DAY) == pytest.approx(0.99858, rel=1e-4)
    assert per_day(6, 3 * DAY) == 2
    assert bound(0, 0) is None
    assert per_day(0, 0) is None


def test_all_kinds_count_the_hours_of_the_least_watched() -> None:
    film = film_of(1000, [(0, 500)])
    other = replace(film, truth=film.truth.model_copy(update={"not_judged": ()}))
    told = score([other])
    assert told.lines["no_hat"].false_alarms.hours == pytest.approx(500 / 3600)
    assert told.lines["smoking"].false_alarms.hours == pytest.approx(1000 / 3600)
    assert told.lines[ALL].false_alarms.hours == pytest.approx(500 / 3600)


def test_a_kind_that_is_nowhere_judged_is_left_out() -> None:
    film = film_of(100)
    unjudged = [{"kinds": ["smoking", "phone_use"]}]
    truth = type(film.truth).model_validate({"film": "a", "seconds": 100, "not_judged": unjudged})
    assert list(score([replace(film, truth=truth)]).lines) == ["no_hat", "no_mask", ALL]


def test_nothing_seen_and_nothing_told() -> None:
    told = line(film_of(100))
    assert (told.found.precision.value, told.found.recall.value, told.found.f1.value) == (None, None, None)
    assert (told.delay.median, told.duplicates.value, told.det) == (None, None, None)


def test_a_film_that_is_one_violation_measures_no_false_alarms() -> None:
    told = line(film_of(100, [(0, 100)], [(0, 90, 4, 1)]))
    assert (told.false_alarms.per_day, told.false_alarms.bound, told.det) == (None, None, None)


def test_intervals_come_from_films_drawn_again() -> None:
    weights = draws(4, seed=7)
    assert weights.shape == (1000, 4)
    assert (weights.sum(axis=1) == 4).all()
    assert (draws(4, seed=7) == weights).all()
    half = ratio_interval(weights, np.array([1, 0, 1, 0]), np.array([1, 1, 1, 1]))
    assert half == (0.0, 1.0)
    assert ratio_interval(weights, np.array([1, 1, 1, 1]), np.array([1, 1, 1, 1])) == (1.0, 1.0)
    assert ratio_interval(draws(1, 0), np.array([1]), np.array([1])) is None
    assert median_interval(weights, [[1.0], [1.0], [3.0], []]) == (1.0, 3.0)


# --- what must hold for any films ------------------------------------------------------------------------------

quick = settings(max_examples=40, deadline=None)
times = st.integers(0, 60).map(float)
lengths = st.sampled_from([0.5, 1.0, 2.0, 5.0, 20.0])


@st.composite
def violations(draw: st.DrawFn) -> Violation:
    opened = draw(times)
    return opened, opened + draw(lengths)


@st.composite
def told(draw: st.DrawFn) -> Told:
    opened = draw(times)
    closed = opened + draw(lengths)
    return opened, closed, draw(st.sampled_from([opened, closed])), draw(st.sampled_from([1.0, 2.0, 3.0]))


@st.composite
def films(draw: st.DrawFn, most_hidden: int = 0) -> Film:
    hidden = draw(st.lists(violations(), max_size=most_hidden))
    return film_of(100, draw(st.lists(violations(), max_size=5)), draw(st.lists(told(), max_size=5)), hidden)


@quick
@given(st.lists(films(most_hidden=2), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_films_and_alarms_changes_nothing(given: list[Film], random: object) -> None:
    def shuffled(items: list[Film]) -> list[Film]:
        mixed = [replace(film, alarms=sorted(film.alarms, key=lambda _: random.random())) for film in items]  # type: ignore[attr-defined]
        random.shuffle(mixed)  # type: ignore[attr-defined]
        return mixed

    before, after = line(*given), line(*shuffled(given))
    assert before.counts == after.counts
    assert before.false_alarms.per_day == pytest.approx(after.false_alarms.per_day)
    assert before.found.f1.value == after.found.f1.value


@quick
@given(films(), films())
def test_two_films_are_what_their_sum_is(first: Film, second: Film) -> None:
    """Cutting a film where nothing happens changes nothing but the intervals.

    Delays are left out: where two alarms fit a violation equally well, either may be its own.
    """
    shifted = [(each.opened + 100, each.closed + 100) for each in second.truth.violations]
    later = [(a.opened + 100, a.closed + 100, a.at + 100, a.score) for a in second.alarms]
    seen = [(each.opened, each.closed) for each in first.truth.violations]
    both = film_of(200, [*seen, *shifted], [*((a.opened, a.closed, a.at, a.score) for a in first.alarms), *later])
    whole, parts = line(both), line(first, second)
    assert whole.counts == parts.counts
    assert whole.false_alarms.hours == pytest.approx(parts.false_alarms.hours)
    assert (whole.det is None) == (parts.det is None)
    if whole.det and parts.det:
        assert whole.det.missed.tolist() == pytest.approx(parts.det.missed.tolist())


@quick
@given(films(most_hidden=2))
def test_every_violation_and_alarm_is_counted_once(film: Film) -> None:
    counts = line(film).counts
    assert counts.violations == counts.hits + counts.missed
    assert counts.alarms == counts.hits + counts.duplicates + counts.false_alarms
    assert counts.violations + counts.alarms + counts.set_aside == len(film.truth.violations) + len(film.alarms)


@quick
@given(films())
def test_a_false_alarm_more_never_makes_anything_better(film: Film) -> None:
    before, after = (
        line(film),
        line(replace(film, alarms=[*film.alarms, *film_of(100, [], [(90, 95, 92, 2.0)]).alarms])),
    )
    assert after.counts.false_alarms == before.counts.false_alarms + 1
    assert (after.found.precision.value or 0) <= (before.found.precision.value or 0)
    assert after.found.recall.value == before.found.recall.value
    assert (after.false_alarms.bound or 0) >= (before.false_alarms.bound or 0)


@quick
@given(films(), told())
def test_an_alarm_more_never_finds_less(film: Film, extra: Told) -> None:
    more = replace(film, alarms=[*film.alarms, *film_of(100, [], [extra]).alarms])
    assert line(more).counts.hits >= line(film).counts.hits


@quick
@given(films())
def test_a_film_that_is_not_judged_counts_for_nothing(film: Film) -> None:
    hidden = replace(
        film, truth=film.truth.model_copy(update={"not_judged": film_of(100, (), (), [(0, 100)]).truth.not_judged})
    )
    told = score([hidden, film_of(100, name="other")]).lines["no_hat"]
    assert (told.counts.violations, told.counts.alarms) == (0, 0)
    assert told.false_alarms.hours == pytest.approx(100 / 3600)


@quick
@given(films())
def test_stricter_settings_never_find_more(film: Film) -> None:
    det = line(film).det
    if det:
        assert (np.diff(det.missed) <= 1e-12).all()
        assert (np.diff(det.false_alarms) >= 0).all()
        assert det.missed[0] == 1
        assert det.missed[-1] == pytest.approx(1 - (line(film).found.recall.value or 0))


@quick
@given(films())
def test_tiou_finds_no_more_as_it_grows(film: Film) -> None:
    at = line(film).at_tiou
    assert (at[0.5].recall.value or 0) <= (at[0.2].recall.value or 0)


def test_kinds_do_not_mix() -> None:
    film = film_of(100, [(10, 20)], [(10, 20, 12, 1)])
    smoking = replace(film, alarms=[replace(alarm, kind=Kind.SMOKING) for alarm in film.alarms])
    told = score([smoking])
    assert told.lines["no_hat"].counts.missed == 1
    assert told.lines["smoking"].counts.false_alarms == 1
    assert told.lines[ALL].found.f1.value == 0
