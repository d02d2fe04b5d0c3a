"""Scenes for the rules: what a detector and a tracker would say, made up or read from lines of JSON.

A line is one frame: `{"t": 1.04, "tracks": [[id, x1, y1, x2, y2]], "looks": [[track, kind, violating, complying]]}`.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from kitchenwatch.model import CameraRef, Change, Frame, Kind, Phase, Sighting, Track, Violation
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.rules.judge import CameraJudge

CAMERA = CameraRef("stove", "noodle-house")
START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)  # nine in the morning in Shanghai
HEAD_PX = 48.0
Box = tuple[float, float, float, float]
HERE: Box = (200.0, 100.0, 260.0, 250.0)
FAR: Box = (500.0, 100.0, 560.0, 250.0)
WIDTH, HEIGHT = 640, 360
PICTURE = np.broadcast_to(np.zeros(3, np.uint8), (HEIGHT, WIDTH, 3))


@dataclass(frozen=True)
class Step:
    """One frame of a scene."""

    t: float
    tracks: tuple[tuple[int, Box], ...]
    looks: tuple[tuple[int, Kind, float, float], ...] = ()


def frame(t: float, run: str = "film") -> Frame:
    return Frame(CAMERA.id, run, t, START + timedelta(seconds=t), ArrayPicture(PICTURE))


def tracks_of(step: Step, since: dict[int, float]) -> list[Track]:
    return [
        Track(number, np.array(box, np.float32), 0.9, step.t, since.setdefault(number, step.t))
        for number, box in step.tracks
    ]


def sightings_of(step: Step) -> list[Sighting]:
    return [Sighting(step.t, track, kind, v, c, HEAD_PX) for track, kind, v, c in step.looks]


def play(judge: CameraJudge, steps: Iterable[Step]) -> list[Change]:
    """Everything a judge says about a scene, to its end."""
    changes: list[Change] = []
    since: dict[int, float] = {}
    t = 0.0
    for step in steps:
        t = step.t
        changes += judge.step(frame(t), tracks_of(step, since), sightings_of(step))
    return changes + judge.finish(t, START + timedelta(seconds=t))


def closed(changes: Iterable[Change]) -> list[Violation]:
    return [change.violation for change in changes if change.phase is Phase.CLOSED]


def phases(changes: Iterable[Change]) -> list[Phase]:
    return [change.phase for change in changes]


def at_rate(steps: Iterable[Step], fps: float) -> Iterator[Step]:
    """The frames a sampler at that rate takes: the first at or after each tick."""
    due = 0.0
    for step in steps:
        if step.t >= due - 1e-6:
            yield step
            due = max(due + 1 / fps, step.t)


def read(path: Path) -> list[Step]:
    return [parsed(json.loads(line)) for line in path.read_text().splitlines()]


def parsed(line: dict[str, Any]) -> Step:
    tracks = tuple((number, (x1, y1, x2, y2)) for number, x1, y1, x2, y2 in line["tracks"])
    looks = tuple((track, Kind(kind), v, c) for track, kind, v, c in line["looks"])
    return Step(line["t"], tracks, looks)


def written(step: Step) -> str:
    tracks = [[number, *box] for number, box in step.tracks]
    looks = [[track, str(kind), v, c] for track, kind, v, c in step.looks]
    return json.dumps({"t": step.t, "tracks": tracks, "looks": looks}, separators=(",", ":"))


def acts(
    *parts: tuple[float, float, str], track: int = 1, box: Box = HERE, fps: float = 5, kind: Kind = Kind.NO_HAT
) -> dict[float, Step]:
    """One person's time: parts of (from, to, `bad`, `good`, `unsure` in view or `away`)."""
    steps = {}
    for i in range(round(max(end for _, end, _ in parts) * fps)):
        t = round(i / fps, 4)
        does = next((what for begin, end, what in parts if begin <= t < end), "away")
        scores = {"bad": (0.9, 0.1), "good": (0.1, 0.9)}.get(does)
        looks = ((track, kind, *scores),) if scores else ()
        steps[t] = Step(t, ((track, box),) if does != "away" else (), looks)
    return steps


def together(*people: dict[float, Step]) -> Iterable[Step]:
    """Several people in one scene."""
    for t in sorted({t for person in people for t in person}):
        found = [person[t] for person in people if t in person]
        yield Step(t, tuple(x for step in found for x in step.tracks), tuple(x for step in found for x in step.looks))
