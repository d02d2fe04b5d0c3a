"""Violations, and the way their evidence is filed: files, then seal, then rows."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from kitchenwatch.manifest import Event, file_body, violation_body
from kitchenwatch.model import Entry, EvidenceFile, EvidenceKind, Kind, Role, Violation, violation_id
from kitchenwatch.ports import Blobs, CaseBook, Chain
from kitchenwatch.store.database import Database
from kitchenwatch.store.inventory import DeclaredCamera, DeclaredDistrict, DeclaredSite, Inventory
from kitchenwatch.store.loop import Actor
from kitchenwatch.store.sent import Sent

# Half past eleven in the morning in Shanghai.
NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
OPENED_AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
# Who acts on cases.
LI = Actor("li", Role.REGULATOR, "10.0.0.7")
WANG = Actor("wang", Role.BUSINESS, "10.0.0.8")
PICTURES = (EvidenceKind.SNAPSHOT, EvidenceKind.ANNOTATED, EvidenceKind.CROP)
SUFFIX = {EvidenceKind.CLIP: ("mp4", "video/mp4")}


def declare_kitchen(database: Database) -> None:
    """Two districts, two sites, three cameras."""
    Inventory(database).declare(
        [DeclaredDistrict("east", "东区"), DeclaredDistrict("west", "西区")],
        [DeclaredSite("canteen", "第三食堂", "east"), DeclaredSite("noodles", "面馆", "west", "Asia/Urumqi")],
        [
            DeclaredCamera("stove", "灶台", "canteen"),
            DeclaredCamera("door", "后门", "canteen"),
            DeclaredCamera("till", "收银", "noodles"),
        ],
    )


def a_violation(number: int = 1, camera: str = "stove", site: str = "canteen", kind: Kind = Kind.NO_HAT) -> Violation:
    """The `number`th violation of a camera, a minute after the one before."""
    opened = 60.0 * number
    return Violation(
        id=violation_id(camera, kind, "run", number, opened),
        camera=camera,
        site=site,
        kind=kind,
        run="run",
        track=number,
        opened=opened,
        opened_at=OPENED_AT + timedelta(seconds=opened),
        score=0.75,
        box=(10.0, 20.0, 30.0, 40.0),
        scores=((opened - 2, 0.5), (opened, 4.0)),
    )


def closed(violation: Violation, after: float = 12.5) -> Violation:
    """The same, ended."""
    closed_at = violation.opened_at + timedelta(seconds=after)
    return replace(violation, closed=violation.opened + after, closed_at=closed_at, score=0.9)


def a_file(violation: Violation, kind: EvidenceKind, data: bytes = b"picture") -> EvidenceFile:
    """What a file of the case is called."""
    suffix, media_type = SUFFIX.get(kind, ("jpg", "image/jpeg"))
    key = f"evidence/{violation.site}/{violation.opened_at:%Y-%m-%d}/{violation.id}/{kind}.{suffix}"
    begins = violation.opened_at if kind is EvidenceKind.CLIP else None
    return EvidenceFile(kind, key, hashlib.sha256(data).hexdigest(), len(data), media_type, begins)


def sent(blobs: Blobs, at: datetime, purpose: EvidenceKind, data: bytes, phash: str = "0" * 16) -> Sent:
    """A photo that has come, looked at and not doubted."""
    original = blobs.scratch(".jpg")
    original.write_bytes(data)
    return Sent(
        id=uuid4(),
        at=at,
        purpose=purpose,
        original=original,
        sha256=hashlib.sha256(data).hexdigest(),
        length=len(data),
        media_type="image/jpeg",
        suffix="jpg",
        shown=b"a copy of " + data,
        width=640,
        height=480,
        phone="13900000000",
        taken_at=None,
        phash=phash,
        doubts=(),
    )


@dataclass(frozen=True)
class Filed:
    """Files whole cases, or only their first steps."""

    blobs: Blobs
    chain: Chain
    cases: CaseBook

    def sealed(
        self, event: Event, violation: Violation, kinds: tuple[EvidenceKind, ...], size: int = 1000
    ) -> tuple[list[EvidenceFile], Entry]:
        """Files and seal, but no rows: what a crash leaves."""
        data = b"x" * size
        files = [a_file(violation, kind, data) for kind in kinds]
        for file in files:
            self.blobs.put(file.key, data)
        body = {"event": event, "case": str(violation.id), "violation": violation_body(violation)}
        return files, self.chain.append(violation.site, {**body, "files": [file_body(file) for file in files]})

    def open(self, violation: Violation, size: int = 1000) -> None:
        """A case with its pictures."""
        self.cases.open(violation, *self.sealed(Event.OPENED, violation, PICTURES, size))

    def clip(self, violation: Violation, size: int = 1000) -> None:
        """Its clip."""
        self.cases.add_evidence(violation.id, *self.sealed(Event.CLIP, violation, (EvidenceKind.CLIP,), size))

    def close(self, violation: Violation, size: int = 1000) -> None:
        """Its end."""
        ended = closed(violation)
        self.cases.close(ended, *self.sealed(Event.CLOSED, ended, (EvidenceKind.BEST,), size))

    def whole(self, violation: Violation, size: int = 1000) -> None:
        """All of it."""
        for step in (self.open, self.clip, self.close):
            step(violation, size)
