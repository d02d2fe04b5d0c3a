"""One camera's attention: when it turns to somebody, when it turns away, and that it forgets nobody."""

from collections.abc import Callable
from itertools import cycle, pairwise

import pytest
from kitchen import START, frame, track
from stage import CHANGED, EMPTY, Stage, never, within

from kitchenwatch.attention.budget import REST_PRICE, Boundless, MachineBudget
from kitchenwatch.attention.camera import CameraAttention
from kitchenwatch.attention.doubts import Doubts
from kitchenwatch.attention.settings import AttentionSettings
from kitchenwatch.clock import ManualClock
from kitchenwatch.model import Attentiveness

QUIET, WATCHING, INQUIRING = Attentiveness.QUIET, Attentiveness.WATCHING, Attentiveness.INQUIRING


class Priced(Boundless):
    """A machine on which looks have a price, and nobody may inquire."""

    def __init__(self, price: float, admitting: bool = False) -> None:
        self.price, self.admitting = price, admitting

    def admits(self, camera: str) -> bool:
        return self.admitting


def test_an_empty_kitchen_costs_keyframes_and_a_look_every_half_minute() -> None:
    stage = Stage().play(0, 120)
    assert stage.attention.state is QUIET
    assert stage.decoded_in(10, 120) == [float(t) for t in range(10, 120, 2)]
    assert stage.searched == [0, 28, 56, 84, 112]


def test_keyframes_that_come_often_are_not_all_decoded() -> None:
    stage = Stage(gop=0.2).play(0, 20)
    assert len(stage.decoded_in(5, 20)) == 15


def test_whoever_comes_in_is_seen_at_the_next_keyframe_and_watched() -> None:
    stage = Stage().play(0, 60, people=within((31, 60)))
    assert stage.states == [(0, QUIET), (32, WATCHING)]
    assert stage.decoded_in(34, 60) == [float(t) for t in range(34, 60, 2)]
    assert stage.searched_in(34, 60) == stage.decoded_in(34, 60)
    assert stage.chosen == stage.searched_in(32, 60)


def test_an_unseen_change_is_looked_at_until_it_is_known() -> None:
    """A pot was put down: nobody is found."""
    stage = Stage().play(0, 20, moves=within((9, 20)))
    assert stage.searched == [0, 10, 12, 14]
    assert stage.attention.state is QUIET


def test_a_kitchen_that_empties_is_quiet_after_a_while() -> None:
    stage = Stage().play(0, 60, people=within((0, 20)))
    assert stage.states == [(0, WATCHING), (28, QUIET)]


def test_a_person_who_never_moves_is_watched_for_ever() -> None:
    """From the first picture on, so that no empty one was ever seen, and found in every third look only."""
    stage = Stage().play(0, 900, people=lambda t: round(t / 2) % 3 == 0, moves=never)
    assert [state for _, state in stage.states] == [WATCHING]


def test_a_person_who_was_missed_for_long_is_found_again_within_half_a_minute() -> None:
    stage = Stage().play(0, 120, people=within((0, 10), (25, 120)), moves=never)
    assert [state for _, state in stage.states] == [WATCHING, QUIET, WATCHING]
    assert stage.states[-1][0] - stage.states[-2][0] <= 32


@pytest.mark.parametrize("price", [REST_PRICE, 0.5, 0.95])
def test_one_look_that_misses_somebody_forgets_nobody_however_dear_looks_are(price: float) -> None:
    found = cycle((True, False))
    stage = Stage(budget=Priced(price)).play(0, 600, people=lambda t: next(found), moves=never)
    assert [state for _, state in stage.states] == [WATCHING]


def test_a_doubt_is_inquired_into_at_once_and_calm_returns() -> None:
    stage = Stage().play(0, 60, people=within((0, 60)), doubt=within((20, 25)))
    assert [state for _, state in stage.states] == [WATCHING, INQUIRING, WATCHING]
    begin, calm = stage.states[1][0], stage.states[2][0]
    assert begin == 20
    assert 25.9 <= calm < 26.6
    assert len(stage.searched_in(21, 25)) == pytest.approx(10, abs=1)
    assert stage.decoded_in(28, 60) == [float(t) for t in range(28, 60, 2)]


