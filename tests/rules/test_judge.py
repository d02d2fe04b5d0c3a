"""One person, one rule, one violation: opened, updated, closed once, and never lost."""

from collections.abc import Callable, Iterable
from datetime import time, timedelta
from itertools import pairwise

import pytest
from rule_scenes import (
    CAMERA,
    FAR,
    HERE,
    START,
    Box,
    Step,
    acts,
    at_rate,
    closed,
    frame,
    phases,
    play,
    sightings_of,
    together,
    tracks_of,
)

from kitchenwatch.model import Change, Kind, Phase, violation_id
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.judge import CameraJudge
from kitchenwatch.rules.rule import RuleSettings
from kitchenwatch.rules.schedule import Hours, Schedule
from kitchenwatch.rules.zones import Zone

MakeJudge = Callable[..., CameraJudge]
BESIDE: Box = (290.0, 100.0, 350.0, 250.0)


def opened(changes: list[Change]) -> list[float]:
    return [change.violation.opened for change in changes if change.phase is Phase.OPENED]


def spans(changes: list[Change]) -> list[tuple[float, float | None]]:
    return [(violation.opened, violation.closed) for violation in closed(changes)]


def test_compliance_opens_nothing(judge: MakeJudge) -> None:
    assert play(judge(), together(acts((0, 60, "good")))) == []


def test_a_violation_begins_when_the_evidence_did_and_ends_with_the_last_that_supports_it(judge: MakeJudge) -> None:
    changes = play(judge(), together(acts((0, 10, "good"), (10, 30, "bad"), (30, 70, "good"))))
    assert phases(changes) == [Phase.OPENED, Phase.CLOSED]
    violation = changes[-1].violation
    assert (violation.opened, violation.closed) == (10, 29.8)
    assert violation.opened_at == START + timedelta(seconds=10)
    assert violation.closed_at == START + timedelta(seconds=29.8)
    assert violation.id == violation_id(CAMERA.id, Kind.NO_HAT, "film", 1, 10)
    assert violation.box == HERE
    assert (violation.camera, violation.site, violation.run, violation.track) == ("stove", "noodle-house", "film", 1)


def test_the_opening_and_the_closing_tell_the_same_id_and_a_growing_score(judge: MakeJudge) -> None:
    first, last = play(judge(), together(acts((0, 20, "bad"))))
    assert first.violation.id == last.violation.id
    assert 0.5 <= first.violation.score < last.violation.score <= 1
    assert first.violation.closed is None
    assert first.violation.scores[0] == (0.0, 0.79)
    assert last.violation.scores[-1][0] == 19.8
    assert all(a[0] < b[0] for a, b in pairwise(last.violation.scores))


def play_step(judge: CameraJudge, step: Step) -> list[Change]:
    return judge.step(frame(step.t), tracks_of(step, {}), sightings_of(step))


def when_told(judge: CameraJudge, phase: Phase, scene: Iterable[Step]) -> list[float]:
    """At which moments of the footage a phase is told, before it is over."""
    return [step.t for step in scene for change in play_step(judge, step) if change.phase is phase]


def test_it_is_told_closed_only_when_the_merge_gap_is_over(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 40, "good"))
    assert when_told(judge(merge_gap=12), Phase.CLOSED, together(scene)) == [22.0]


def test_a_flicker_of_evidence_that_nobody_follows_up_does_not_hold_back_the_closing(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 20, "good"), (20, 21, "bad"), (21, 90, "unsure"))
    assert when_told(judge(merge_gap=30), Phase.CLOSED, together(scene)) == [40.0]


def test_a_violation_that_has_ended_needs_all_of_its_evidence_anew(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 11.6, "good"), (11.6, 12.2, "bad"), (12.2, 60, "good"))
    changes = play(judge(), together(scene))
    assert phases(changes) == [Phase.OPENED, Phase.CLOSED]
    assert spans(changes) == [(0, 9.8)]


def test_a_violation_must_last_as_long_as_its_rule_says(judge: MakeJudge) -> None:
    scene = acts((0, 10, "good"), (10, 18, "bad"), (18, 40, "good"))
    assert opened(play(judge(for_s=3), together(scene))) == [10]
    assert opened(play(judge(for_s=9), together(scene))) == []


def test_a_flicker_opens_nothing(judge: MakeJudge) -> None:
    assert play(judge(), together(acts((0, 5, "good"), (5, 7, "bad"), (7, 20, "good"), (20, 22, "bad")))) == []


def test_looks_that_could_not_judge_are_no_evidence_either_way(judge: MakeJudge) -> None:
    changes = play(judge(), together(acts((0, 10, "bad"), (10, 100, "unsure"), (100, 110, "bad"))))
    assert spans(changes) == [(0, 109.8)]


def test_evidence_anew_within_the_merge_gap_continues_the_same_violation(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 32, "good"), (32, 45, "bad"), (45, 120, "good"))
    changes = play(judge(merge_gap=30), together(scene))
    assert phases(changes) == [Phase.OPENED, Phase.UPDATED, Phase.CLOSED]
    assert spans(changes) == [(0, 44.8)]


def test_evidence_that_begins_just_within_the_gap_continues_even_if_it_needs_time_to_add_up(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 39, "good"), (39, 50, "bad"))
    assert spans(play(judge(merge_gap=30), together(scene))) == [(0, 49.8)]


def test_after_the_gap_a_new_violation_waits_for_the_cooldown(judge: MakeJudge) -> None:
    scene = acts((0, 10, "bad"), (10, 30, "good"), (30, 90, "bad"))
    assert opened(play(judge(merge_gap=10, cooldown=60), together(scene))) == [0, 30]
    assert opened(play(judge(merge_gap=10, cooldown=90), together(scene))) == [0]
    assert when_told(judge(merge_gap=10, cooldown=60), Phase.OPENED, together(scene))[1] == 69.8


