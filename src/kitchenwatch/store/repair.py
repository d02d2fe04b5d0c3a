"""Finds and mends what a crash left half done between chain, rows and files.

What must hold: every sealed manifest has its rows; every row of evidence and uploads that is not removed has its files;
every file below `evidence/` is named by a manifest that no later one revokes; no violation is open that nobody watches.

A step or a patrol finding that was sealed, but whose rows were lost, has not happened: whoever made it was told so, and
made it again. Its seal stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from kitchenwatch.errors import NotFound
from kitchenwatch.manifest import Event, file_from, violation_body, violation_from
from kitchenwatch.model import Entry, EvidenceFile, Violation
from kitchenwatch.ports import Blobs, CaseBook, Chain, Clock
from kitchenwatch.store import tables
from kitchenwatch.store.database import Database
from kitchenwatch.store.rows import violation_of
from kitchenwatch.store.tables import Case, Evidence, Upload
from kitchenwatch.store.uploads import adopt_upload

EVIDENCE = "evidence/"
INTERRUPTED = "interrupted"


class Trouble(StrEnum):
    """What is wrong."""

    UNADOPTED = "unadopted"  # sealed, but not in the rows
    UNREADABLE = "unreadable"  # a manifest that says nothing we understand
    ORPHAN = "orphan"  # a file that no manifest names
    LEFTOVER = "leftover"  # a file that retention meant to delete
    LEFT_OPEN = "left open"  # a violation whose process died
    MISSING = "missing"  # a file that should be there


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is not as it must be.

    Attributes:
        place: key of the file or entry, or the case's id.
        text: what is wrong, in a sentence.
        mendable: whether `run` can mend it.
    """

    trouble: Trouble
    place: str
    text: str
    mendable: bool = True


Finding = tuple[Problem, Callable[[], None]]


class Repair:
    """Looks after the store. No other process may write to it meanwhile: what is half done there is not broken."""

    def __init__(self, database: Database, blobs: Blobs, chain: Chain, cases: CaseBook, clock: Clock) -> None:
        self._database, self._blobs, self._chain, self._cases, self._clock = database, blobs, chain, cases, clock
        self._looks = (self._unadopted, self._strays, self._missing, self._left_open)

    def check(self) -> list[Problem]:
        """Everything that is not as it must be; changes nothing."""
        return [problem for look in self._looks for problem, _ in look()]

    def run(self) -> list[Problem]:
        """Mend what can be mended, and say what was; `check` then tells what is left."""
        mended = []
        for look in self._looks:
            for problem, mend in list(look()):
                if problem.mendable and _succeeds(mend):
                    mended.append(problem)
        return mended

    def _unadopted(self) -> Iterator[Finding]:
        rows = _Rows.read(self._database)
        for site in self._chain.sites():
            for entry in self._chain.entries(site):
                yield from self._unadopted_entry(entry, rows)

    def _unadopted_entry(self, entry: Entry, rows: "_Rows") -> Iterator[Finding]:
        try:
            told = _Told.by(entry)
        except (KeyError, TypeError, ValueError):
            text = "this manifest cannot be read -> kitchenwatch verify"
            yield Problem(Trouble.UNREADABLE, entry.key, text, mendable=False), _nothing
            return
        if not rows.hold(told):
            text = f"case {told.case}: {told.event} is sealed but not in the database"
            yield Problem(Trouble.UNADOPTED, entry.key, text), partial(self._adopt, told, entry)

    def _adopt(self, told: "_Told", entry: Entry) -> None:
        match told.event:
            case Event.OPENED if told.violation:
                self._cases.open(told.violation, told.files, entry)
            case Event.CLIP:
                self._cases.add_evidence(told.case, told.files, entry)
            case Event.CLOSED if told.violation:
                self._cases.close(told.violation, told.files, entry)
            case Event.REMOVED:
                self._mark_removed(told)
            case Event.UPLOAD:
                adopt_upload(self._database, entry)

    def _mark_removed(self, told: "_Told") -> None:
        keys = [file.key for file in told.files]
        with self._database.session() as session:
            for table in (Evidence, Upload):
                removed = update(table).where(table.key.in_(keys), table.deleted_at.is_(None))
                session.execute(removed.values(deleted_at=self._clock.now()))

    def _strays(self) -> Iterator[Finding]:
        """Files that nobody names. Where a chain has holes they are told but not touched: the hole may name them."""
        named, removed, holed = self._sealed_keys()
        rows = _Rows.read(self._database)
        for key in self._blobs.keys(EVIDENCE):
            if key in removed:
                text = f"{key}: retention has removed this file, but it is still there"
                yield Problem(Trouble.LEFTOVER, key, text), partial(self._blobs.delete, key)
            elif key not in named and key not in rows.keys:
                site = key.removeprefix(EVIDENCE).partition("/")[0]
                text = f"{key}: no manifest names this file"
                problem = Problem(Trouble.ORPHAN, key, text, mendable=site not in holed)
                yield problem, partial(self._blobs.delete, key)

    def _sealed_keys(self) -> tuple[set[str], set[str], set[str]]:
        """Keys that manifests name, keys that they have removed, and sites whose chain has holes."""
        named, removed, holed = set[str](), set[str](), set[str]()
        for site in self._chain.sites():
            for place, entry in enumerate(self._chain.entries(site), start=1):
                keys = {str(file["key"]) for file in entry.manifest.get("files", ())}
                (removed if entry.manifest.get("event") == Event.REMOVED else named).update(keys)
                if entry.seq != place:
                    holed.add(site)
        return named, removed, holed

    def _missing(self) -> Iterator[Finding]:
        there = set(self._blobs.keys(EVIDENCE))
        for key in sorted(_Rows.read(self._database).keys - there):
            text = f"{key}: the file is missing -> restore it from a backup"
            yield Problem(Trouble.MISSING, key, text, mendable=False), _nothing

    def _left_open(self) -> Iterator[Finding]:
        with self._database.reading() as session:
            query = select(tables.Violation, Case.site_id).join(Case, Case.violation_id == tables.Violation.id)
            rows = session.execute(query.where(tables.Violation.closed_at.is_(None))).all()
        for row, site in rows:
            violation = violation_of(row, site)
            text = f"case {row.id}: the violation is open, but nobody watches any more"
            yield Problem(Trouble.LEFT_OPEN, str(row.id), text), partial(self._close, violation)

    def _close(self, violation: Violation) -> None:
        """Seal and note that it ended, as far as we know, when it was last seen."""
        last = max((t for t, _ in violation.scores), default=violation.opened)
        closed = max(last, violation.opened)
        closed_at = violation.opened_at + timedelta(seconds=closed - violation.opened)
        ended = replace(violation, closed=closed, closed_at=closed_at)
        manifest = {
            "event": Event.CLOSED,
            "case": str(violation.id),
            "violation": violation_body(ended),
            "files": [],
            "reason": INTERRUPTED,
        }
        self._cases.close(ended, (), self._chain.append(violation.site, manifest))