@pytest.mark.parametrize(("reached", "looks"), [(0.1, 10), (0.5, 25)])
def test_looks_come_closer_together_once_there_is_some_evidence(reached: float, looks: int) -> None:
    stage = Stage()
    stage.reached = reached
    stage.play(0, 30, people=within((0, 30)), doubt=within((4, 30)))
    assert len(stage.searched_in(4, 30)) >= looks
    begun = stage.states[1][0]
    assert stage.states[1][1] is INQUIRING
    assert len(stage.searched_in(begun, begun + 4)) == pytest.approx(looks * 4 / 10, abs=1)


@pytest.mark.parametrize(("reached", "patience"), [(1.0, 20), (0.3, 20), (0.15, 4)])
def test_a_doubt_that_is_not_decided_in_its_time_is_left_for_a_rest_and_taken_up_again(
    reached: float, patience: float
) -> None:
    """Much sooner while the evidence is faint."""
    stage = Stage()
    stage.reached = reached
    stage.play(0, 100, people=within((0, 100)), doubt=within((0, 100)))
    begun = [t for t, state in stage.states if state is INQUIRING]
    left = [t for t, state in stage.states if state is WATCHING]
    assert len(begun) >= 3, stage.states
    # It goes on for a second after the last doubt that was worth it.
    spans = list(zip(begun, left, strict=False))
    assert all(patience - 1 < leaves - begins <= patience + 2 for begins, leaves in spans), spans
    assert all(8 <= begins - leaves <= 12 for leaves, begins in zip(left, begun[1:], strict=False))


def test_whoever_comes_into_doubt_is_inquired_into_while_another_rests() -> None:
    doubts = Doubts(AttentionSettings())
    for tenth in range(100):
        doubts.learn(tenth / 10, {1: 0.15})
    assert doubts.newest < 5
    doubts.learn(10, {1: 0.15, 2: 0.15})
    assert doubts.newest == 10


def test_slight_evidence_is_left_to_keyframes() -> None:
    stage = Stage()
    stage.reached = 0.05
    stage.play(0, 30, people=within((0, 30)), doubt=within((0, 30)))
    assert [state for _, state in stage.states] == [WATCHING]


def test_a_doubt_that_flickers_has_no_more_patience_than_one_that_stays() -> None:
    doubts = Doubts(AttentionSettings())
    for tenth in range(95):
        doubts.learn(tenth / 10, {1: 0.15} if tenth % 10 < 5 else {})
    assert 5 < doubts.newest < 8


def test_somebody_in_doubt_who_leaves_is_let_go() -> None:
    stage = Stage().play(0, 60, people=within((0, 22)), doubt=within((20, 22)))
    assert [state for _, state in stage.states] == [WATCHING, INQUIRING, WATCHING, QUIET]


def test_an_inquiry_loses_its_place_when_the_machine_takes_it_away() -> None:
    budget = Priced(REST_PRICE, admitting=True)
    stage = Stage(budget=budget).play(0, 5, people=within((0, 99)), doubt=within((0, 99)))
    assert stage.attention.state is INQUIRING
    budget.admitting = False
    stage.play(5, 12, people=within((0, 99)), doubt=within((0, 99)))
    lost, state = stage.states[-1]
    assert (state, 5 <= lost < 5.5) == (WATCHING, True)
    assert stage.decoded_in(7, 12) == [8, 10]
    budget.admitting = True
    stage.play(12, 14, people=within((0, 99)), doubt=within((0, 99)))
    regained, state = stage.states[-1]
    assert (state, 12 <= regained <= 14) == (INQUIRING, True)


