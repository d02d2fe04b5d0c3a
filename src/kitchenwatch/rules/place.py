"""Whether two people's boxes mark the same place in the picture."""

import numpy as np

from kitchenwatch.geometry import Boxes, centre

# In heights of the person: about 1.3 m, a step to either side. Boxes of one person differ by as much when a
# counter hides the legs in one of them.
PLACE_HEIGHTS = 0.75


def distance(a: Boxes, b: Boxes) -> float:
    """Between the centres of two boxes `(4,)`, in heights of the taller."""
    tall = max(float(a[3] - a[1]), float(b[3] - b[1]), 1.0)
    return float(np.hypot(*(centre(a) - centre(b)))) / tall


def same_place(a: Boxes, b: Boxes) -> bool:
    """Whether somebody at `a` may be who was at `b` a moment ago."""
    return distance(a, b) <= PLACE_HEIGHTS
