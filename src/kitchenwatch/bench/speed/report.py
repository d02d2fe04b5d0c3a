"""What was measured as JSON, for other programs and for the next comparison."""

from dataclasses import asdict
from typing import Any

from kitchenwatch.bench.speed.course import Course
from kitchenwatch.bench.speed.figures import OURS, PLAIN, STOCK, FilmCost, Measured, Run


def as_json(measured: Measured) -> dict[str, Any]:
    """Everything that was measured, and what follows from it."""
    return {
        "about": measured.about,
        "missing": list(measured.missing),
        "per_second": {way: measured.per_second(way) for way in (OURS, PLAIN, STOCK)},
        "bytes_per_camera": measured.bytes_per_camera,
        "films": [_film(cost, measured) for cost in measured.films],
        "cameras": [_run(run, measured) for run in measured.runs],
    }


def _film(cost: FilmCost, measured: Measured) -> dict[str, Any]:
    ratios = {way: measured.ratio(cost, way) for way in (PLAIN, STOCK)} if cost.way == OURS else {}
    return {**asdict(cost), "per_second": cost.per_second, "speed": cost.speed, "times_less_than": ratios}


def _run(run: Run, measured: Measured) -> dict[str, Any]:
    return {
        **asdict(run),
        "per_second": run.per_second,
        "per_core": run.per_core,
        "real_time": run.real_time,
        "skipped_share": run.skipped_share,
        "delivered": run.delivered,
        "grown": run.grown,
        "times_less_than": {way: measured.ratio(run, way) for way in (PLAIN, STOCK)},
        "course": _course(run.course),
    }


def _course(course: Course) -> dict[str, Any]:
    return {
        **asdict(course),
        "memory": course.memory and asdict(course.memory),
        "late": course.late and asdict(course.late),
        "looks_a_minute": course.looks_a_minute,
        "overloaded": course.overloaded,
    }
