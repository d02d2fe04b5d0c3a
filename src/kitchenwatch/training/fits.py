"""Fits what a model's scores are worth, on pictures that it was not trained on.

For a kind a logistic regression (Platt 1999) gives both classes equal weight in all, so that the result is a likelihood
ratio and knows nothing of how often violations happen. For a label, whose probability is asked for, the classes weigh
what they are. A ridge keeps weights small where there are few examples.
"""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.sightings import HELD, WORN
from kitchenwatch.errors import MissingExtra
from kitchenwatch.model import Kind, Sighting
from kitchenwatch.odds import log_score, logit
from kitchenwatch.rules.calibration import (
    UNSEEN_BELOW,
    Fit,
    LabelChance,
    ObjectWorth,
    StateWorth,
    mean_side,
    size_term,
)
from kitchenwatch.training.examples import Example
from kitchenwatch.training.findings import Finding

RIDGE = 2.0  # strength of the pull towards small weights, in examples
# One drawn box in fifty is wrong by the data's own card, so no single look is worth more than ln(0.98 / 0.02).
LIMIT = 3.9
# Still pictures show too few things that pass for a cigarette. In six real films without a smoker one was seen, mostly
# at a low score, in 31 of 370 looks at people: fewer false sights than that are never assumed. (Of the first model.)
FALSE_SIGHTS = 31 / 370
# Between two puffs the hand is down, which still pictures of smokers do not show: not seeing is worth no more.
UNSEEN_FLOOR = -0.5
# With fewer examples of either class than this there is nothing to fit.
FEW = 20

Columns = NDArray[np.float64]
Truths = NDArray[np.bool_]


def fit_kind(kind: Kind, part: Sequence[Example], detected: Iterable[Finding]) -> StateWorth | ObjectWorth:
    """The worth of a kind's scores.

    Args:
        part: its examples, which may be none.
        detected: of all labels, by single looks at the same pictures and perhaps others.
    """
    return fit_state(part) if kind in WORN else fit_object(part, strays(part, detected))


def fit_state(part: Sequence[Example]) -> StateWorth:
    """The worth of hat or mask scores; by hand if there are too few of either state: 0.9 is worth 1.8 nats."""
    true = _truths(example.violating for example in part)
    counted = Fit(examples=len(part), positive=int(true.sum()), ece=None, by_hand=_too_few(true))
    if counted.by_hand:
        return StateWorth(bias=0, violating=0.4, complying=0.4, head=0, limit=2, fit=counted)
    columns = np.array([_state_columns(example.sighting) for example in part])
    bias, violating, complying, head = _logistic(columns, true, balanced=True, at_least_zero=(0, 1, 2))
    return StateWorth(bias=bias, violating=violating, complying=complying, head=head, limit=LIMIT, fit=counted)


def fit_object(part: Sequence[Example], strays: Sequence[Finding]) -> ObjectWorth:
    """The worth of cigarette or phone scores, and of seeing none.

    How often one is seen comes from looks at people. Too few of those are false to tell what a false one scores like:
    that comes from detections anywhere in pictures without one.

    By hand if too few were seen: a score of 0.13 is worth nothing, 0.5 is worth 1.5 nats, none is worth 2.

    Args:
        part: looks at people.
        strays: see `strays`.
    """
    true = _truths(example.violating for example in part)
    score = np.array([example.sighting.violating for example in part])
    seen = score >= UNSEEN_BELOW
    sure, false = score[seen & true], np.array([stray.score for stray in strays])
    by_hand = min(len(sure), len(false)) < FEW
    counted = Fit(examples=len(part), positive=int(true.sum()), ece=None, by_hand=by_hand)
    if by_hand:
        return ObjectWorth(bias=1.5, violating=0.8, unseen=-0.05, limit=2, fit=counted)
    columns = np.array([[logit(float(one))] for one in (*sure, *false)])
    bias, violating = _logistic(columns, np.arange(len(columns)) < len(sure), balanced=True, at_least_zero=(0,))
    of_true, of_false = _rate(seen[true]), max(_rate(seen[~true]), FALSE_SIGHTS)
    unseen = round(max(UNSEEN_FLOOR, min(0.0, math.log((1 - of_true) / (1 - of_false)))), 3)
    bias = round(bias + math.log(of_true / of_false), 3)
    return ObjectWorth(bias=bias, violating=violating, unseen=unseen, limit=LIMIT, fit=counted)


def strays(part: Sequence[Example], found: Iterable[Finding]) -> list[Finding]:
    """The wrong detections of a kind's label in the scenes of these looks where nobody smokes or phones."""
    kinds = {example.sighting.kind for example in part}
    labels = {HELD[kind] for kind in kinds if kind in HELD}
    calm = {example.group for example in part} - {example.group for example in part if example.violating}
    return [one for one in found if one.label in labels and one.group in calm and not one.right]


def fit_label(part: Sequence[Finding]) -> LabelChance:
    """The probability that a detection is right; by hand, the score as it is, if there are too few right or wrong."""
    true = _truths(finding.right for finding in part)
    counted = Fit(examples=len(part), positive=int(true.sum()), ece=None, by_hand=_too_few(true))
    if counted.by_hand:
        return LabelChance(bias=0, seen=1, doubted=1, size=0, fit=counted)
    columns = np.array([(*log_score(one.score), size_term(mean_side(one.box))) for one in part])
    bias, seen, doubted, size = _logistic(columns, true, balanced=False, at_least_zero=(0, 1))
    return LabelChance(bias=bias, seen=seen, doubted=doubted, size=size, fit=counted)


def _state_columns(sighting: Sighting) -> tuple[float, float, float]:
    bare, covered = logit(sighting.violating), logit(sighting.complying)
    return bare, -covered, size_term(sighting.head_px) * (bare - covered)


def _logistic(columns: Columns, true: Truths, balanced: bool, at_least_zero: tuple[int, ...]) -> list[float]:
    """Bias, then a weight for each column `(N, K)`, to three decimals.

    Args:
        balanced: both classes weigh the same in all.
        at_least_zero: columns whose weight must not be negative; the last that would be is left out, and so on.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as missing:
        raise MissingExtra("calibration", "evaluate") from missing
    kept = list(range(columns.shape[1]))
    while True:
        model = LogisticRegression(C=1 / RIDGE, class_weight="balanced" if balanced else None, max_iter=1000)
        model.fit(columns[:, kept], true)
        weights = dict(zip(kept, model.coef_[0], strict=True))
        negative = [column for column in at_least_zero if weights.get(column, 0) < 0]
        if not negative:
            return [round(float(value), 3) for value in (model.intercept_[0], *_all(weights, columns.shape[1]))]
        kept.remove(negative[-1])


def _all(weights: dict[int, float], columns: int) -> list[float]:
    """With zero for the columns that were left out."""
    return [weights.get(column, 0.0) for column in range(columns)]


def _truths(values: Iterable[bool]) -> Truths:
    return np.fromiter(values, bool)


def _too_few(true: Truths) -> bool:
    return min(int(true.sum()), int((~true).sum())) < FEW


def _rate(seen: Truths) -> float:
    """Share of true values, with one of each added (Laplace) so that none is never or always."""
    return float((seen.sum() + 1) / (len(seen) + 2))