def test_a_camera_that_was_away_begins_its_next_inquiry_with_full_patience() -> None:
    stage = Stage().play(0, 10, people=within((0, 10)), doubt=within((5, 10)))
    assert stage.attention.state is INQUIRING
    stage.next_key = 600
    stage.play(600, 610, people=within((600, 610)), doubt=within((600, 610)))
    assert stage.attention.state is INQUIRING


def test_a_camera_that_was_away_and_comes_back_empty_is_quiet_at_its_first_picture() -> None:
    stage = Stage().play(0, 10, people=within((0, 10)), doubt=within((5, 10)))
    stage.next_key = 600
    stage.play(600, 610)
    assert stage.states[-1] == (600, QUIET)


def test_a_camera_that_goes_blind_while_somebody_is_there_falls_quiet_and_finds_them_again() -> None:
    stage = Stage().play(0, 40, people=within((0, 40)), doubt=within((10, 20)))
    # Covered: nobody is found, the picture is another one and stays so.
    stage.play(40, 80, moves=within((40, 80)))
    assert stage.attention.state is QUIET
    assert len(stage.searched_in(55, 80)) <= 1
    stage.play(80, 90, people=within((80, 90)), moves=never)
    assert stage.states[-1] == (80, WATCHING)


def test_media_time_that_jumps_back_a_little_does_no_harm() -> None:
    stage = Stage().play(0, 30)
    stage.next_key = 25
    stage.play(25, 60)
    assert stage.decoded_in(31, 60)
    assert stage.attention.state is QUIET


# --- long keyframe intervals ---


def walking(*spans: tuple[float, float]) -> Callable[[float], int]:
    """Bytes a picture: little where nobody moves."""
    return lambda t: 4000 if within(*spans)(t) else 800


def test_nobody_knows_at_first_how_far_keyframes_are_apart() -> None:
    """So who is seen on the first one is followed at once."""
    stage = Stage(gop=12).play(0, 10, people=within((0, 10)))
    assert len(stage.decoded_in(1, 10)) == 9


def test_far_keyframes_of_an_empty_kitchen_are_all_that_is_decoded() -> None:
    stage = Stage(gop=12).play(0, 120)
    assert stage.decoded_in(12, 120) == [float(t) for t in range(12, 120, 12)]


def test_somebody_who_comes_in_between_far_keyframes_wakes_the_camera_and_is_followed() -> None:
    stage = Stage(gop=12).play(0, 80, people=within((51, 70)), size=walking((51, 70)))
    woke, state = stage.states[1]
    assert state is WATCHING
    assert 51 < woke < 52
    assert len(stage.searched_in(53, 70)) == pytest.approx(17, abs=2)
    assert stage.attention.state is QUIET
    assert stage.decoded_in(79, 80) == []


def test_a_surge_in_which_nobody_is_found_passes() -> None:
    stage = Stage(gop=12).play(0, 80, size=walking((51, 53)))
    assert stage.attention.state is QUIET
    assert stage.decoded_in(51, 80)[-1] > 53
    assert stage.decoded_in(55, 60) == []


def test_a_camera_without_a_second_keyframe_is_looked_at_every_half_minute() -> None:
    stage = Stage(gop=1e9).play(0, 200)
    assert stage.searched == [0, 30, 60, 90, 120, 150, 180]
    assert len(stage.decoded) < 20


def test_keyframes_that_come_close_again_suffice_again() -> None:
    stage = Stage(gop=12).play(0, 60, people=within((0, 200)))
    stage.gop = 2
    stage.play(60, 90, people=within((0, 200)))
    assert stage.decoded_in(70, 90) == [float(t) for t in range(70, 90, 2)]


# --- what a look is worth ---


def looked_at(price: float, undecided: bool) -> list[float]:
    """When look 2 is given to one of whom everything is known, or who is in doubt, at five pictures a second."""
    attention = CameraAttention("stove", budget=Priced(price))
    times = []
    for number in range(101):
        t = number / 5
        if attention.chooses(t, [track(1, t)]):
            times.append(t)
        attention.learn(frame(t), [track(1, t)], {1: 0.3} if undecided else {})
    return times


