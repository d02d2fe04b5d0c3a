"""The installation that the tests of the web ask."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import cv2
import numpy as np
from argon2 import PasswordHasher

from kitchenwatch.clock import ManualClock
from kitchenwatch.model import Entry, EvidenceFile, EvidenceKind, Kind, Role, Violation, violation_id
from kitchenwatch.store import tables
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.users import NewUser, Users
from kitchenwatch.web.app import create_app
from kitchenwatch.web.deps import WebDeps

DATABASE = "kitchenwatch.db"
PASSWORD = "a long password"
# A quarter to eight in the evening in Shanghai.
BEGIN = datetime(2026, 11, 22, 11, 45, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """What a camera's line tells."""

    camera: str = "wang-wok"
    frames: int = 1234
    skipped: int = 5
    failures: int = 1
    last_at: datetime | None = BEGIN - timedelta(seconds=3)


class Installation:
    """East has the sites wang and li, west has zhao; every site has a camera `<site>-wok`."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(BEGIN)
        self.database = Database(f"sqlite:///{folder / DATABASE}")
        self.blobs = DiskBlobs(folder / "blobs")
        self.cases = SqlCases(self.database, self.clock)
        # Cheap hashes: the tests sign in often.
        self.users = Users(self.database, self.clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.tokens = Tokens(self.database, self.clock)
        self.reading = Reading(self.database)
        self._serial = 0
        self.app = create_app(
            WebDeps(
                reading=self.reading,
                cases=self.cases,
                users=self.users,
                tokens=self.tokens,
                blobs=self.blobs,
                clock=self.clock,
                public_key="-----BEGIN PUBLIC KEY-----",
                version="1.2.3",
                lines=lambda: [Line()],
            )
        )

    def prepare(self) -> None:
        """Make tables, places and people; all passwords are `PASSWORD`."""
        self.database.upgrade()
        self._places()
        self._people()

    def token(self, user: str) -> str:
        """A fresh secret."""
        return self.tokens.issue("test", user).secret

    def open_case(self, site: str = "wang", kind: Kind = Kind.NO_HAT, clip: bytes = b"") -> UUID:
        """A case with snapshot, annotated snapshot and crop, and with that clip if there is one."""
        self._serial += 1
        self.clock.advance(60)
        at, camera = self.clock.now(), f"{site}-wok"
        violation = Violation(
            id=violation_id(camera, kind, "film", self._serial, 4.0),
            camera=camera,
            site=site,
            kind=kind,
            run="film",
            track=self._serial,
            opened=4.0,
            opened_at=at,
            score=0.93,
            box=(10, 10, 60, 80),
            scores=((2.0, 0.0), (3.0, 1.5), (4.0, 4.2), (5.0, 5.0)),
        )
        pictures = [
            self._kept(violation.id, kind, picture(), "image/jpeg")
            for kind in (EvidenceKind.SNAPSHOT, EvidenceKind.ANNOTATED, EvidenceKind.CROP)
        ]
        self.cases.open(violation, pictures, entry(site, 2 * self._serial))
        if clip:
            film = self._kept(violation.id, EvidenceKind.CLIP, clip, "video/mp4", at - timedelta(seconds=5))
            self.cases.add_evidence(violation.id, [film], entry(site, 2 * self._serial + 1))
        return violation.id

    def _kept(
        self, case: UUID, kind: EvidenceKind, data: bytes, media_type: str, begins: datetime | None = None
    ) -> EvidenceFile:
        key = f"evidence/{case}/{kind}"
        self.blobs.put(key, data)
        return EvidenceFile(kind, key, hashlib.sha256(data).hexdigest(), len(data), media_type, begins)

    def _places(self) -> None:
        with self.database.session() as session:
            session.add_all([tables.District(id="east", name="东区"), tables.District(id="west", name="西区")])
            session.flush()
            for site, name, district in (
                ("wang", "老王烧烤店", "east"),
                ("li", "李家面馆", "east"),
                ("zhao", "第三食堂", "west"),
            ):
                session.add(tables.Site(id=site, name=name, district_id=district, timezone="Asia/Shanghai"))
                session.flush()
                session.add(tables.Camera(id=f"{site}-wok", site_id=site, name="炒锅区"))

    def _people(self) -> None:
        for user in (
            NewUser("admin", Role.ADMIN),
            NewUser("viewer", Role.VIEWER),
            NewUser("east", Role.REGULATOR, districts=("east",)),
            NewUser("west", Role.REGULATOR, districts=("west",)),
            NewUser("wang", Role.BUSINESS, sites=("wang",)),
        ):
            self.users.add("test", user, PASSWORD)


def entry(site: str, seq: int) -> Entry:
    """A link of the chain; nobody looks at its manifest here."""
    return Entry(site, seq, {}, hashlib.sha256(f"{site}/{seq}".encode()).hexdigest(), f"chain/{site}/{seq}")


def picture() -> bytes:
    """A small JPEG."""
    gradient = np.tile(np.linspace(40, 200, 160, dtype=np.uint8), (90, 1))
    _, data = cv2.imencode(".jpg", cv2.applyColorMap(gradient, cv2.COLORMAP_BONE))
    return data.tobytes()
