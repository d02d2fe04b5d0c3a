"""Pictures of a case in the size of a sheet of paper."""

import cv2
import numpy as np

from kitchenwatch.errors import NotFound
from kitchenwatch.model import EvidenceKind
from kitchenwatch.ports import Blobs
from kitchenwatch.store.tables import Case, Evidence

WIDTH = 1000  # pixels; 300 a inch at half the width of the sheet
QUALITY = 82
SEEN = (EvidenceKind.ANNOTATED, EvidenceKind.SNAPSHOT)  # the first of them that is kept


def pictures_of(blobs: Blobs, case: Case) -> dict[str, bytes]:
    """JPEGs by what they show: `seen`, `crop`, and the id of each upload; what is no longer kept is left out."""
    kept = {piece.kind: piece for piece in case.evidence if piece.deleted_at is None}
    seen = next((kept[kind] for kind in SEEN if kind in kept), None)
    keys = {"seen": _key(seen), "crop": _key(kept.get(EvidenceKind.CROP))}
    keys |= {str(upload.id): upload.shown_key for upload in case.uploads if upload.deleted_at is None}
    found = {name: _small(blobs, key) for name, key in keys.items() if key}
    return {name: data for name, data in found.items() if data}


def _key(piece: Evidence | None) -> str:
    return piece.key if piece else ""


def _small(blobs: Blobs, key: str) -> bytes | None:
    try:
        data = np.frombuffer(blobs.get(key), np.uint8)
    except NotFound:
        return None
    image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
    if image is None:
        return None
    if image.shape[1] > WIDTH:
        height = max(1, round(image.shape[0] * WIDTH / image.shape[1]))
        image = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