def test_a_new_track_number_does_not_make_a_new_violation_nor_lose_one(judge: MakeJudge) -> None:
    """Eight numbers of two seconds each: no single one lasts long enough."""
    people = [acts((2 * i, 2 * i + 2, "bad"), track=i + 1) for i in range(8)]
    scene = {step.t: step for person in people for step in person.values() if step.tracks}
    changes = play(judge(), together(scene))
    assert spans(changes) == [(0, 15.8)]


@pytest.mark.parametrize("gone", [3, 20])
def test_coming_back_to_the_place_under_another_number_continues_the_violation(gone: float, judge: MakeJudge) -> None:
    before, after = acts((0, 12, "bad")), acts((12 + gone, 30 + gone, "bad"), track=2)
    changes = play(judge(merge_gap=30), together(before, after))
    assert spans(changes) == [(0, 29.8 + gone)]


def test_somebody_elsewhere_has_a_violation_of_their_own(judge: MakeJudge) -> None:
    before, elsewhere = acts((0, 12, "bad")), acts((15, 30, "bad"), track=2, box=FAR)
    assert opened(play(judge(), together(before, elsewhere))) == [0, 15]


def test_two_people_side_by_side_have_one_each_even_at_the_same_place(judge: MakeJudge) -> None:
    both = together(acts((0, 12, "bad"), (12, 60, "good")), acts((0, 20, "good"), (20, 60, "bad"), track=2, box=BESIDE))
    assert spans(play(judge(), both)) == [(0, 11.8), (20, 59.8)]


def test_a_violation_ends_when_its_person_is_gone(judge: MakeJudge) -> None:
    scene = list(together(acts((0, 12, "bad"), (12, 60, "away"))))
    assert spans(play(judge(merge_gap=5), scene)) == [(0, 11.8)]
    assert when_told(judge(merge_gap=5), Phase.CLOSED, scene) == [17.0]


def test_a_look_that_is_better_by_far_is_an_update_but_not_too_often(judge: MakeJudge) -> None:
    rule, told, scores = judge(false_alarms_per_day=1000), [], []
    for i in range(200):
        t = i / 5
        clear = min(0.6 + 0.09 * max(t - 20, 0), 0.97)  # a face that turns to the camera within four seconds
        for change in play_step(rule, Step(t, ((1, HERE),), ((1, Kind.NO_HAT, clear, 0.3),))):
            told.append((change.phase, t))
            scores.append(change.violation.score)
    assert [phase for phase, _ in told] == [Phase.OPENED, Phase.UPDATED, Phase.UPDATED, Phase.UPDATED]
    assert all(b - a >= 2 for (_, a), (_, b) in pairwise(told))
    assert scores == sorted(scores)


def test_the_look_that_opens_a_violation_supports_it(judge: MakeJudge) -> None:
    """The sum is long over the threshold when `for` has passed, but just then the head is covered."""
    scene = acts((0, 11.9, "bad"), (11.9, 12.5, "good"), (12.5, 20, "bad"))
    assert when_told(judge(for_s=12), Phase.OPENED, together(scene)) == [12.6]


def test_outside_the_zone_and_after_hours_nothing_opens(judge: MakeJudge) -> None:
    right = Zone("right", ((0.6, 0.0), (1.0, 0.0), (1.0, 1.0), (0.6, 1.0)))
    scene = acts((0, 30, "bad"))
    assert play(judge(zones=(right,)), together(scene)) == []
    night = Schedule((Hours(time(22), time(1)),))
    assert play(judge(schedule=night), together(scene)) == []


def test_closing_time_ends_a_violation(judge: MakeJudge) -> None:
    until = START + timedelta(seconds=20)
    hours = Schedule((Hours(START.time(), until.time()),))
    assert spans(play(judge(schedule=hours), together(acts((0, 120, "bad"))))) == [(0, 19.8)]


def test_each_rule_weighs_its_own_kind() -> None:
    judge = CameraJudge(CAMERA, [RuleSettings(kind) for kind in Kind], Calibration.neutral())
    both = together(acts((0, 20, "bad")), acts((0, 20, "bad"), track=2, box=FAR, kind=Kind.SMOKING))
    assert {violation.kind: violation.track for violation in closed(play(judge, both))} == {
        Kind.NO_HAT: 1,
        Kind.SMOKING: 2,
    }


def test_a_sighting_of_nobody_known_is_passed_over(judge: MakeJudge) -> None:
    steps = [Step(t / 5, (), ((7, Kind.NO_HAT, 0.9, 0.1),)) for t in range(100)]
    assert play(judge(), steps) == []


def test_a_line_without_frames_finishes_with_nothing(judge: MakeJudge) -> None:
    assert judge().finish(0.0, START) == []


def test_every_opening_has_one_closing_and_nothing_comes_after_it(judge: MakeJudge) -> None:
    scene = acts(*[(20 * i, 20 * i + 20, "bad" if i % 2 else "good") for i in range(20)])
    changes = play(judge(merge_gap=5, cooldown=10), at_rate(together(scene), 5))
    ids = [change.violation.id for change in changes if change.phase is Phase.OPENED]
    assert len(ids) == len(set(ids)) == 10
    for violation in ids:
        story = phases([change for change in changes if change.violation.id == violation])
        assert story[0] is Phase.OPENED
        assert story[-1] is Phase.CLOSED
        assert set(story[1:-1]) <= {Phase.UPDATED}
