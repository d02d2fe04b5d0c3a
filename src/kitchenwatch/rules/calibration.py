"""What a detector's scores are worth: the log-likelihood ratio of one look, and the probability of one detection.

The numbers lie in a JSON file beside the model. `kitchenwatch calibrate` fits them on held-out looks::

    {"model_sha256": "...", "fitted_on": "...",
     "kinds": {"no_hat":  {"bias": 0.1, "violating": 0.9, "complying": 0.8, "head": 0.2, "limit": 4.0, "fit": {...}},
               "no_mask": {...},
               "smoking": {"bias": 1.2, "violating": 0.7, "unseen": -0.3, "silent": 0.3, "limit": 4.0, "fit": {...}},
               "phone_use": {...}},
     "labels": {"person": {"bias": 0.2, "seen": 1.4, "doubted": 2.1, "size": 0.1, "fit": {...}}, ...}}

where every `fit` tells what it rests on::

    {"examples": 1231, "positive": 882, "ece": 0.015, "by_hand": false}

For a kind scores enter as logits, so that the fit is a logistic regression (Platt 1999) whose prior has been taken out.
"""

import math
from pathlib import Path
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from kitchenwatch.errors import ModelError
from kitchenwatch.geometry import Boxes, area
from kitchenwatch.model import Kind, Label, Sighting
from kitchenwatch.odds import log_score, logit

# Below this score a small object counts as not seen.
UNSEEN_BELOW = 0.05
# Head height in pixels at which the term for the head vanishes, and the heights beyond which it changes no more.
HEAD_PX, SMALLEST_PX, LARGEST_PX = 32.0, 16.0, 64.0

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def size_term(px: float) -> float:
    """Logarithm of a size in pixels over `HEAD_PX`; sizes beyond `SMALLEST_PX` and `LARGEST_PX` say no more."""
    return math.log(min(max(px, SMALLEST_PX), LARGEST_PX) / HEAD_PX)


def mean_side(box: Boxes) -> float:
    """Geometric mean of a box's sides, in pixels."""
    return float(np.sqrt(area(box)))


class Fit(_Strict):
    """What numbers rest on.

    Attributes:
        examples: how many they were fitted on, `positive` of which were true.
        ece: expected calibration error on examples that the fit had not seen; None if there were too few to tell.
        by_hand: too few to fit anything, so a person chose.
    """

    examples: Annotated[int, Field(ge=0)]
    positive: Annotated[int, Field(ge=0)]
    ece: Annotated[float, Field(ge=0, le=1)] | None
    by_hand: bool


class StateWorth(_Strict):
    """For a kind with a label on either side (`hat` and `no_hat`).

    The ratio is `bias + violating·logit(v) - complying·logit(c) + head·size·(logit(v) - logit(c))` with
    `size = ln(head_px / 32)`, within ± `limit` nats: scores of a small head are worth less. The size alone is worth
    nothing: that masks were photographed in crowds must not make small heads masked.
    """

    bias: FiniteFloat
    violating: Weight
    complying: Weight
    head: Weight
    limit: Positive
    fit: Fit

    def llr(self, sighting: Sighting) -> float:
        """Log-likelihood ratio of this look, in nats, positive for the violation."""
        bare, covered = logit(sighting.violating), logit(sighting.complying)
        small = self.head * size_term(sighting.head_px) * (bare - covered)
        return _within(self.bias + self.violating * bare - self.complying * covered + small, self.limit)


class ObjectWorth(_Strict):
    """For a kind with a small object (`cigarette`, `phone`): `unseen` is the worth of not seeing it, below zero.

    If seen, the ratio is `bias + violating·logit(v)`, at most `limit` nats, and never less than if it were not seen.
    Scores up to `silent` never speak for a violation: too many other things reach them.
    """

    bias: FiniteFloat
    violating: Weight
    unseen: Annotated[float, Field(le=0, allow_inf_nan=False)]
    silent: Annotated[float, Field(ge=0, le=1)] = 0.0
    limit: Positive
    fit: Fit

    def llr(self, sighting: Sighting) -> float:
        """Log-likelihood ratio of this look, in nats, positive for the violation."""
        if sighting.violating < UNSEEN_BELOW:
            return self.unseen
        most = self.limit if sighting.violating > self.silent else 0.0
        return max(self.unseen, min(self.bias + self.violating * logit(sighting.violating), most))


