"""How much of an independent look each is, however close together they come."""

import math

# For how long one person's scores stay alike (the turn of a head, the move of a hand): an assumption, to be
# replaced when it has been measured. It is twice the time constant of their autocorrelation.
TAU_S = 1.0
# A person's first look has no look before it. It counts as one at 5 frames a second would, at any frame rate.
FIRST_LOOK_S = 0.2


def weight(since_last_look: float | None) -> float:
    """How much of an independent look this one is, 0 to 1: looks close together say the same thing twice.

    tanh(gap / tau) is what a further sample adds to the log-likelihood ratio of a shift when the scores are an
    Ornstein-Uhlenbeck process with time constant tau / 2: (1 - r) / (1 + r) with r = exp(-2 gap / tau). The weights
    of one person add up to at most one every `TAU_S`, and to nearly the same at 5 and at 25 frames a second.
    """
    gap = FIRST_LOOK_S if since_last_look is None else max(since_last_look, 0.0)
    return math.tanh(gap / TAU_S)
