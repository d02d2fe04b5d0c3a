"""Decided cases out of the store, with their snapshots, for training."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.bootstrap.sight import build_picture_detector
from kitchenwatch.bootstrap.stores import open_rows
from kitchenwatch.config import load
from kitchenwatch.errors import StorageError
from kitchenwatch.model import UPHELD, CaseStatus, EvidenceKind, Kind, Role, Scope, VerdictReason
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.reading import CaseFilter, Reading
from kitchenwatch.store.tables import Case
from kitchenwatch.training.verdicts import Exported, Reviewed, export

EVERYTHING = Scope("kitchenwatch", Role.ADMIN)  # the operator at the machine's own console
LOW = 0.05  # the detector tells its doubts too: they become unknown

log = logging.getLogger(__name__)


def export_verdicts(config_path: Path, out: Path) -> Exported:
    """Write what reviewers decided so far as training pictures; beside a running service, if there is one.

    Raises StorageError, ModelError.
    """
    config = load(config_path)
    database = open_rows(config)
    try:
        cases = _reviewed(Reading(database), DiskBlobs(config.store.evidence))
        return export(cases, build_picture_detector(config_path, LOW), out)
    finally:
        database.close()


def _reviewed(reading: Reading, blobs: DiskBlobs) -> Iterator[Reviewed]:
    for status in (*UPHELD, CaseStatus.DISMISSED):
        for case in _cases(reading, CaseFilter(status=status)):
            snapshot = _snapshot(case, blobs)
            if snapshot is not None and case.violation is not None:
                yield Reviewed(
                    case=case.id,
                    site=case.site_id,
                    kind=Kind(case.kind),
                    status=CaseStatus.CONFIRMED if status in UPHELD else status,
                    reason=VerdictReason(case.reason or VerdictReason.VIOLATION),
                    person=np.array(case.violation.box, np.float32),
                    snapshot=snapshot,
                )


def _cases(reading: Reading, wanted: CaseFilter) -> Iterator[Case]:
    cursor: str | None = None
    while True:
        page = reading.cases(EVERYTHING, wanted, cursor)
        yield from (reading.case(EVERYTHING, case.id) for case in page.cases)
        cursor = page.next
        if cursor is None:
            return


def _snapshot(case: Case, blobs: DiskBlobs) -> NDArray[np.uint8] | None:
    """The sealed snapshot; None if retention has removed it or it is not what was sealed."""
    for file in case.evidence:
        if file.kind == EvidenceKind.SNAPSHOT and file.deleted_at is None:
            return _read(case, file.key, file.sha256, blobs)
    return None


def _read(case: Case, key: str, sha256: str, blobs: DiskBlobs) -> NDArray[np.uint8] | None:
    try:
        data = blobs.get(key)
    except StorageError as lost:
        log.warning("case %s is left out: %s", case.id, lost)
        return None
    if hashlib.sha256(data).hexdigest() != sha256:
        log.warning("case %s is left out: its snapshot was changed after it was sealed", case.id)
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else np.asarray(image, np.uint8)
