"""Stores with sealed cases, and the parts they are made of."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kitchenwatch.clock import ManualClock
from kitchenwatch.evidence.keys import SigningKey, load_or_create_key
from kitchenwatch.evidence.layout import JPEG, MP4, evidence_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.manifest import Event, file_body, violation_body
from kitchenwatch.model import Entry, EvidenceFile, EvidenceKind, Kind, Violation, violation_id
from kitchenwatch.store.blobs import DiskBlobs

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def make_violation(site: str = "north", track: int = 1, opened: float = 2.0) -> Violation:
    """A bare head in the picture of the site's camera; another track is another case."""
    camera = f"{site}-cam"
    return Violation(
        id=violation_id(camera, Kind.NO_HAT, "run", track, opened),
        camera=camera,
        site=site,
        kind=Kind.NO_HAT,
        run="run",
        track=track,
        opened=opened,
        opened_at=START,
        score=0.9375,
        box=(40.0, 20.0, 120.0, 170.0),
        scores=((opened, 0.1), (opened + 1, 7.25)),
    )


class SealedStore:
    """A folder with blobs and chain, and its key outside of it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "store"
        self.key: SigningKey = load_or_create_key(folder / "keys" / "seal.pem")
        self.blobs = DiskBlobs(self.root)
        self.clock = ManualClock(START)
        self.chain = FileChain(self.blobs, self.key, self.clock, folder / "locks")

    def add(self, violation: Violation, event: Event, *kinds: EvidenceKind) -> Entry:
        """Seal an event of a case with made-up files of these kinds."""
        files = [self.put(violation, kind) for kind in kinds]
        return self.seal(violation, event, files)

    def put(self, violation: Violation, kind: EvidenceKind) -> EvidenceFile:
        """A made-up file of the case."""
        media_type = MP4 if kind is EvidenceKind.CLIP else JPEG
        data = f"{kind} of {violation.id}".encode() * 3
        key = evidence_key(violation, kind, media_type)
        self.blobs.put(key, data)
        return EvidenceFile(kind, key, hashlib.sha256(data).hexdigest(), len(data), media_type)

    def seal(self, violation: Violation, event: Event, files: Sequence[EvidenceFile]) -> Entry:
        """Seal an event of a case with these files, a second later than the last."""
        self.clock.advance(1)
        return self.chain.append(violation.site, opened_manifest(violation, event, files))

    def remove(self, violation: Violation, file: EvidenceFile) -> Entry:
        """What retention does: seal the removal, then delete."""
        entry = self.seal(violation, Event.REMOVED, [file])
        self.blobs.delete(file.key)
        return entry


def opened_manifest(violation: Violation, event: Event, files: Sequence[EvidenceFile] = ()) -> dict[str, object]:
    """What a recorder hands to the chain."""
    return {
        "event": str(event),
        "case": str(violation.id),
        "violation": violation_body(violation),
        "files": [file_body(file) for file in files],
        "attest": {"model": "0" * 64, "site_name": "北京路小学食堂"},
    }


SNAPSHOT, CROP, CLIP, BEST = EvidenceKind.SNAPSHOT, EvidenceKind.CROP, EvidenceKind.CLIP, EvidenceKind.BEST
FIRST, SECOND, THIRD = make_violation(track=1), make_violation(track=2), make_violation(track=3)
ELSEWHERE = make_violation("south")


def fill(store: SealedStore) -> None:
    """Two sites: north with three cases in six entries, one file of which retention took; south with one case."""
    store.add(FIRST, Event.OPENED, SNAPSHOT, CROP)  # 1
    store.add(FIRST, Event.CLIP, CLIP)  # 2
    second = store.add(SECOND, Event.OPENED, SNAPSHOT, CROP, CLIP)  # 3
    store.add(FIRST, Event.CLOSED, BEST)  # 4
    body = second.manifest["files"][2]
    store.remove(SECOND, EvidenceFile(CLIP, body["key"], body["sha256"], body["bytes"], body["media_type"]))  # 5
    store.add(THIRD, Event.OPENED, SNAPSHOT)  # 6
    store.add(ELSEWHERE, Event.OPENED, SNAPSHOT)
