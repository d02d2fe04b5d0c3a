"""What a detector's scores are worth: the log-likelihood ratio of one look.

The numbers lie in a JSON file beside the model and are fitted on held-out looks::

    {"model_sha256": "...", "fitted_on": "...",
     "kinds": {"no_hat":  {"bias": 0.1, "violating": 0.9, "complying": 0.8, "head": 0.2, "limit": 4.0},
               "no_mask": {...},
               "smoking": {"bias": 1.2, "violating": 0.7, "unseen": -0.3, "head": 0.2, "limit": 4.0},
               "phone_use": {...}}}

Scores enter as logits, so that the fit is a logistic regression (Platt 1999) whose prior has been taken out.
"""

import math
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from kitchenwatch.errors import ModelError
from kitchenwatch.model import Kind, Sighting

# A score beyond these says no more: the tails are where a fit has no data.
LOWEST, HIGHEST = 0.02, 0.98
# Below this score a small object counts as not seen.
UNSEEN_BELOW = 0.05
# Head height in pixels at which the term for the head vanishes.
HEAD_PX = 32.0

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def logit(score: float) -> float:
    """Log odds of a score, which is clipped to `LOWEST` and `HIGHEST` first."""
    clipped = min(max(score, LOWEST), HIGHEST)
    return math.log(clipped / (1 - clipped))


class StateWorth(_Strict):
    """For a kind with a label on either side (`hat` and `no_hat`).

    The ratio is `bias + violating·logit(v) - complying·logit(c) + head·ln(head_px / 32)`, within ± `limit` nats.
    """

    bias: FiniteFloat
    violating: Weight
    complying: Weight
    head: FiniteFloat
    limit: Positive

    def llr(self, sighting: Sighting) -> float:
        """Log-likelihood ratio of this look, in nats, positive for the violation."""
        labels = self.violating * logit(sighting.violating) - self.complying * logit(sighting.complying)
        return _within(self.bias + labels + _head_term(self.head, sighting), self.limit)


class ObjectWorth(_Strict):
    """For a kind with a small object (`cigarette`, `phone`): `unseen` is the worth of not seeing it, below zero."""

    bias: FiniteFloat
    violating: Weight
    unseen: Annotated[float, Field(le=0, allow_inf_nan=False)]
    head: FiniteFloat
    limit: Positive

    def llr(self, sighting: Sighting) -> float:
        """Log-likelihood ratio of this look, in nats, positive for the violation."""
        if sighting.violating < UNSEEN_BELOW:
            return self.unseen
        seen = self.violating * logit(sighting.violating)
        return _within(self.bias + seen + _head_term(self.head, sighting), self.limit)


class _Kinds(_Strict):
    no_hat: StateWorth
    no_mask: StateWorth
    smoking: ObjectWorth
    phone_use: ObjectWorth


class Calibration(_Strict):
    """The worth of every kind's scores under one model.

    Attributes:
        model_sha256: hex digest of the model file that the numbers were fitted for.
        fitted_on: which looks they were fitted on, in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_sha256: str
    fitted_on: str
    kinds: _Kinds

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
        state = StateWorth(bias=0, violating=1, complying=1, head=0, limit=4)
        thing = ObjectWorth(bias=1.5, violating=1, unseen=-0.3, head=0, limit=4)
        kinds = _Kinds(no_hat=state, no_mask=state, smoking=thing, phone_use=thing)
        return cls(model_sha256="", fitted_on="nothing", kinds=kinds)

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


def _head_term(factor: float, sighting: Sighting) -> float:
    return factor * math.log(max(sighting.head_px, 1.0) / HEAD_PX)


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)
