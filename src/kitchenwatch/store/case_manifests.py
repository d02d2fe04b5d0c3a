"""What the manifests of the case loop tell: the bodies that are sealed in a site's chain."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from kitchenwatch.manifest import Event, file_body, moment
from kitchenwatch.model import EvidenceFile
from kitchenwatch.store.tables import Case, CaseStep, Upload


def step_manifest(step: CaseStep, uploads: Sequence[Upload]) -> dict[str, Any]:
    """A step as its manifest tells it; the uploads have been sealed when they came."""
    return {
        "event": str(Event.STEP),
        "case": str(step.case_id),
        "violation": None,
        "files": [],
        "act": str(step.act),
        "by": step.by,
        "role": str(step.role) if step.role else None,
        "at": moment(step.at),
        "remark": step.remark,
        "status": str(step.status),
        "round": step.round,
        "revision": step.revision,
        "data": {name: str(value) for name, value in step.data.items()},
        "uploads": [{"id": str(upload.id), "sha256": upload.sha256} for upload in uploads],
    }


def found_manifest(case: Case, files: Sequence[EvidenceFile], by: str, now: datetime, remark: str) -> dict[str, Any]:
    """A patrol finding as its manifest tells it, with its pictures."""
    return {
        "event": str(Event.FOUND),
        "case": str(case.id),
        "violation": None,
        "files": [file_body(file) for file in files],
        "camera": case.camera_id,
        "kind": str(case.kind),
        "opened_at": moment(case.opened_at),
        "by": by,
        "at": moment(now),
        "remark": remark,
    }
