"""Keeps what is taken for a cigarette or phone from counting as one.

Held-out pictures show few spoons at mouths and calculators in hands; a kitchen is full of them. Looks at such things,
composed or photographed, bound what a score may be worth.
"""

import math
from collections.abc import Sequence

import numpy as np

from kitchenwatch.rules.calibration import ObjectWorth
from kitchenwatch.training.examples import Example

# Of looks at hard negatives that may speak for a violation: our bar for a detector that is put to work.
MOST = 0.01


def cautious(worth: ObjectWorth, hard: Sequence[Example]) -> ObjectWorth:
    """The same worth, silent up to the score that `MOST` of these looks exceed.

    What is above speaks as clearly as before. To lower the worth of all scores instead until as few looks speak was
    tried: a real smoker, whose looks score 0.26 in the median and above 0.3 in four of ten, was not found any more.

    Args:
        hard: looks at people without the thing, of the worth's own kind; with none, the worth stays as it is.
    """
    scores = [one.sighting.violating for one in hard if not one.violating]
    if not scores:
        return worth
    bound = math.ceil(1000 * np.quantile(scores, 1 - MOST, method="higher")) / 1000
    return worth.model_copy(update={"silent": min(1.0, max(worth.silent, bound))})
