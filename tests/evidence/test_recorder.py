"""The recorder on real films, a real store and a real database: nothing is lost, nothing is doubled."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import av
import cv2
import numpy as np
import pytest
from sealed_stores import START, SealedStore, make_violation
from sqlalchemy import select

import films
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.errors import SourceUnreadable, StorageFull
from kitchenwatch.evidence.recorder import CaseRecorder, RecorderSettings
from kitchenwatch.evidence.seal import FileChain
from kitchenwatch.evidence.verify import verify_store
from kitchenwatch.manifest import Event, violation_from
from kitchenwatch.model import (
    CameraRef,
    Change,
    Detections,
    Entry,
    EvidenceFile,
    Frame,
    Kind,
    Look,
    Phase,
    Sighting,
    Track,
    Violation,
)
from kitchenwatch.ports import Blobs, CaseBook, Clip, Footage
from kitchenwatch.sources.film import FilmSource
from kitchenwatch.store.blobs import DiskBlobs
from kitchenwatch.store.cases import SqlCases
from kitchenwatch.store.database import Database
from kitchenwatch.store.inventory import DeclaredCamera, DeclaredDistrict, DeclaredSite, Inventory
from kitchenwatch.store.tables import Outbox

CAMERA = CameraRef("north-cam", "north")
SETTINGS = RecorderSettings(before=1.0, after=2.0)
OPENED, ALARM, UPDATED, CLOSED = 2.0, 2.4, 3.2, 4.4
VIOLATION = make_violation(opened=OPENED)
CASE = VIOLATION.id
SNAPSHOTS = {"snapshot", "annotated", "crop"}
Painter = Callable[[films.Image, float], None]


class Office:
    """Where evidence goes: a store, and a database that knows the camera."""

    def __init__(self, folder: Path, rows: Path) -> None:
        self.store = SealedStore(folder)
        shutil.copy(rows, folder / "rows.db")
        self.database = Database(f"sqlite:///{folder / 'rows.db'}")
        self.cases: CaseBook = SqlCases(self.database, self.store.clock)

    def events(self) -> list[tuple[str, str]]:
        """What the chain holds: event and case, in order."""
        return [(e.manifest["event"], e.manifest["case"]) for e in self.store.chain.entries("north")]

    def manifest(self, event: Event) -> dict[str, Any]:
        entry = self.store.chain.find("north", CASE, event)
        assert entry is not None
        return entry.manifest

    def picture(self, event: Event, kind: str) -> films.Image:
        data = np.frombuffer(self.store.blobs.get(self.key(event, kind)), np.uint8)
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)

    def key(self, event: Event, kind: str) -> str:
        [key] = [file["key"] for file in self.manifest(event)["files"] if file["kind"] == kind]
        return str(key)

    def clip_times(self, event: Event) -> list[float]:
        """The time that each picture of the clip tells."""
        with av.open(self.store.root / self.key(event, "clip")) as container:
            pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        return [films.read_time(np.asarray(picture, np.uint8)) for picture in pictures]

    def proved(self) -> bool:
        report = verify_store(self.store.root, self.store.key.public)
        return report.ok and not report.unsealed

    def alerts(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Outbox.type).order_by(Outbox.seq)))


@pytest.fixture(scope="session")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one camera and no case."""
    path = tmp_path_factory.mktemp("rows") / "rows.db"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    Inventory(database).declare(
        [DeclaredDistrict("haidian", "海淀区")],
        [DeclaredSite("north", "北区食堂", "haidian")],
        [DeclaredCamera("north-cam", "灶台", "north")],
    )
    database.close()
    return path


