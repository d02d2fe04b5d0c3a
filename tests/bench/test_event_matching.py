"""Which alarm belongs to which violation."""

import pytest
from truths import NO_HAT, alarms_of, truth_of

from kitchenwatch.bench.events.matching import Meets, meeting, nist, pair, tiou
from kitchenwatch.bench.events.outcome import Fate, Outcome, judge
from kitchenwatch.bench.events.spans import Span, covered, mostly_in, union


def paired(truths: list[Span], alarms: list[Span], meets: Meets = nist) -> dict[int, int]:
    return pair(truths, alarms, meeting(truths, alarms, meets))


def outcome(
    violations: list[tuple[float, float]],
    told: list[tuple[float, float, float, float]],
    unjudged: list[tuple[float, float]] | None = None,
    meets: Meets = nist,
) -> Outcome:
    return judge(truth_of(100, violations, unjudged or []), NO_HAT, alarms_of(*told), meets)


@pytest.mark.parametrize(
    ("truth", "alarm", "expected"),
    [
        ((10, 20), (19, 30), True),  # just a second
        ((10, 20), (19.1, 30), False),
        ((10.3, 20), (0, 11.3), True),  # a second, but for how floats subtract
        ((10, 10.8), (10.4, 30), True),  # half of a short violation
        ((10, 10.8), (10.5, 30), False),
        ((10, 11.5), (10.6, 30), False),  # a violation of more than a second must share a whole one
        ((10, 20), (20, 30), False),
        ((10, 20), (12, 12.5), False),  # an alarm too short to share a second
    ],
)
def test_nist_asks_for_a_second_or_half_of_a_shorter_violation(
    truth: tuple[float, float], alarm: tuple[float, float], expected: bool
) -> None:
    assert nist(Span(*truth), Span(*alarm)) is expected


def test_tiou_is_intersection_over_union() -> None:
    assert Span(0, 10).iou(Span(5, 15)) == pytest.approx(1 / 3)
    assert Span(0, 10).iou(Span(20, 30)) == 0
    assert tiou(0.5)(Span(0, 10), Span(0, 20))
    assert not tiou(0.5)(Span(0, 10), Span(0, 21))


def test_as_many_pairs_as_can_be_come_before_the_time_they_share() -> None:
    # Alarm 0 shares most with violation 0, but is all that violation 1 can have.
    truths, alarms = [Span(0, 10), Span(9, 12)], [Span(0, 11), Span(0, 2)]
    assert paired(truths, alarms) == {0: 1, 1: 0}


def test_of_equally_many_pairs_those_that_share_most_are_taken() -> None:
    assert paired([Span(0, 10)], [Span(0, 3), Span(2, 9), Span(9, 20)]) == {0: 1}
    assert paired([Span(0, 10), Span(10, 20)], [Span(8, 20), Span(0, 12)]) == {0: 1, 1: 0}


def test_of_those_that_share_as_much_the_most_alike_is_taken() -> None:
    wide, exact = Span(0, 50), Span(10, 20)
    assert paired([Span(10, 20)], [wide, exact]) == {0: 1}
    assert paired([Span(10, 20)], [exact, wide]) == {0: 0}


def test_nothing_is_paired_with_nothing() -> None:
    assert paired([], [Span(0, 1)]) == {}
    assert paired([Span(0, 1)], []) == {}


def test_each_alarm_and_violation_has_one_fate() -> None:
    found = outcome(
        [(10, 20), (40, 50)],
        [(11, 19, 14, 1), (12, 15, 13, 1), (70, 80, 73, 1), (49.5, 60, 52, 1)],
    )
    assert found.truths == (Fate.HIT, Fate.MISSED)
    assert found.alarms == (Fate.HIT, Fate.DUPLICATE, Fate.FALSE, Fate.FALSE)
    assert found.delays == (3,)  # the duplicate came first
    assert (found.judged, found.clear) == (100, 80)


def test_another_violation_s_alarm_is_no_early_one() -> None:
    found = outcome([(10, 30), (10, 30)], [(10, 30, 12, 1), (10, 30, 25, 1)])
    assert found.truths == (Fate.HIT, Fate.HIT)
    assert sorted(found.delays) == [2, 15]


def test_what_is_not_judged_counts_neither_way() -> None:
    found = outcome([(10, 20), (30, 40)], [(11, 20, 12, 1), (50, 60, 52, 1), (30, 40, 31, 1)], [(10, 25), (55, 80)])
    assert found.truths == (Fate.SET_ASIDE, Fate.HIT)
    assert found.alarms == (Fate.SET_ASIDE, Fate.SET_ASIDE, Fate.HIT)
    assert (found.judged, found.clear) == (60, 50)


def test_an_alarm_mostly_in_judged_time_is_false_all_the_same() -> None:
    assert outcome([], [(50, 60, 52, 1)], [(56, 80)]).alarms == (Fate.FALSE,)


def test_a_hit_reaches_into_time_that_is_not_judged() -> None:
    found = outcome([(10, 20)], [(18, 40, 21, 1)], [(20, 60)])
    assert (found.truths, found.alarms) == ((Fate.HIT,), (Fate.HIT,))


def test_stricter_rules_give_a_stricter_outcome() -> None:
    assert outcome([(10, 20)], [(18, 60, 21, 1)]).truths == (Fate.HIT,)
    assert outcome([(10, 20)], [(18, 60, 21, 1)], meets=tiou(0.2)).truths == (Fate.MISSED,)


def test_spans_join_and_cover() -> None:
    spans = [Span(5, 8), Span(0, 2), Span(1, 3), Span(8, 9)]
    assert union(spans) == [Span(0, 3), Span(5, 9)]
    assert covered(Span(2, 6), spans) == 2
    assert mostly_in(Span(2, 6), spans)
    assert not mostly_in(Span(2, 5.9), spans)
    assert not mostly_in(Span(20, 20), spans)
