"""What holds for any scene: the frame rate changes nothing, and noise opens no more than was promised."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from rule_scenes import HERE, START, Step, closed, phases, play

from kitchenwatch.model import CameraRef, Kind, Phase
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.rules.cusum import Cusum, Moment, threshold
from kitchenwatch.rules.judge import CameraJudge
from kitchenwatch.rules.rule import RuleSettings
from kitchenwatch.weight import TAU_S, weight

# Spells of evidence: (seconds, violating score); the complying score is its mirror image.
SCENES = st.lists(st.tuples(st.integers(1, 15), st.floats(0.05, 0.95)), min_size=1, max_size=6)


def steps(scene: list[tuple[int, float]], fps: int) -> Iterator[Step]:
    i = 0
    for seconds, score in scene:
        for _ in range(seconds * fps):
            yield Step(round(i / fps, 4), ((1, HERE),), ((1, Kind.NO_HAT, score, 1 - score),))
            i += 1


def violations(scene: list[tuple[int, float]], fps: int, false_alarms_per_day: float = 0.1) -> int:
    rule = RuleSettings(Kind.NO_HAT, false_alarms_per_day, merge_gap=4, cooldown=0)
    judge = CameraJudge(CameraRef("stove", "noodle-house"), [rule], Calibration.neutral())
    return len(closed(play(judge, steps(scene, fps))))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(SCENES)
@example([(20, 0.9), (20, 0.1), (20, 0.9)])
@example([(7, 0.9), (3, 0.5), (7, 0.9)])
def test_doubling_the_frame_rate_never_changes_the_number_of_violations(scene: list[tuple[int, float]]) -> None:
    # A finer rate weighs a second by up to 1.3 % more, so scenes on the very brink of the threshold are left out:
    # those whose number would change with a threshold half a nat lower or higher.
    lower, higher = violations(scene, 5, 0.1 * math.e**0.5), violations(scene, 5, 0.1 / math.e**0.5)
    assume(lower == higher)
    assert violations(scene, 5) == violations(scene, 10) == violations(scene, 20)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 10), st.floats(-4, 4)), max_size=200))
def test_the_sum_is_never_negative_and_left_zero_only_when_it_is_above(looks: list[tuple[float, float]]) -> None:
    cusum = Cusum(Moment(0, START, "film"))
    t = 0.0
    for gap, llr in looks:
        t += gap
        cusum.add(Moment(t, START, "film"), weight(gap) * llr)
        assert cusum.sum >= 0
        assert (cusum.left is None) == (cusum.sum == 0)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.integers(0, 20), st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from([1, 2, 3])),
        max_size=60,
    )
)
def test_every_opening_is_closed_once_whatever_happens(story: list[tuple[int, int, float, int]]) -> None:
    """Tracks come and go under changing numbers at changing places; nothing is opened twice or left open."""
    scene, t = [], 0.0
    for track, gap, score, place in story:
        t += gap
        box = (100.0 * place, 100.0, 100.0 * place + 60, 250.0)
        for _ in range(20):
            t = round(t + 0.2, 4)
            scene.append(Step(t, ((track, box),), ((track, Kind.NO_HAT, score, 1 - score),)))
    rule = RuleSettings(Kind.NO_HAT, 10, for_s=1, merge_gap=10, cooldown=15)
    changes = play(CameraJudge(CameraRef("stove", "noodle-house"), [rule], Calibration.neutral()), scene)
    told = phases(changes)
    assert told.count(Phase.OPENED) == told.count(Phase.CLOSED)
    for violation in closed(changes):
        own = phases([change for change in changes if change.violation.id == violation.id])
        assert own[0] is Phase.OPENED
        assert own.index(Phase.CLOSED) == len(own) - 1
        assert violation.closed is not None
        assert violation.opened <= violation.closed


def independent(random: np.random.Generator, looks: int, fps: float) -> np.ndarray:
    return random.normal(size=looks)


def alike(random: np.random.Generator, looks: int, fps: float) -> np.ndarray:
    """Scores whose autocorrelation decays with half of TAU_S: an Ornstein-Uhlenbeck process."""
    keep = math.exp(-2 / TAU_S / fps)
    noise = random.normal(size=looks) * math.sqrt(1 - keep**2)
    for i in range(1, looks):
        noise[i] += keep * noise[i - 1]
    return noise


@pytest.mark.parametrize("draw", [independent, alike])
@pytest.mark.parametrize("fps", [1, 5])
def test_noise_at_the_calibrated_null_opens_no_more_than_promised(
    draw: Callable[[np.random.Generator, int, float], np.ndarray], fps: int
) -> None:
    """Two days of one person who complies; the ratio of two Gaussians a distance d apart has mean -d²/2."""
    days, promised, d = 2, 20.0, 1.5
    noise = draw(np.random.default_rng(20261122), int(days * 86_400 * fps), fps)
    evidence = (-(d**2) / 2 + d * noise) * weight(1 / fps)
    limit, total, alarms = threshold(promised), 0.0, 0
    for value in evidence.tolist():
        total = max(0.0, total + value)
        if total >= limit:
            total, alarms = 0.0, alarms + 1
    assert alarms <= days * promised


def test_a_judge_keeps_the_promise_too() -> None:
    """Half a day of looks at the null, once a second, with a threshold so low that false alarms do come."""
    seconds, promised, d = 43_200, 1000.0, 1.2
    llrs = np.random.default_rng(7).normal(-(d**2) / 2, d, seconds)
    scores = 1 / (1 + np.exp(-llrs))
    looks = (Step(float(t), ((1, HERE),), ((1, Kind.NO_HAT, float(score), 0.5),)) for t, score in enumerate(scores))
    rule = RuleSettings(Kind.NO_HAT, promised, for_s=0, merge_gap=0, cooldown=0)
    judge = CameraJudge(CameraRef("stove", "noodle-house"), [rule], Calibration.neutral())
    assert 0 < len(closed(play(judge, looks))) <= promised / 2