@pytest.fixture
def office(tmp_path: Path, rows: Path) -> Iterator[Office]:
    office = Office(tmp_path, rows)
    yield office
    office.database.close()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six seconds whose pictures tell their time; blurred until 3 s."""

    def paint(image: films.Image, t: float) -> None:
        films.paint_time(image, t)
        if t < 3:
            # Only below the row that codes the time.
            image[40:] = cv2.GaussianBlur(image[40:], (0, 0), 4)

    return films.make_film(tmp_path_factory.mktemp("film") / "kitchen.mp4", seconds=6, fps=10, painter=paint)


class Camera:
    """A film played as a live camera would be: only the last `held` seconds up to now are at hand."""

    def __init__(self, film: Footage, held: float = 60.0) -> None:
        self._film, self._held, self.now = film, held, 0.0

    def until(self) -> float:
        return self.now

    def cut(self, begin: float, end: float) -> Clip | None:
        begin = max(begin, self.now - self._held)
        return self._film.cut(begin, min(end, self.now)) if begin < end else None


def source_of(film: Path) -> FilmSource:
    return FilmSource(CAMERA.id, film, START, FullAttention(5.0))


def recorder_of(office: Office, footage: Footage, **parts: Any) -> CaseRecorder:
    given: dict[str, Any] = {
        "blobs": office.store.blobs,
        "chain": office.store.chain,
        "cases": office.cases,
        "submit": lambda job: job(),
        "attest": {"model": "0" * 64, "camera_name": "灶台"},
        "settings": SETTINGS,
    }
    return CaseRecorder(camera=CAMERA, footage=footage, **{**given, **parts})


def changes_at(t: float) -> list[Change]:
    """What the rules would say: opened, updated, closed at these moments."""
    at = {ALARM: Phase.OPENED, UPDATED: Phase.UPDATED, CLOSED: Phase.CLOSED}
    phase = next((phase for moment, phase in at.items() if abs(moment - t) < 0.01), None)
    return [Change(phase, violation_at(t, phase))] if phase else []


def violation_at(t: float, phase: Phase) -> Violation:
    scores = tuple((OPENED + place / 5, float(place)) for place in range(int((t - OPENED) * 5)))
    if phase is not Phase.CLOSED:
        return replace(VIOLATION, scores=scores)
    return replace(VIOLATION, scores=scores, closed=t, closed_at=START)


def play(
    recorder: CaseRecorder,
    film: Path,
    camera: Camera | None = None,
    script: Callable[[float], Sequence[Change]] = changes_at,
    until: float = 60.0,
) -> None:
    """A line in little: frames, one person in the picture, and the scripted changes."""
    for frame in source_of(film).frames():
        if frame.t > until:
            break
        if camera is not None:
            camera.now = frame.t
        recorder.step(frame, *seen(frame), list(script(frame.t)))
    recorder.finish([])


def seen(frame: Frame) -> tuple[list[Track], list[Look]]:
    box = np.array(VIOLATION.box, np.float32)
    sighting = Sighting(frame.t, 1, Kind.NO_HAT, 0.9, 0.0, 40.0)
    return [Track(1, box, 0.9, frame.t, 0.0)], [Look(frame.t, 1, Detections.none(), (sighting,))]


def test_a_film_gives_a_case_with_all_its_evidence_at_once(office: Office, film: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    assert office.events() == [("opened", str(CASE)), ("closed", str(CASE))]
    assert office.cases.known(CASE) == SNAPSHOTS | {"clip", "best", "closed"}
    assert office.key(Event.OPENED, "snapshot") == f"evidence/north/2026-11-22/{CASE}/snapshot.jpg"
    assert films.read_time(office.picture(Event.OPENED, "snapshot")) == pytest.approx(ALARM, abs=0.02)
    assert office.picture(Event.OPENED, "annotated").shape[0] > office.picture(Event.OPENED, "snapshot").shape[0]
    assert office.picture(Event.OPENED, "crop").shape == (180, 104, 3)
    assert office.alerts() == ["cn.kitchenwatch.case.opened", "cn.kitchenwatch.case.closed"]
    assert office.proved()


def test_the_clip_reaches_from_before_the_opening_to_after_the_alarm(office: Office, film: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    times = office.clip_times(Event.OPENED)
    assert times[0] <= OPENED - SETTINGS.before
    assert any(abs(t - ALARM) < 0.02 for t in times)
    assert times[-1] == pytest.approx(ALARM + SETTINGS.after, abs=0.11)
    [clip] = [file for file in office.manifest(Event.OPENED)["files"] if file["kind"] == "clip"]
    assert clip["begins"] == "2026-11-22T03:00:01+00:00"


def test_manifests_say_what_was_seen_and_with_what(office: Office, film: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    opened, closed = office.manifest(Event.OPENED), office.manifest(Event.CLOSED)
    assert violation_from(opened["violation"]).opened == OPENED
    assert opened["alarm"] == {"t": pytest.approx(ALARM), "at": "2026-11-22T03:00:02.400000+00:00"}
    assert opened["attest"] == {"camera": "north-cam", "camera_name": "灶台", "model": "0" * 64}
    assert "missing" not in opened
    sealed = violation_from(closed["violation"])
    assert sealed.closed == pytest.approx(CLOSED)
    assert len(sealed.scores) > len(violation_from(opened["violation"]).scores)


def test_the_best_snapshot_is_the_sharpest(office: Office, film: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    assert films.read_time(office.picture(Event.CLOSED, "best")) == pytest.approx(UPDATED, abs=0.02)
    assert office.manifest(Event.CLOSED)["best_at"] == "2026-11-22T03:00:03.200000+00:00"


def test_a_live_line_that_ends_writes_the_clip_with_what_there_is(office: Office, film: Path) -> None:
    camera = Camera(source_of(film).footage)
    play(recorder_of(office, camera), film, camera, until=3.0)
    assert [event for event, _ in office.events()] == ["opened", "clip"]
    assert office.clip_times(Event.CLIP)[-1] == pytest.approx(3.0, abs=0.11)


def test_a_live_clip_waits_for_its_end(office: Office, film: Path) -> None:
    camera = Camera(source_of(film).footage, held=4.5)
    recorder = recorder_of(office, camera)
    known = []
    for frame in source_of(film).frames():
        camera.now = frame.t
        recorder.step(frame, *seen(frame), changes_at(frame.t))
        known.append((round(frame.t, 1), "clip" in office.cases.known(CASE), bool(office.cases.known(CASE))))
    assert (2.4, False, True) in known
    assert (4.2, False, True) in known
    assert (4.4, True, True) in known
    assert office.clip_times(Event.CLIP)[0] <= OPENED - SETTINGS.before
    assert office.clip_times(Event.CLIP)[-1] == pytest.approx(ALARM + SETTINGS.after, abs=0.11)
    assert office.alerts().count("cn.kitchenwatch.case.clip") == 1
    assert office.proved()


def test_footage_that_a_reconnect_forgets_was_secured_at_the_alarm(office: Office, film: Path) -> None:
    camera = Camera(source_of(film).footage)
    recorder = recorder_of(office, camera)
    for frame in source_of(film).frames():
        camera.now = frame.t
        if frame.t > ALARM + 0.5:
            camera._held = 0.3
        recorder.step(frame, *seen(frame), changes_at(frame.t))
    times = office.clip_times(Event.CLIP)
    assert any(abs(t - ALARM) < 0.11 for t in times)
    assert times[0] <= OPENED - SETTINGS.before


def test_a_clip_is_never_longer_than_allowed(office: Office, film: Path) -> None:
    settings = RecorderSettings(before=5.0, after=1.0, longest=2.0)
    play(recorder_of(office, source_of(film).footage, settings=settings), film)
    times = office.clip_times(Event.OPENED)
    # A clip begins with a keyframe; these come every second.
    assert ALARM - 2.0 <= times[0] <= ALARM - 1.0
    assert any(abs(t - ALARM) < 0.02 for t in times)


class NoFootage:
    """Footage that cannot be read, of which nothing is held, or that makes no film."""

    def __init__(self, error: Exception | None, clip: Clip | None = None) -> None:
        self._error, self._clip = error, clip

    def until(self) -> float:
        return float("inf")

    def cut(self, begin: float, end: float) -> Clip | None:
        if self._error:
            raise self._error
        return self._clip


class BrokenClip:
    """A clip that is held, but whose stream nobody can read."""

    begins, t = START, (1.0, 6.0)

    def joined(self, later: Self) -> Self:
        return self

    def write(self, path: Path) -> None:
        path.write_bytes(b"half a film")
        raise SourceUnreadable("the footage is broken, no clip")


@pytest.mark.parametrize(
    ("footage", "reason"),
    [
        (NoFootage(SourceUnreadable("kitchen.mp4: broken")), "broken"),
        (NoFootage(None), "no footage was held"),
        (NoFootage(None, BrokenClip()), "no clip"),
    ],
)
def test_a_case_stands_without_its_clip_and_says_why(
    office: Office, film: Path, footage: NoFootage, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    play(recorder_of(office, footage), film)
    assert office.cases.known(CASE) == SNAPSHOTS | {"best", "closed"}
    assert reason in office.manifest(Event.OPENED)["missing"]["clip"]
    assert reason in caplog.text
    assert office.proved()


def test_a_film_that_vanishes_costs_only_the_clip(office: Office, film: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(film, tmp_path / "vanishing.mp4"))
    recorder = recorder_of(office, source_of(copy).footage)
    frames = list(source_of(copy).frames())
    copy.unlink()
    for frame in frames:
        recorder.step(frame, *seen(frame), changes_at(frame.t))
    recorder.finish([])
    assert "vanishing.mp4" in office.manifest(Event.OPENED)["missing"]["clip"]
    assert office.cases.known(CASE) == SNAPSHOTS | {"best", "closed"}


def test_a_person_outside_the_picture_has_no_crop(office: Office, film: Path) -> None:
    def script(t: float) -> list[Change]:
        return [
            Change(change.phase, replace(change.violation, box=(900.0, 10.0, 990.0, 90.0))) for change in changes_at(t)
        ]

    play(recorder_of(office, source_of(film).footage), film, script=script)
    assert office.cases.known(CASE) == {"snapshot", "annotated", "clip", "best", "closed"}


def test_the_end_of_the_footage_closes_what_is_open(office: Office, film: Path) -> None:
    recorder = recorder_of(office, source_of(film).footage)
    for frame in source_of(film).frames():
        recorder.step(frame, *seen(frame), [c for c in changes_at(frame.t) if c.phase is Phase.OPENED])
    recorder.finish([Change(Phase.CLOSED, violation_at(6.0, Phase.CLOSED))])
    assert "closed" in office.cases.known(CASE)


def test_the_same_film_twice_seals_nothing_new(office: Office, film: Path) -> None:
    for _ in range(2):
        play(recorder_of(office, source_of(film).footage), film)
    assert len(office.events()) == 2
    assert len(office.alerts()) == 2
    assert office.proved()


def test_a_known_case_is_left_alone_though_its_entry_is_damaged(office: Office, film: Path, tmp_path: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    office.store.blobs.put("chain/north/00000001.json", b"damaged")
    chain = FileChain(office.store.blobs, office.store.key, office.store.clock, tmp_path / "locks")
    play(recorder_of(office, source_of(film).footage, chain=chain), film)
    assert office.events() == [("closed", str(CASE))]


def test_rows_that_were_lost_come_back_from_the_seal(office: Office, film: Path, tmp_path: Path, rows: Path) -> None:
    play(recorder_of(office, source_of(film).footage), film)
    files = sorted(path for path in (office.store.root / "evidence").rglob("*") if path.is_file())
    sealed = [path.stat().st_ino for path in files]
    shutil.copy(rows, tmp_path / "fresh.db")
    database = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    cases = SqlCases(database, office.store.clock)
    play(recorder_of(office, source_of(film).footage, cases=cases), film)
    assert cases.known(CASE) == SNAPSHOTS | {"clip", "best", "closed"}
    assert len(office.events()) == 2
    # A newer encoder would make other bytes: what is sealed must not be written again.
    assert [path.stat().st_ino for path in files] == sealed
    database.close()


class PowerCut(Exception):
    """The process ends here."""


class Fuse:
    """Blows at its n-th spark."""

    def __init__(self, at: int) -> None:
        self._at, self._sparks = at, count()

    def spark(self) -> None:
        if next(self._sparks) == self._at:
            raise PowerCut


class FusedBlobs(DiskBlobs):
    """Blobs that may fail before or after each write."""

    def __init__(self, root: Path, fuse: Fuse) -> None:
        super().__init__(root)
        self._fuse = fuse

    def put(self, key: str, data: bytes) -> None:
        self._fuse.spark()
        super().put(key, data)
        self._fuse.spark()

    def put_file(self, key: str, path: Path) -> None:
        self._fuse.spark()
        super().put_file(key, path)
        self._fuse.spark()


class FusedCases:
    """A case book that may fail before or after each transaction."""

    def __init__(self, cases: CaseBook, fuse: Fuse) -> None:
        self._cases, self._fuse = cases, fuse

    def open(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> bool:
        self._fuse.spark()
        opened = self._cases.open(violation, files, entry)
        self._fuse.spark()
        return opened

    def add_evidence(self, case: UUID, files: Sequence[EvidenceFile], entry: Entry) -> None:
        self._fuse.spark()
        self._cases.add_evidence(case, files, entry)
        self._fuse.spark()

    def close(self, violation: Violation, files: Sequence[EvidenceFile], entry: Entry) -> None:
        self._fuse.spark()
        self._cases.close(violation, files, entry)
        self._fuse.spark()

    def known(self, case: UUID) -> frozenset[str]:
        return self._cases.known(case)


def test_whenever_the_power_is_cut_a_second_run_makes_it_whole(film: Path, tmp_path: Path, rows: Path) -> None:
    cuts = 0
    for at in count():
        folder = tmp_path / str(at)
        folder.mkdir()
        office, fuse = Office(folder, rows), Fuse(at)
        blobs: Blobs = FusedBlobs(office.store.root, fuse)
        chain = FileChain(blobs, office.store.key, office.store.clock, folder / "locks")
        cases = FusedCases(office.cases, fuse)
        try:
            play(recorder_of(office, source_of(film).footage, blobs=blobs, chain=chain, cases=cases), film)
        except PowerCut:
            cuts += 1
            play(recorder_of(office, source_of(film).footage), film)
            whole = False
        else:
            whole = True
        assert office.events() == [("opened", str(CASE)), ("closed", str(CASE))], at
        assert office.cases.known(CASE) == SNAPSHOTS | {"clip", "best", "closed"}, at
        assert len(office.alerts()) == 2, at
        assert office.proved(), at
        office.database.close()
        if whole:
            break
    # 4 files, the first head, entry, head and rows at the opening; a file, entry, head and rows at the close.
    assert cuts == 2 * 12


class FullOnce(DiskBlobs):
    """A disk that is full at each first try of a key."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._tried: set[str] = set()

    def put(self, key: str, data: bytes) -> None:
        self._refuse(key)
        super().put(key, data)

    def put_file(self, key: str, path: Path) -> None:
        self._refuse(key)
        super().put_file(key, path)

    def _refuse(self, key: str) -> None:
        if key not in self._tried:
            self._tried.add(key)
            raise StorageFull("no room left")


def test_jobs_may_be_tried_until_there_is_room(office: Office, film: Path, tmp_path: Path) -> None:
    blobs = FullOnce(office.store.root)
    chain = FileChain(blobs, office.store.key, office.store.clock, tmp_path / "locks")
    tries = 0

    def stubborn(job: Callable[[], None]) -> None:
        nonlocal tries
        for _ in range(20):
            tries += 1
            try:
                return job()
            except StorageFull:
                continue
        pytest.fail("never done")

    camera = Camera(source_of(film).footage)
    play(recorder_of(office, camera, blobs=blobs, chain=chain, submit=stubborn), film, camera)
    assert tries > 10
    assert [event for event, _ in office.events()] == ["opened", "closed", "clip"]
    assert office.cases.known(CASE) == SNAPSHOTS | {"clip", "best", "closed"}
    assert office.proved()
    assert not [path for path in office.store.root.rglob("*.mp4") if ".scratch" in path.parts]
