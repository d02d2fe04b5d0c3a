"""The installation that the tests of the web ask."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import cv2
import numpy as np
from argon2 import PasswordHasher

from kitchenwatch.attention.budget import Load
from kitchenwatch.bootstrap.channels import ChannelTests, build_channels
from kitchenwatch.bootstrap.declaring import Desk
from kitchenwatch.bootstrap.places import declare_places
from kitchenwatch.bootstrap.trials import Trials
from kitchenwatch.bootstrap.upkeep import Retaining
from kitchenwatch.clock import ManualClock, SystemClock
from kitchenwatch.config import Config
from kitchenwatch.evidence.keys import load_or_create_key
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.model import Attentiveness, Entry, EvidenceFile, EvidenceKind, Kind, Role, Violation, violation_id
from kitchenwatch.store import tables
from kitchenwatch.store.acts import Acts
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.declarations import Declarations
from kitchenwatch.store.inventory import Inventory
from kitchenwatch.store.keeping import Keeping
from kitchenwatch.store.loop import CaseLoop
from kitchenwatch.store.reading import Reading
from kitchenwatch.store.tokens import Tokens
from kitchenwatch.store.uploads import Uploads
from kitchenwatch.store.users import NewUser, Users
from kitchenwatch.store.vault import Vault
from kitchenwatch.web.administration import Administration
from kitchenwatch.web.app import create_app
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.live_view import LiveView

DATABASE = "kitchenwatch.db"
PASSWORD = "a long password"
# A quarter to eight in the evening in Shanghai.
BEGIN = datetime(2026, 11, 22, 11, 45, tzinfo=UTC)


CHANNELS = {
    "hook": {
        "type": "webhook",
        "url": "http://127.0.0.1:9/hooks/hush-path",
        "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    }
}


@dataclass(frozen=True)
class Line:
    """What a camera's line tells."""

    camera: str = "wang-wok"
    frames: int = 1234
    skipped: int = 5
    failures: int = 1
    last_at: datetime | None = BEGIN - timedelta(seconds=3)
    attentiveness: Attentiveness = Attentiveness.WATCHING


class Installation:
    """East has the sites wang and li, west has zhao; every site has a camera `<site>-wok`.

    Args:
        more: what the configuration file says besides.
    """

    def __init__(self, folder: Path, more: Mapping[str, Any] = MappingProxyType({})) -> None:
        self.clock = ManualClock(BEGIN)
        self.database = Database(f"sqlite:///{folder / DATABASE}")
        self.blobs = DiskBlobs(folder / "blobs")
        self.cases = SqlCases(self.database, self.clock)
        self.key = load_or_create_key(folder / "key.pem")
        self.chain = FileChain(self.blobs, self.key, self.clock, folder / "locks")
        self.loop = CaseLoop(self.database, self.chain, self.clock)
        self.uploads = Uploads(self.database, self.blobs, self.chain, self.clock)
        # Cheap hashes: the tests sign in often.
        self.users = Users(self.database, self.clock, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self.tokens = Tokens(self.database, self.clock)
        self.reading = Reading(self.database)
        self.views: dict[str, LiveView] = {}
        """What can be watched live, by the camera's id."""
        self.load: Load | None = None
        """How the machine stands."""
        self._serial = 0
        self.app = create_app(
            WebDeps(
                reading=self.reading,
                loop=self.loop,
                uploads=self.uploads,
                users=self.users,
                tokens=self.tokens,
                acts=Acts(self.database, self.clock),
                blobs=self.blobs,
                clock=self.clock,
                public_key=self.key.public.pem.decode(),
                version="1.2.3",
                administration=self._administration(folder, more),
                lines=lambda: [Line()],
                load=lambda: self.load,
                live=self.views.get,
            )
        )

    def _administration(self, folder: Path, more: Mapping[str, Any]) -> Administration:
        """What the console changes of the places becomes rows, as in the service; no camera is watched."""
        self.file = written(folder, more)
        self.declarations = Declarations(self.database, self.clock, Vault(folder / "console.key"))
        self.desk = Desk(self.file, self.declarations, lambda config: declare_places(config, Inventory(self.database)))
        channels = build_channels(self.file, self.clock)
        acts = Acts(self.database, self.clock)
        tests = ChannelTests(lambda: self.desk.config, channels, acts, SystemClock())
        self.retaining = Retaining(lambda: self.desk.config, self.blobs)
        trials = Trials(SystemClock(), acts, self.file.egress.allow)
        return Administration(self.desk, trials, tests, Keeping(self.database), self.retaining)

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


def written(folder: Path, more: Mapping[str, Any]) -> Config:
    """What the configuration file says of the places; `CHANNELS` are its channels."""
    sites = {"wang": ("老王烧烤店", "east"), "li": ("李家面馆", "east"), "zhao": ("第三食堂", "west")}
    said = {
        "districts": [{"id": "east", "name": "东区", "channels": ["hook"]}, {"id": "west", "name": "西区"}],
        "sites": [
            {"id": id, "name": name, "district": district, "cameras": [_wok(id)]}
            for id, (name, district) in sites.items()
        ],
        "channels": CHANNELS,
        "egress": {"allow": ["127.0.0.0/8"]},
    }
    return Config.model_validate({**said, **more}, context={"folder": folder})


def _wok(site: str) -> dict[str, str]:
    return {"id": f"{site}-wok", "name": "炒锅区", "url": f"rtsp://watch:hush-hush@10.0.0.5/{site}"}


def entry(site: str, seq: int) -> Entry:
    """A link of the chain; nobody looks at its manifest here."""
    return Entry(site, seq, {}, hashlib.sha256(f"{site}/{seq}".encode()).hexdigest(), f"chain/{site}/{seq}")


def picture() -> bytes:
    """A small JPEG."""
    gradient = np.tile(np.linspace(40, 200, 160, dtype=np.uint8), (90, 1))
    _, data = cv2.imencode(".jpg", cv2.applyColorMap(gradient, cv2.COLORMAP_BONE))
    return data.tobytes()
