"""Scores become what they are worth, and the error of that is measured on scenes that the fit has not seen."""

from collections.abc import Callable

import numpy as np
import pytest

from kitchenwatch.model import Kind, Label, Sighting
from kitchenwatch.training.caution import MOST, cautious
from kitchenwatch.training.examples import Example
from kitchenwatch.training.findings import Finding
from kitchenwatch.training.fits import FEW, LIMIT, UNSEEN_FLOOR, fit_label, fit_object, fit_state
from kitchenwatch.training.reliability import binned, cross_validated, curve, of_kinds, of_labels

BOX = np.array([0, 0, 32, 32], np.float32)


def sighting(kind: Kind, violating: float, complying: float = 0.0) -> Sighting:
    return Sighting(0.0, 1, kind, violating, complying, 32.0)


def overconfident(number: int, seed: int = 0) -> list[Finding]:
    """A score of `s` is right as often as a logit half as large says."""
    rng = np.random.default_rng(seed)
    scores = rng.uniform(0.05, 0.95, number)
    true = rng.random(number) < 1 / (1 + np.exp(-np.log(scores / (1 - scores)) / 2))
    return [Finding(Label.HAT, float(s), BOX, bool(r), n) for n, (s, r) in enumerate(zip(scores, true, strict=True))]


def heads(number: int, share: float) -> list[Example]:
    """Bare heads score around 0.73 for bare, covered ones around 0.27; `share` of them is bare."""
    rng = np.random.default_rng(1)
    bare = rng.random(number) < share
    scores = 1 / (1 + np.exp(-rng.normal(np.where(bare, 1, -1), 1)))
    return [
        Example(sighting(Kind.NO_HAT, float(s), float(1 - s)), bool(b), n)
        for n, (s, b) in enumerate(zip(scores, bare, strict=True))
    ]


def test_the_error_is_the_mean_distance_of_belief_and_truth() -> None:
    beliefs = np.repeat([0.2, 0.9], 50)
    true = np.concatenate([np.arange(50) < 20, np.arange(50) < 40])
    assert curve(beliefs, true).error == pytest.approx((0.2 + 0.1) / 2)
    assert curve(beliefs, true).count.tolist() == [50, 50]


def test_bins_hold_about_as_many_and_equal_beliefs_share_one() -> None:
    rng = np.random.default_rng(2)
    spread = rng.random(1500)
    assert set(binned(spread, spread > 2, 15).count) <= {99, 100, 101}
    tied = np.concatenate([np.zeros(1000), rng.random(500)])
    assert binned(tied, tied > 2, 15).count[0] == 1000


def test_a_curve_has_as_many_bins_as_chance_allows() -> None:
    rng = np.random.default_rng(4)
    few, many = rng.beta(0.3, 0.6, 160), rng.beta(0.3, 0.6, 5000)
    of_few, of_many = (curve(beliefs, rng.random(len(beliefs)) < beliefs) for beliefs in (few, many))
    assert 2 <= len(of_few.count) < len(of_many.count)
    for one in (of_few, of_many):
        assert (np.diff(one.right) >= 0).all()
    # Every belief is right, so that all that is measured is chance.
    assert of_few.error < binned(few, rng.random(160) < few, 40).error
    falling = curve(few, rng.random(160) < 1 - few)
    assert len(falling.count) == 1
    wrong = curve(many, rng.random(5000) < many**2)
    assert wrong.error == pytest.approx(float(np.mean(many - many**2)), abs=0.01)


def test_calibration_mends_scores_that_claim_too_much() -> None:
    told = of_labels(overconfident(9000))[Label.HAT]
    assert told.raw.error > 0.08
    assert told.calibrated.error < 0.03
    assert told.noise < told.raw.error
    assert set(told.as_json()) == {"examples", "positive", "ece_raw", "ece", "ece_noise"}


