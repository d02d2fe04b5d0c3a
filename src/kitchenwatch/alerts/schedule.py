"""When a delivery that failed is tried again, up to the moment when it is given up."""

from datetime import datetime, timedelta
from random import Random

# Seconds to wait after the first, second, … failure: a receiver that restarts is found again at once, one that is
# down for a night costs little. The last step repeats.
STEPS = (5.0, 30.0, 120.0, 600.0, 3600.0)
JITTER = 0.2  # fraction by which a wait is lengthened at random, so that what failed together does not return together
LONGEST = 6 * 3600.0  # seconds; the most that a receiver may ask us to wait
REST_LONGEST = 60.0  # seconds; how long a whole channel rests at most


def wait(attempts: int, after: float | None, random: Random) -> timedelta:
    """How long to wait before the next try.

    Args:
        attempts: tries made before the one that just failed.
        after: seconds that the receiver asked for, if it did; never shortened, but bounded.
        random: where the jitter comes from.
    """
    step = STEPS[min(attempts, len(STEPS) - 1)]
    seconds = max(step, min(after or 0.0, LONGEST))
    return timedelta(seconds=seconds * (1 + JITTER * random.random()))


def spent(attempts: int, since: datetime, now: datetime, retry_for: timedelta) -> bool:
    """Whether to give up: the alert is older than `retry_for`, and every step of the schedule has been tried.

    The second half is for alerts that waited for reasons of our own (we were down, a predecessor was stuck).
    """
    return attempts >= len(STEPS) and now - since > retry_for


def rest(failures: int, after: float | None) -> float:
    """Seconds for which a channel is left alone after so many failures in a row (from 1)."""
    return min(max(STEPS[0] * 2.0 ** min(failures - 1, 10), after or 0.0), REST_LONGEST)
