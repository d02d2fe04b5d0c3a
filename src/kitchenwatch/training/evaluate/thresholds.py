"""From which score on the product acts on a detection."""

import inspect

import numpy as np

from kitchenwatch.detect.looks import FrameLook
from kitchenwatch.detect.sightings import Abstain
from kitchenwatch.model import Kind, Label, Sighting
from kitchenwatch.rules.calibration import Calibration

HEAD_PX = 28.0  # the head for which it is told: the middle of 16 to 40 px, where ceiling cameras see people
OBJECTS = {Label.CIGARETTE: Kind.SMOKING, Label.PHONE: Kind.PHONE_USE}
STATES = (Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK)
GRID = np.linspace(0, 1, 1001)


def thresholds(calibration: Calibration | None) -> dict[Label, float | None]:
    """The score by label, None where no score suffices or nothing is known.

    A person is followed from look 1's least score on; a head or face is judged from `Abstain.sure` on; a cigarette or
    phone counts as evidence for a violation from the score on that the calibration gives more than zero nats.

    Args:
        calibration: of the model; None if it has none yet.
    """
    person: float = inspect.signature(FrameLook).parameters["min_score"].default
    states = dict.fromkeys(STATES, Abstain().sure)
    return {Label.PERSON: person} | states | {label: _even(calibration, kind) for label, kind in OBJECTS.items()}


def _even(calibration: Calibration | None, kind: Kind) -> float | None:
    """The lowest score that speaks for the violation."""
    if calibration is None:
        return None
    worth = (calibration.llr(Sighting(0.0, 0, kind, score, 0.0, HEAD_PX)) for score in GRID.tolist())
    return next((score for score, nats in zip(GRID.tolist(), worth, strict=False) if nats > 0), None)
