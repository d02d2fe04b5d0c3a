"""Photos that have been used before: the same bytes, or a picture that looks nearly the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, not_, or_, select
from sqlalchemy.orm import Session

from kitchenwatch.manifest import moment
from kitchenwatch.model import Doubt
from kitchenwatch.store.tables import Case, Upload

# Of 64 bits: two hand-held photos of the same scene differ in more, the same photo sent through a chat in fewer.
NEAR = 6
# Photos of other sites are compared while they are young; an old one would have to be found first.
YOUNG = timedelta(days=90)
LIMIT = 20_000  # photos looked through, the latest first; a few hundredths of a second


@dataclass(frozen=True, slots=True)
class Reused:
    """A photo that has been seen before.

    Attributes:
        upload, case, site, at: of the earlier one; none of an upload where the snapshot is meant.
    """

    doubt: Doubt
    at: datetime | None = None
    upload: UUID | None = None
    case: UUID | None = None
    site: str | None = None

    def told(self, site: str) -> dict[str, Any]:
        """As JSON, for those who may see `site`: of another site's photo only that there was one, and when."""
        told: dict[str, Any] = {"code": str(self.doubt)}
        if self.at:
            told |= {"at": moment(self.at), "case": str(self.case) if self.site == site else None}
        return told


def reused(session: Session, upload: Upload, site: str, scene: str) -> list[Reused]:
    """What an upload that is not yet in the rows has been used for before.

    Args:
        scene: the perceptual hash of the violation's own snapshot, empty where there is none.
    """
    found = []
    if earlier := _same(session, upload) or _alike(session, upload, site):
        found.append(earlier)
    if scene and _distance(upload.phash, scene) <= NEAR:
        found.append(Reused(Doubt.SIMILAR_TO_SNAPSHOT))
    return found


def _same(session: Session, upload: Upload) -> Reused | None:
    # Whoever takes a photo back and sends it again in the right place has not used it before.
    tried = and_(
        Upload.case_id == upload.case_id,
        Upload.round == upload.round,
        or_(Upload.purpose == upload.purpose, Upload.deleted_at.is_not(None)),
    )
    query = select(Upload.at, Upload.id, Upload.case_id, Case.site_id).join(Case)
    query = query.where(Upload.sha256 == upload.sha256, not_(tried)).order_by(Upload.at).limit(1)
    row = session.execute(query).first()
    return Reused(Doubt.SAME_BYTES, *row) if row else None


def _alike(session: Session, upload: Upload, site: str) -> Reused | None:
    """The one that is most alike; photos of one and the same answer may be."""
    answer = and_(Upload.case_id == upload.case_id, Upload.round == upload.round)
    query = select(Upload.phash, Upload.at, Upload.id, Upload.case_id, Case.site_id).join(Case)
    query = query.where(not_(answer), or_(Case.site_id == site, Upload.at > upload.at - YOUNG))
    rows = session.execute(query.order_by(Upload.at.desc()).limit(LIMIT)).all()
    nearest = min(rows, key=lambda row: _distance(upload.phash, row.phash), default=None)
    if nearest is None or _distance(upload.phash, nearest.phash) > NEAR:
        return None
    return Reused(Doubt.SIMILAR, *nearest[1:])


def _distance(one: str, other: str) -> int:
    """Bits in which two perceptual hashes differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
