"""Uploads on their way between what was sent, its row and its sealed manifest."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from kitchenwatch.manifest import Event, case_key, file_body, moment, parsed
from kitchenwatch.model import Entry, EvidenceKind
from kitchenwatch.store.rows import upload_files
from kitchenwatch.store.tables import Case, Upload


@dataclass(frozen=True, slots=True)
class Position:
    """Where the sender's phone says it is: degrees (WGS 84), and metres."""

    latitude: float
    longitude: float
    accuracy: float | None = None

    def __str__(self) -> str:
        near = f" ±{self.accuracy:.0f} m" if self.accuracy is not None else ""
        return f"{self.latitude:.5f}, {self.longitude:.5f}{near}"


@dataclass(frozen=True, slots=True)
class Sent:
    """A photo that has come and been looked at.

    Attributes:
        id: of the upload.
        at: UTC moment of its arrival.
        original: a finished file from the blob store's `scratch`, with its `sha256`, length and type.
        shown: the copy for people, a JPEG.
        phone: the sender's, as it stands on the watermark.
        taken_at, phash, doubts: what looking at it has told.
        scene: the perceptual hash of the violation's own snapshot; empty where there is none.
    """

    id: UUID
    at: datetime
    purpose: EvidenceKind
    original: Path
    sha256: str
    length: int
    media_type: str
    suffix: str
    shown: bytes
    width: int
    height: int
    phone: str
    taken_at: datetime | None
    phash: str
    doubts: tuple[dict[str, Any], ...]
    position: Position | None = None
    scene: str = ""


def upload_row(case: Case, sent: Sent, by: str) -> Upload:
    """The row of what was sent, without its doubts and its seal."""
    name = f"{sent.purpose}-{sent.id}"
    position = sent.position
    return Upload(
        id=sent.id,
        case_id=case.id,
        round=case.round,
        purpose=sent.purpose,
        key=case_key(case.site_id, case.opened_at, case.id, f"{name}.{sent.suffix}"),
        shown_key=case_key(case.site_id, case.opened_at, case.id, f"{name}-shown.jpg"),
        shown_sha256=sha256(sent.shown).hexdigest(),
        shown_bytes=len(sent.shown),
        sha256=sent.sha256,
        bytes=sent.length,
        media_type=sent.media_type,
        width=sent.width,
        height=sent.height,
        by=by,
        at=sent.at,
        taken_at=sent.taken_at,
        latitude=position.latitude if position else None,
        longitude=position.longitude if position else None,
        accuracy=position.accuracy if position else None,
        phash=sent.phash,
    )


def upload_body(upload: Upload, sent: Sent, asked: str) -> dict[str, Any]:
    """Its manifest: all that the row says, so that it can be written again from the chain."""
    return {
        "event": str(Event.UPLOAD),
        "case": str(upload.case_id),
        "violation": None,
        "files": [file_body(file) for file in upload_files(upload)],
        "upload": str(upload.id),
        "purpose": str(upload.purpose),
        "by": upload.by,
        "phone": sent.phone,
        "at": moment(upload.at),
        "round": upload.round,
        "asked_sha256": sha256(asked.encode()).hexdigest(),
        "position": [upload.latitude, upload.longitude, upload.accuracy] if sent.position else None,
        "taken_at": moment(upload.taken_at),
        "width": upload.width,
        "height": upload.height,
        "phash": upload.phash,
        "doubts": upload.doubts,
    }


def upload_from(case: UUID, entry: Entry) -> Upload:
    """The row that a sealed manifest tells of."""
    said = entry.manifest
    original, shown = said["files"]
    latitude, longitude, accuracy = said["position"] or (None, None, None)
    return Upload(
        id=UUID(said["upload"]),
        case_id=case,
        round=said["round"],
        purpose=said["purpose"],
        key=original["key"],
        shown_key=shown["key"],
        shown_sha256=shown["sha256"],
        shown_bytes=shown["bytes"],
        sha256=original["sha256"],
        bytes=original["bytes"],
        media_type=original["media_type"],
        width=said["width"],
        height=said["height"],
        by=said["by"],
        at=parsed(said["at"]),
        taken_at=parsed(said["taken_at"]),
        latitude=latitude,
        longitude=longitude,
        accuracy=accuracy,
        phash=said["phash"],
        doubts=said["doubts"],
        seal_seq=entry.seq,
    )


def removed_body(upload: Upload, reason: str) -> dict[str, Any]:
    """The manifest of its removal."""
    return {
        "event": str(Event.REMOVED),
        "case": str(upload.case_id),
        "violation": None,
        "files": [file_body(file) for file in upload_files(upload)],
        "reason": reason,
    }
