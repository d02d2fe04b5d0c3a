"""What a live view tells a page beside the film, as JSON-able values; boxes are in fractions of the picture."""

from collections.abc import Sequence
from typing import Any

from kitchenwatch.evidence.draw import SHOWN_FROM
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Attentiveness, CameraState, Look
from kitchenwatch.pipeline.onlooker import Seen
from kitchenwatch.sources.broadcast import Reel

Message = dict[str, Any]
# Of a fraction of the picture: finer than a pixel of any screen.
DIGITS = 4


def reel_message(reel: Reel) -> Message:
    """A run's film begins; its `init` follows as bytes."""
    return {"reel": {"mime": reel.mime, "start": reel.start}}


def seen_message(seen: Seen) -> Message:
    """People and what was found on them, at `t` seconds of media time."""
    width, height = seen.frame.size
    violating = {violation.track for violation in seen.violations}
    people = [
        {"track": track.id, "violating": track.id in violating, "box": _box(track.box, width, height)}
        for track in seen.tracks
    ]
    marks = [mark for look in seen.looks for mark in _marks(look, width, height)]
    told = {"t": round(seen.frame.t, 3), "at": seen.frame.at.isoformat(), "people": people, "marks": marks}
    return {"seen": told}


def pulse_message(
    seen: Seen | None, states: Sequence[CameraState], idle_s: float | None, attention: Attentiveness | None
) -> Message:
    """How the camera is, how old its newest picture, how closely it is looked at, and which violations are under way
    (their ids are the cases')."""
    violations = [{"kind": each.kind, "case": str(each.id)} for each in seen.violations] if seen else []
    age = idle_s if idle_s is None else round(idle_s, 1)
    return {"pulse": {"states": list(states), "age_s": age, "violations": violations, "attention": attention}}


def _marks(look: Look, width: int, height: int) -> list[Message]:
    found = look.detections
    return [
        {"label": LABELS[label], "score": round(float(score), 2), "box": _box(box, width, height)}
        for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True)
        if score >= SHOWN_FROM
    ]


def _box(box: Boxes, width: int, height: int) -> list[float]:
    x1, y1, x2, y2 = box.tolist()
    return [
        round(x1 / width, DIGITS),
        round(y1 / height, DIGITS),
        round(x2 / width, DIGITS),
        round(y2 / height, DIGITS),
    ]