@dataclass(frozen=True, slots=True)
class _Told:
    """What an entry says about a case."""

    event: str
    case: UUID
    violation: Violation | None
    files: tuple[EvidenceFile, ...]

    @classmethod
    def by(cls, entry: Entry) -> "_Told":
        manifest: dict[str, Any] = entry.manifest
        body = manifest["violation"]
        files = tuple(file_from(file) for file in manifest["files"])
        return cls(manifest["event"], UUID(manifest["case"]), violation_from(body) if body else None, files)


@dataclass(frozen=True, slots=True)
class _Rows:
    """What the database holds, as sets.

    Attributes:
        cases: ids of all cases.
        closed: ids of those whose violation has ended.
        kept: case and kind of all evidence that is not removed.
        removed: the same of what is.
        keys: of the files that must be there.
        uploads: keys of the originals of all uploads, removed ones too.
    """

    cases: frozenset[UUID]
    closed: frozenset[UUID]
    kept: frozenset[tuple[UUID, str]]
    removed: frozenset[tuple[UUID, str]]
    keys: frozenset[str]
    uploads: frozenset[str]

    @classmethod
    def read(cls, database: Database) -> "_Rows":
        with database.reading() as session:
            cases = session.scalars(select(Case.id)).all()
            closed = session.scalars(select(tables.Violation.id).where(tables.Violation.closed_at.is_not(None))).all()
            query = select(Evidence.case_id, Evidence.kind, Evidence.key, Evidence.deleted_at)
            evidence = session.execute(query).all()
            uploads = session.execute(select(Upload.key, Upload.shown_key, Upload.deleted_at)).all()
        there = {key for *keys, deleted_at in uploads if deleted_at is None for key in keys}
        kept = {(case, kind): key for case, kind, key, deleted_at in evidence if deleted_at is None}
        removed = {(case, kind) for case, kind, _, deleted_at in evidence if deleted_at is not None}
        return cls(
            cases=frozenset(cases),
            closed=frozenset(closed),
            kept=frozenset(kept),
            removed=frozenset(removed),
            keys=frozenset({*kept.values(), *there}),
            uploads=frozenset(key for key, *_ in uploads),
        )

    def hold(self, told: _Told) -> bool:
        """Whether the rows say what the manifest says."""
        pieces = {(told.case, file.kind.value) for file in told.files}
        match told.event:
            case Event.OPENED:
                return told.case in self.cases
            case Event.CLIP:
                return pieces <= self.kept | self.removed
            case Event.CLOSED:
                return told.case in self.closed
            case Event.REMOVED:
                keys = {file.key for file in told.files}
                return told.case in self.cases and pieces.isdisjoint(self.kept) and keys.isdisjoint(self.keys)
            case Event.UPLOAD:
                return told.files[0].key in self.uploads
        return True


def _nothing() -> None:
    """There is no mending this."""


def _succeeds(mend: Callable[[], None]) -> bool:
    """A manifest whose camera or case is unknown cannot be adopted; `check` goes on telling it."""
    try:
        mend()
    except NotFound:
        return False
    return True
