"""Rows as the values of the model."""

from kitchenwatch.model import Alert, AlertType, EvidenceFile, EvidenceKind, Kind, Violation
from kitchenwatch.store import tables


def alert_of(row: tables.Outbox) -> Alert:
    """The alert that an outbox row holds."""
    return Alert(
        seq=row.seq,
        id=row.id,
        type=AlertType(row.type),
        at=row.at,
        site=row.site_id,
        camera=row.camera_id,
        kind=Kind(row.kind) if row.kind else None,
        subject=row.subject,
        data=row.data,
    )


def violation_of(row: tables.Violation, site: str) -> Violation:
    """The violation that a row holds; its site is its case's."""
    x1, y1, x2, y2 = row.box
    return Violation(
        id=row.id,
        camera=row.camera_id,
        site=site,
        kind=Kind(row.kind),
        run=row.run,
        track=row.track,
        opened=row.opened,
        opened_at=row.opened_at,
        score=row.score,
        box=(x1, y1, x2, y2),
        closed=row.closed,
        closed_at=row.closed_at,
        scores=tuple((t, value) for t, value in row.scores),
    )


def file_of(row: tables.Evidence) -> EvidenceFile:
    """The piece of evidence that a row holds."""
    return EvidenceFile(
        kind=EvidenceKind(row.kind),
        key=row.key,
        sha256=row.sha256,
        bytes=row.bytes,
        media_type=row.media_type,
        begins=row.begins,
    )


def upload_files(row: tables.Upload) -> tuple[EvidenceFile, EvidenceFile]:
    """The files of an upload: what was sent, and the copy for people."""
    kind = EvidenceKind(row.purpose)
    return (
        EvidenceFile(kind, row.key, row.sha256, row.bytes, row.media_type),
        EvidenceFile(kind, row.shown_key, row.shown_sha256, row.shown_bytes, "image/jpeg"),
    )
