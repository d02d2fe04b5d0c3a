"""A score as JSON, for other programs and for the next comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from kitchenwatch.bench.events.outcome import Outcome
from kitchenwatch.bench.events.rates import seconds_needed
from kitchenwatch.bench.events.score import TARGETS, Film, Line, Score
from kitchenwatch.bench.events.sweep import Det
from kitchenwatch.model import Kind

HOUR_S = 3600


def as_json(score: Score, films: Sequence[Film], about: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was measured, and what became of each violation and alarm.

    Args:
        about: what gave the alarms.
    """
    return {
        "about": dict(about),
        "films": len(films),
        "hours": sum(film.truth.seconds for film in films) / HOUR_S,
        "by_kind": {name: _line(line) for name, line in score.lines.items()},
        "each": [_film(film, outcomes) for film, outcomes in zip(films, score.outcomes, strict=True)],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        **asdict(line.counts),
        **asdict(line.found),
        "false_alarms_per_day": asdict(line.false_alarms),
        "delay_s": asdict(line.delay),
        "duplicate_rate": asdict(line.duplicates),
        "at_tiou": {str(least): asdict(found) for least, found in line.at_tiou.items()},
        "missed_at_false_alarms_per_day": {f"{target:g}": missed_at(line, target) for target in TARGETS},
        "det": _det(line.det),
    }


def missed_at(line: Line, target: float) -> dict[str, Any]:
    """Share of violations missed at no more than so many false alarms a camera-day, or why that cannot be told."""
    return {
        "missed": line.det.missed_at(target) if line.det else None,
        "hours": line.false_alarms.hours,
        "hours_needed": seconds_needed(target) / HOUR_S,
    }


def _det(det: Det | None) -> list[dict[str, Any]]:
    if det is None:
        return []
    points = zip(det.scores[1:].tolist(), det.per_day[1:].tolist(), det.missed[1:].tolist(), strict=True)
    return [{"score": score, "per_day": rate, "missed": missed} for score, rate, missed in points]


def _film(film: Film, outcomes: Mapping[Kind, Outcome]) -> dict[str, Any]:
    violations, alarms = list[dict[str, Any]](), list[dict[str, Any]]()
    for kind, outcome in outcomes.items():
        for truth, fate in zip(film.truth.of(kind), outcome.truths, strict=True):
            told = {"kind": kind, "opened": truth.opened, "closed": truth.closed, "person": truth.person}
            violations.append({**told, "fate": fate})
        for alarm, fate in zip(film.of(kind), outcome.alarms, strict=True):
            alarms.append({**asdict(alarm), "fate": fate})
    return {"film": film.name, "seconds": film.truth.seconds, "violations": violations, "alarms": alarms}
