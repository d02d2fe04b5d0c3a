"""Keeps what is taken for a cigarette or phone from counting as one.

Held-out pictures show few spoons at mouths and calculators in hands; a kitchen is full of them. Looks at such things,
composed or photographed, bound what a score may be worth.
"""

from collections.abc import Sequence

import numpy as np

from kitchenwatch.rules.calibration import UNSEEN_BELOW, ObjectWorth, logit
from kitchenwatch.training.examples import Example

# Of looks at hard negatives that may speak for a violation: our bar for a detector that is put to work.
MOST = 0.01


def cautious(worth: ObjectWorth, hard: Sequence[Example]) -> ObjectWorth:
    """The same worth, lowered where more than `MOST` of these looks would count as evidence.

    Args:
        hard: looks at people without the thing, of the worth's own kind; with none, the worth stays as it is.
    """
    scores = [one.sighting.violating for one in hard if not one.violating]
    if not scores:
        return worth
    bound = max(float(np.quantile(scores, 1 - MOST, method="higher")), UNSEEN_BELOW)
    bias = min(worth.bias, round(-worth.violating * logit(bound), 3))
    return worth.model_copy(update={"bias": bias})
