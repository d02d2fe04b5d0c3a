"""What so many false alarms in so many hours say of their rate (Poisson, exact: F. Garwood, Biometrika 28 (1936))."""

DAY_S = 86_400.0
LEVEL = 0.95


def bound(count: int, seconds: float) -> float | None:
    """The rate a camera-day that is not exceeded with 95 % confidence; None without any footage."""
    return _greatest_mean(count) / (seconds / DAY_S) if seconds > 0 else None


def per_day(count: int, seconds: float) -> float | None:
    """False alarms a camera-day; None without any footage."""
    return count / (seconds / DAY_S) if seconds > 0 else None


def seconds_needed(rate: float) -> float:
    """Footage without violations in which not one false alarm may come, for `rate` a camera-day to be shown at 95 %."""
    return _greatest_mean(0) / rate * DAY_S


def _greatest_mean(count: int) -> float:
    """The mean of a Poisson distribution that gives so few or fewer in one case of twenty: half of chi-squared's
    95 % quantile with twice `count + 1` degrees of freedom."""
    from scipy.special import gammaincinv  # loading it takes a third of a second, for one command of many

    return float(gammaincinv(count + 1, LEVEL))
