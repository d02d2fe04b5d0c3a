"""A case's rows, as whoever writes to the case needs them."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from kitchenwatch.errors import NotFound
from kitchenwatch.model import EvidenceFile
from kitchenwatch.store.tables import Case


def locked_case(session: Session, case: UUID) -> Case:
    """The case, which nobody else may write until this transaction ends. Raises NotFound."""
    row = session.get(Case, case, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no case {case}")
    return row


def evidence_values(case: UUID, file: EvidenceFile, seal_seq: int) -> dict[str, Any]:
    """What the row of a piece of evidence holds, sealed in that entry of the chain."""
    return {
        "case_id": case,
        "kind": file.kind,
        "key": file.key,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "media_type": file.media_type,
        "begins": file.begins,
        "seal_seq": seal_seq,
    }
