"""Truths and alarms made up for tests."""

from collections.abc import Sequence

from kitchenwatch.bench.events.alarms import Alarm
from kitchenwatch.bench.events.score import Film
from kitchenwatch.bench.events.truth import Truth
from kitchenwatch.model import Kind

NO_HAT = Kind.NO_HAT

Violation = tuple[float, float]  # opened, closed
Told = tuple[float, float, float, float]  # opened, closed, at, score
Unjudged = tuple[float, float]


def truth_of(
    seconds: float, violations: Sequence[Violation] = (), unjudged: Sequence[Unjudged] = (), kind: Kind = NO_HAT
) -> Truth:
    """A truth with violations of one kind."""
    return Truth.model_validate(
        {
            "film": "film.mp4",
            "seconds": seconds,
            "violations": [{"kind": kind, "opened": opened, "closed": closed} for opened, closed in violations],
            "not_judged": [{"begin": begin, "end": end} for begin, end in unjudged],
        }
    )


def alarms_of(*told: Told, kind: Kind = NO_HAT) -> list[Alarm]:
    """Alarms of one kind."""
    return [Alarm("film.mp4", kind, *one) for one in told]


def film_of(
    seconds: float,
    violations: Sequence[Violation] = (),
    told: Sequence[Told] = (),
    unjudged: Sequence[Unjudged] = (),
    name: str = "film.mp4",
) -> Film:
    """A film with its truth and its alarms."""
    return Film(name, truth_of(seconds, violations, unjudged), alarms_of(*told))