class LabelChance(_Strict):
    """The probability that a detection of one label is right, by score `s` and size of its box.

    Its log odds are `bias + seen·ln(s) - doubted·ln(1 - s) + size·ln(px / 32)`, where `px` is the geometric mean of the
    box's sides (beta calibration, Kull et al., AISTATS 2017, with a term for the size).
    """

    bias: FiniteFloat
    seen: Weight
    doubted: Weight
    size: FiniteFloat
    fit: Fit

    def of(self, score: float, box: Boxes) -> float:
        """Of a detection with that score and box `(4,)`, in pixels of the camera's own resolution."""
        seen, doubted = log_score(score)
        odds = self.bias + self.seen * seen + self.doubted * doubted + self.size * size_term(mean_side(box))
        return 1 / (1 + math.exp(-odds))


class _Kinds(_Strict):
    no_hat: StateWorth
    no_mask: StateWorth
    smoking: ObjectWorth
    phone_use: ObjectWorth


class _Labels(_Strict):
    person: LabelChance
    hat: LabelChance
    no_hat: LabelChance
    mask: LabelChance
    no_mask: LabelChance
    cigarette: LabelChance
    phone: LabelChance


class Calibration(_Strict):
    """The worth of every kind's and every label's scores under one model.

    Attributes:
        model_sha256: hex digest of the model file that the numbers were fitted for.
        fitted_on: which looks they were fitted on, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_sha256: str
    fitted_on: str
    kinds: _Kinds
    labels: _Labels

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the file beside the model. Raises ModelError naming the file and what is wrong in it."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError as error:
            raise ModelError(f"{path}: {error.strerror} -> the calibration file belongs beside the model") from error
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "the file"
            raise ModelError(f"{path}: {place}: {first['msg']} -> fit the calibration anew") from error

    @classmethod
    def neutral(cls) -> Self:
        """Made by hand, fitted to nothing: the test double, and a start for a model that has no calibration yet."""
        fit = Fit(examples=0, positive=0, ece=None, by_hand=True)
        state = StateWorth(bias=0, violating=1, complying=1, head=0, limit=4, fit=fit)
        thing = ObjectWorth(bias=1.5, violating=1, unseen=-0.3, limit=4, fit=fit)
        kinds = _Kinds(no_hat=state, no_mask=state, smoking=thing, phone_use=thing)
        same = LabelChance(bias=0, seen=1, doubted=1, size=0, fit=fit)
        labels = _Labels(person=same, hat=same, no_hat=same, mask=same, no_mask=same, cigarette=same, phone=same)
        return cls(model_sha256="", fitted_on="nothing", kinds=kinds, labels=labels)

    def require(self, model_sha256: str) -> None:
        """Raises ModelError if these numbers were fitted for another model."""
        if self.model_sha256 != model_sha256:
            raise ModelError(
                f"the calibration was fitted for model {self.model_sha256[:12]}, not for {model_sha256[:12]}"
                " -> fit it anew for this model"
            )

    def llr(self, sighting: Sighting) -> float:
        """ln p(look | violating) - ln p(look | complying), in nats."""
        worth: StateWorth | ObjectWorth = getattr(self.kinds, Kind(sighting.kind).value)
        return worth.llr(sighting)

    def chance(self, label: Label, score: float, box: Boxes) -> float:
        """Probability that a detection of that label with that score and box `(4,)` is right."""
        known: LabelChance = getattr(self.labels, label.value)
        return known.of(score, box)


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
