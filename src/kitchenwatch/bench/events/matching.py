"""Which alarm belongs to which violation, as NIST's ActEV scorer pairs them.

Same film and kind, one to one, by the Hungarian method (H. W. Kuhn, Naval Research Logistics Quarterly 2 (1955)): as
many pairs as can be, of all such pairings the one in which the pairs share the most time, and of several that share as
much the one in which they are most alike. NIST's rule for what may be paired is that of the ActEV19 and SDL
evaluations: at least one second in common, or half of a violation shorter than that.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bench.events.spans import Span

NIST_S = 1.0
ROUNDING = 1e-6  # seconds that come and go when decimal fractions are subtracted

Meets = Callable[[Span, Span], bool]
"""Whether an alarm (the second) may be paired with a violation."""


def nist(truth: Span, alarm: Span) -> bool:
    """At least a second in common, or half of a violation that is shorter than that."""
    needed = NIST_S if truth.length >= NIST_S else truth.length / 2
    return truth.overlap(alarm) >= needed - ROUNDING


def tiou(least: float) -> Meets:
    """At least so great an intersection over union."""

    def meets(truth: Span, alarm: Span) -> bool:
        return truth.iou(alarm) >= least - ROUNDING

    return meets


def meeting(truths: Sequence[Span], alarms: Sequence[Span], meets: Meets) -> NDArray[np.bool_]:
    """`(truths, alarms)` which may be paired."""
    each = [[meets(truth, alarm) for alarm in alarms] for truth in truths]
    return np.array(each, dtype=np.bool_).reshape(len(truths), len(alarms))


def pair(truths: Sequence[Span], alarms: Sequence[Span], may: NDArray[np.bool_]) -> dict[int, int]:
    """Which alarm each violation that is found is paired with, by their places.

    Args:
        may: as `meeting` gives it.
    """
    from scipy.optimize import linear_sum_assignment  # loading it takes half a second, for one command of many

    alike = np.array([[truth.iou(alarm) for alarm in alarms] for truth in truths]).reshape(may.shape)
    shared = np.array([[truth.overlap(alarm) for alarm in alarms] for truth in truths]).reshape(may.shape)
    shared = shared + ROUNDING * alike  # only where all else is equal
    # What all could share together weighs less than one pair more.
    worth = may * (1.0 + shared / (1.0 + float((may * shared).sum())))
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return {int(row): int(column) for row, column in zip(rows, columns, strict=True) if may[row, column]}
