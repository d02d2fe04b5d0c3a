"""Scores as log odds, so that what several say can be added."""

import math

# A score beyond these says no more: the tails are where a fit has no data, and where a network can be wrong.
LOWEST, HIGHEST = 0.02, 0.98


def logit(score: float) -> float:
    """Log odds of a score, which is clipped to `LOWEST` and `HIGHEST` first."""
    clipped = min(max(score, LOWEST), HIGHEST)
    return math.log(clipped / (1 - clipped))


def log_score(score: float) -> tuple[float, float]:
    """`ln(s)` and `-ln(1 - s)` of a score, clipped as by `logit`, which is their sum."""
    clipped = min(max(score, LOWEST), HIGHEST)
    return math.log(clipped), -math.log(1 - clipped)
