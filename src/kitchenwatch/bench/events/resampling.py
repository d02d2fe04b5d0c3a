"""How sure a figure is: 95 % intervals from films drawn again with replacement (percentile bootstrap, Efron 1979)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000

Interval = tuple[float, float]


def draws(films: int, seed: int) -> NDArray[np.int64]:
    """`(RESAMPLES, films)` how often each film is drawn."""
    return np.random.default_rng(seed).multinomial(films, np.full(films, 1 / films), RESAMPLES)


def ratio_interval(weights: NDArray[np.int64], above: NDArray[np.int64], below: NDArray[np.int64]) -> Interval | None:
    """Of the quotient of two sums over films, both `(films,)`; None for a single film, or where nothing is counted."""
    top, bottom = weights @ above, weights @ below
    counted = bottom > 0
    return _interval(weights, top[counted] / bottom[counted])


def median_interval(weights: NDArray[np.int64], values: Sequence[Sequence[float]]) -> Interval | None:
    """Of the median of values that each film gives some of."""
    film = np.repeat(np.arange(len(values)), [len(each) for each in values])
    flat = np.concatenate([np.asarray(each, dtype=np.float64) for each in values])
    if not len(flat):
        return None
    order = np.argsort(flat)
    upto = np.cumsum(weights[:, film[order]], axis=1)  # how many values are drawn up to each, in their order
    upto = upto[upto[:, -1] > 0]
    middle = (upto[:, -1:] - 1) // 2, upto[:, -1:] // 2
    halves = [flat[order][(upto > place).argmax(axis=1)] for place in middle]
    return _interval(weights, np.mean(halves, axis=0))


def _interval(weights: NDArray[np.int64], found: NDArray[np.float64]) -> Interval | None:
    if weights.shape[1] < 2 or not len(found):
        return None
    low, high = np.percentile(found, [2.5, 97.5])
    return float(low), float(high)