def test_what_is_believed_of_a_scene_was_fitted_on_others() -> None:
    part = [Finding(Label.HAT, 0.5, BOX, True, number // 3) for number in range(60)]
    asked: list[bool] = []

    def fit(seen: list[Finding]) -> Callable[[Finding], float]:
        known = {one.group for one in seen}

        def chance(one: Finding) -> float:
            asked.append(one.group in known)
            return 0.5

        return chance

    assert cross_validated(part, fit).tolist() == [0.5] * 60  # type: ignore[arg-type]
    assert asked == [False] * 60


def test_the_worth_of_a_score_does_not_know_how_often_violations_happen() -> None:
    often, seldom = (fit_state(heads(6000, share)) for share in (0.8, 0.2))
    for score in (0.2, 0.5, 0.8):
        seen = sighting(Kind.NO_HAT, score, 1 - score)
        # Two normal distributions of logits at ±1 with deviation 1: the ratio is twice the logit.
        right = 2 * np.log(score / (1 - score))
        assert often.llr(seen) == pytest.approx(right, abs=0.35)
        assert seldom.llr(seen) == pytest.approx(right, abs=0.35)


def test_the_posterior_is_right_at_the_share_of_the_examples() -> None:
    assert of_kinds(heads(3000, 0.8), [])[Kind.NO_HAT].calibrated.error < 0.03


def smokers(seen: int) -> list[Example]:
    looks = [(0.5, True)] * seen + [(0.0, True)] * 20 + [(0.0, False)] * 300
    return [Example(sighting(Kind.SMOKING, score), true, n) for n, (score, true) in enumerate(looks)]


def strays(number: int) -> list[Finding]:
    return [Finding(Label.CIGARETTE, 0.06 + 0.1 * (n % 2), BOX, False, 500 + n) for n in range(number)]


def test_a_clear_cigarette_is_worth_much_a_faint_one_less_and_none_little() -> None:
    worth = fit_object(smokers(80), strays(80))
    assert not worth.fit.by_hand
    clear, faint, none = (worth.llr(sighting(Kind.SMOKING, score)) for score in (0.6, 0.08, 0.0))
    assert LIMIT >= clear > faint >= none == UNSEEN_FLOOR


@pytest.mark.parametrize(("seen", "stray"), [(FEW - 1, 80), (80, FEW - 1)])
def test_too_few_sights_are_set_by_hand_and_say_so(seen: int, stray: int) -> None:
    worth = fit_object(smokers(seen), strays(stray))
    assert worth.fit.by_hand
    assert worth.fit.positive == seen + 20
    assert worth.llr(sighting(Kind.SMOKING, 1.0)) == 2


def test_too_few_heads_and_detections_are_set_by_hand_and_say_so() -> None:
    assert fit_state(heads(30, 0.9)).fit.by_hand
    assert fit_state([]).fit.by_hand
    few = fit_label(overconfident(20))
    assert few.fit.by_hand
    assert few.of(0.37, BOX) == pytest.approx(0.37)


def test_a_weight_never_turns_evidence_around() -> None:
    worth = fit_state([Example(sighting(Kind.NO_HAT, 1 - s.violating, s.violating), v, g) for s, v, g in _parts()])
    assert (worth.violating, worth.complying, worth.head) == (0, 0, 0)


def _parts() -> list[tuple[Sighting, bool, int]]:
    return [(one.sighting, one.violating, one.group) for one in heads(500, 0.5)]


def pens(scores: list[float], kind: Kind = Kind.SMOKING) -> list[Example]:
    return [Example(sighting(kind, score), False, n) for n, score in enumerate(scores)]


def test_of_a_hundred_things_that_look_like_one_hardly_any_speaks_for_it() -> None:
    free = fit_object(smokers(80), strays(80))
    hard = pens([number / 250 for number in range(200)])  # up to a score of 0.8
    bound = cautious(free, hard)
    speaking = [one for one in hard if bound.llr(one.sighting) > 0]
    assert len(speaking) <= MOST * len(hard)
    clear, nothing = sighting(Kind.SMOKING, 0.9), sighting(Kind.SMOKING, 0.0)
    assert bound.llr(clear) == free.llr(clear) > 0
    assert bound.llr(nothing) == free.llr(nothing) < 0


@pytest.mark.parametrize(("looks", "speaking"), [(100, 0), (738, 3), (2950, 22)])
def test_the_fewer_hard_looks_there_are_the_more_room_is_left_to_the_bar(looks: int, speaking: int) -> None:
    hard = pens([0.3 + number / (2 * looks) for number in range(looks)])
    bound = cautious(fit_object(smokers(80), strays(80)), hard)
    heard = sum(one.sighting.violating > bound.silent for one in hard)
    assert speaking - 6 <= heard <= speaking  # six of 2,950 share the thousandth that the score is rounded up to


def test_a_worth_that_is_cautious_already_stays_as_it_is() -> None:
    free = fit_object(smokers(80), strays(80))
    assert cautious(free, pens([0.0] * 200)) == free
    assert cautious(free, []) == free
    assert cautious(free, smokers(80)[:80]) == free  # real ones bound nothing
