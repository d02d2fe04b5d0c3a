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
# How surely the bar is met by looks like these that were not among them. With few of them that takes more room: of 738
# three may speak, of 2,950 twenty-two.
SURE = 0.9


def cautious(worth: ObjectWorth, hard: Sequence[Example]) -> ObjectWorth:
    """The same worth, silent up to a score that of other such looks surely no more than `MOST` exceed.

    What is above speaks as clearly as before. To lower the worth of all scores instead until as few looks speak was
    tried: a real smoker, whose looks score 0.26 in the median and above 0.3 in four of ten, was not found any more.

    Args:
        hard: looks at people without the thing, of the worth's own kind; with none, the worth stays as it is.
    """
    scores = sorted((one.sighting.violating for one in hard if not one.violating), reverse=True)
    if not scores:
        return worth
    bound = math.ceil(1000 * scores[_speaking(len(scores))]) / 1000
    return worth.model_copy(update={"silent": min(1.0, max(worth.silent, bound))})


def _speaking(looks: int) -> int:
    """How many of so many looks may speak: by the upper limit of Clopper and Pearson (Biometrika 26, 1934)."""
    from scipy.stats import beta  # loading it takes a second, for one command of many

    speaking = np.arange(looks)
    return max(0, int(np.sum(beta.ppf(SURE, speaking + 1, looks - speaking) <= MOST)) - 1)