def test_with_room_the_doubtful_are_always_looked_at_and_the_others_twice_a_second() -> None:
    assert len(looked_at(REST_PRICE, undecided=True)) == 101
    assert 30 < len(looked_at(REST_PRICE, undecided=False)) < 51


def test_the_dearer_the_rarer_but_nobody_goes_without() -> None:
    assert looked_at(0.95, undecided=True) == pytest.approx([2 * n for n in range(11)], abs=0.01)
    assert looked_at(0.95, undecided=False) == [0, 10, 20]


def test_a_newcomer_is_looked_at_whatever_it_costs() -> None:
    attention = CameraAttention("stove", budget=Priced(0.95))
    assert [one.id for one in attention.chooses(0.0, [track(1, 0.0)])] == [1]
    assert [one.id for one in attention.chooses(0.2, [track(1, 0.2), track(2, 0.2)])] == [2]


def test_under_overload_an_inquiry_contents_itself_with_keyframes() -> None:
    stage = Stage(budget=Priced(0.95, admitting=True)).play(0, 15, people=within((0, 15)), doubt=within((0, 15)))
    assert stage.attention.state is INQUIRING
    assert stage.decoded_in(2, 15) == [4, 8, 12]


def test_under_overload_an_empty_kitchen_is_looked_at_every_ten_seconds() -> None:
    stage = Stage(budget=Priced(0.95)).play(0, 60)
    assert stage.decoded_in(10, 60) == [10, 20, 30, 40, 50]


def test_two_cameras_on_a_machine_with_room_for_one_take_turns() -> None:
    clock = ManualClock(START)
    budget = MachineBudget(clock, 1.0)
    stages = [Stage(budget=budget, camera=name) for name in ("stove", "sink")]
    for second in range(300):
        clock.advance(1)
        budget.late(2.0 if budget.load.inquiring > 1 else 0.5)
        for stage in stages:
            stage.play(second, second + 1, people=within((0, 300)), doubt=within((0, 300)))
    for stage in stages:
        begun = [t for t, state in stage.states if state is INQUIRING]
        assert len(begun) >= 4
        assert max(after - before for before, after in pairwise(begun)) < 100


def test_what_differs_from_the_last_empty_picture_is_what_has_changed() -> None:
    attention = CameraAttention("stove")
    attention.learn(frame(0, EMPTY), [], {})
    assert not attention.searches(frame(2, EMPTY))
    assert attention.searches(frame(4, CHANGED))
    for t in (4.0, 4.4, 4.8):
        attention.learn(frame(t, CHANGED), [], {})
    assert not attention.searches(frame(6, CHANGED))
    assert attention.searches(frame(8, EMPTY))


def test_a_keyframe_that_shows_a_change_calls_back_what_was_passed_over() -> None:
    attention = Stage().play(0, 21).attention
    assert attention.decodes(22, True, 40_000)
    assert not attention.recalls(22, EMPTY)
    assert attention.recalls(22, CHANGED)
    given = [t / 25 for t in range(500, 551) if attention.due(t / 25)]
    assert len(given) == 5  # at the pace of an inquiry
    assert given[-1] == 22.0  # and the keyframe itself, though the one before is near


def test_who_is_watched_already_calls_nothing_back() -> None:
    attention = Stage().play(0, 21, people=within((0, 21))).attention
    assert not attention.recalls(22, CHANGED)


def test_nothing_is_called_back_where_looks_are_dear() -> None:
    attention = Stage(budget=Priced(2 * REST_PRICE)).play(0, 21).attention
    assert not attention.recalls(22, CHANGED)


def test_steam_that_changes_an_empty_kitchen_all_the_time_is_called_back_ever_more_rarely() -> None:
    attention = Stage().play(0, 1).attention
    assert [t for t in range(2, 200, 2) if attention.recalls(t, CHANGED)] == [2, 4, 6, 10, 18, 34, 66, 130]
    attention.learn(frame(200), [track(1, 200)], {})
    attention.learn(frame(230), [], {})
    assert attention.recalls(232, CHANGED)
