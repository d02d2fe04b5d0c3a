"""Whether what is believed with 80 % is true eight times in ten: reliability curves, cross-validated."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.sightings import WORN
from kitchenwatch.errors import MissingExtra
from kitchenwatch.model import LABELS, RULE_KINDS, Kind, Label
from kitchenwatch.training.examples import Example
from kitchenwatch.training.findings import Finding
from kitchenwatch.training.fits import fit_kind, fit_label

FINEST = 50  # bins: more than a chart can show
FOLDS = 5
DRAWS = 200  # of a made-up truth, for `Reliability.noise`


class Grouped(Protocol):
    """Something seen in a scene."""

    @property
    def group(self) -> int:
        """The scene's number."""
        ...


Seen = TypeVar("Seen", bound=Grouped)
Chance = Callable[[Seen], float]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """Beliefs against the truth, in bins that hold about as many beliefs each.

    Attributes:
        believed: `(B,)` mean belief in a bin, ascending.
        right: `(B,)` share of its beliefs that were true.
        count: `(B,)` how many there are.
    """

    believed: NDArray[np.float64]
    right: NDArray[np.float64]
    count: NDArray[np.int64]

    @property
    def error(self) -> float:
        """Expected calibration error: the mean distance of belief and truth over all beliefs.

        Guo et al., On Calibration of Modern Neural Networks, ICML 2017, equation 3; with the bins of `curve`.
        """
        return float(np.average(np.abs(self.believed - self.right), weights=self.count))


@dataclass(frozen=True, slots=True)
class Reliability:
    """Of one label or kind.

    Attributes:
        name: of the label or kind.
        positive: how many of the beliefs were about something true.
        raw: of the scores as they are.
        calibrated: of each scene, calibrated on others.
        noise: the calibrated error that would be measured on so many examples if every belief were exactly right.
    """

    name: str
    positive: int
    raw: Curve
    calibrated: Curve
    noise: float

    def as_json(self) -> dict[str, Any]:
        """Counts and expected calibration errors."""
        return {
            "examples": int(self.raw.count.sum()),
            "positive": self.positive,
            "ece_raw": round(self.raw.error, 4),
            "ece": round(self.calibrated.error, 4),
            "ece_noise": round(self.noise, 4),
        }


def of_kinds(found: Sequence[Example], detected: Sequence[Finding]) -> dict[Kind, Reliability]:
    """By kind: whether its posterior probability is right, at the share of violations in these very examples.

    The raw belief of a kind with a label on either side is the one score's share in both. Of smoking less is believed
    than these examples would bear out, on purpose (see `fits.FALSE_SIGHTS`). A kind is left out if its examples show
    fewer than two scenes.
    """
    parts = {kind: [one for one in found if one.sighting.kind is kind] for kind in RULE_KINDS}
    return {
        kind: _measured(kind, part, [one.violating for one in part], _raw_kind, partial(_posterior, detected))
        for kind, part in parts.items()
        if _scenes(part) > 1
    }


def of_labels(found: Sequence[Finding]) -> dict[Label, Reliability]:
    """By label: whether the probability that a detection is right is so. Left out as in `of_kinds`."""
    parts = {label: [one for one in found if one.label is label] for label in LABELS}
    return {
        label: _measured(label, part, [one.right for one in part], lambda one: one.score, _chance)
        for label, part in parts.items()
        if _scenes(part) > 1
    }


def curve(beliefs: Floats, true: NDArray[np.bool_]) -> Curve:
    """Beliefs `(N,)`, 0 to 1, against what was true `(N,)`; N is at least 1.

    As many bins as leave the share of what is true rising with belief: with more, chance is measured instead of error.
    A fixed number of bins takes well calibrated beliefs for wrong ones where examples are few (Roelofs et al.,
    Mitigating Bias in Calibration Error Estimation, AISTATS 2022, ECE_SWEEP, https://arxiv.org/abs/2012.08668).
    """
    best = binned(beliefs, true, 1)
    for bins in range(2, FINEST + 1):
        finer = binned(beliefs, true, bins)
        if (np.diff(finer.right) < 0).any():
            break
        best = finer
    return best


def binned(beliefs: Floats, true: NDArray[np.bool_], bins: int) -> Curve:
    """As `curve`, in at most so many bins of equal mass, since most scores lie at the ends. Equal beliefs share one."""
    edges = np.unique(np.quantile(beliefs, np.arange(1, bins) / bins))
    number = np.searchsorted(edges, beliefs)
    parts = [np.flatnonzero(number == each) for each in np.unique(number)]
    return Curve(
        np.array([beliefs[part].mean() for part in parts]),
        np.array([true[part].mean() for part in parts]),
        np.array([len(part) for part in parts]),
    )


def cross_validated(part: Sequence[Seen], fit: Callable[[Sequence[Seen]], Chance[Seen]]) -> Floats:
    """`(N,)`: what is believed of each, by a fit on scenes that it is not of. Raises MissingExtra."""
    try:
        from sklearn.model_selection import GroupKFold
    except ImportError as missing:
        raise MissingExtra("calibration", "evaluate") from missing
    groups = [one.group for one in part]
    believed = np.zeros(len(part))
    for seen, unseen in GroupKFold(min(FOLDS, _scenes(part)), shuffle=True, random_state=0).split(part, groups=groups):
        chance = fit([part[index] for index in seen])
        believed[unseen] = [chance(part[index]) for index in unseen]
    return believed


def _measured(
    name: str,
    part: Sequence[Seen],
    answers: Sequence[bool],
    raw: Chance[Seen],
    fit: Callable[[Sequence[Seen]], Chance[Seen]],
) -> Reliability:
    true = np.array(answers)
    calibrated = cross_validated(part, fit)
    scores = np.array([raw(one) for one in part])
    return Reliability(str(name), int(true.sum()), curve(scores, true), curve(calibrated, true), _noise(calibrated))


def _noise(beliefs: Floats) -> float:
    chance = np.random.default_rng(0)
    return float(np.mean([curve(beliefs, chance.random(len(beliefs)) < beliefs).error for _ in range(DRAWS)]))


def _scenes(part: Sequence[Grouped]) -> int:
    return len({one.group for one in part})


def _raw_kind(example: Example) -> float:
    seen = example.sighting
    return seen.violating / (seen.violating + seen.complying) if seen.kind in WORN else seen.violating


def _posterior(detected: Sequence[Finding], part: Sequence[Example]) -> Chance[Example]:
    """Fitted on these, at the share of violations among these, with one of each added."""
    worth = fit_kind(part[0].sighting.kind, part, detected)
    violating = sum(one.violating for one in part)
    prior = math.log((violating + 1) / (len(part) - violating + 1))
    return lambda one: 1 / (1 + math.exp(-prior - worth.llr(one.sighting)))


def _chance(part: Sequence[Finding]) -> Chance[Finding]:
    chance = fit_label(part)
    return lambda one: chance.of(one.score, one.box)
