"""What a sealed manifest says, as JSON: written by evidence, read again by repair.

A manifest carries `event` (one of `Event`), `case`, `violation` (see `violation_body`; null where the event is none of
the machine's) and `files` (see `file_body`); the chain adds `version`, `site`, `seq`, `prev` and `sealed_at` when it
seals.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from kitchenwatch.model import EvidenceFile, EvidenceKind, Kind, Violation


class Event(StrEnum):
    """Why an entry of the chain was written."""

    OPENED = "opened"
    CLIP = "clip"
    CLOSED = "closed"
    REMOVED = "removed"  # retention has deleted the named files
    FOUND = "found"  # a person has found a violation on patrol
    STEP = "step"  # somebody has acted on the case
    UPLOAD = "upload"  # the business has sent a photo


def case_key(site: str, at: datetime, case: UUID, name: str) -> str:
    """Where a file of a case lies in the blob store: `evidence/<site>/<day in UTC>/<case>/<name>`.

    Args:
        at: when the case was opened: all its files lie together, whenever they came.
        name: with its suffix.
    """
    return f"evidence/{site}/{at.date().isoformat()}/{case}/{name}"


def moment(at: datetime | None) -> str | None:
    """A UTC moment in ISO 8601, to the microsecond."""
    return at.isoformat() if at else None


def parsed(text: str | None) -> datetime | None:
    """The moment that `moment` wrote."""
    return datetime.fromisoformat(text) if text else None


def violation_body(violation: Violation) -> dict[str, Any]:
    """A violation as JSON."""
    return {
        "id": str(violation.id),
        "camera": violation.camera,
        "site": violation.site,
        "kind": str(violation.kind),
        "run": violation.run,
        "track": violation.track,
        "opened": violation.opened,
        "opened_at": moment(violation.opened_at),
        "closed": violation.closed,
        "closed_at": moment(violation.closed_at),
        "score": violation.score,
        "box": list(violation.box),
        "scores": [list(pair) for pair in violation.scores],
    }


def violation_from(body: Mapping[str, Any]) -> Violation:
    """The violation that `violation_body` wrote."""
    x1, y1, x2, y2 = body["box"]
    return Violation(
        id=UUID(body["id"]),
        camera=body["camera"],
        site=body["site"],
        kind=Kind(body["kind"]),
        run=body["run"],
        track=body["track"],
        opened=body["opened"],
        opened_at=datetime.fromisoformat(body["opened_at"]),
        closed=body["closed"],
        closed_at=parsed(body["closed_at"]),
        score=body["score"],
        box=(x1, y1, x2, y2),
        scores=tuple((t, value) for t, value in body["scores"]),
    )


def file_body(file: EvidenceFile) -> dict[str, Any]:
    """A piece of evidence as JSON."""
    return {
        "kind": str(file.kind),
        "key": file.key,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "media_type": file.media_type,
        "begins": moment(file.begins),
    }


def file_from(body: Mapping[str, Any]) -> EvidenceFile:
    """The piece of evidence that `file_body` wrote."""
    return EvidenceFile(
        kind=EvidenceKind(body["kind"]),
        key=body["key"],
        sha256=body["sha256"],
        bytes=body["bytes"],
        media_type=body["media_type"],
        begins=parsed(body["begins"]),
    )
