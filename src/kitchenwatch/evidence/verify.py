"""Proof of a store, offline and with the public key alone: every chain, and every file that it attests."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from kitchenwatch.errors import NotFound, SealError, StorageError
from kitchenwatch.evidence.findings import Finding, Problem, Report
from kitchenwatch.evidence.fingerprint import fingerprint
from kitchenwatch.evidence.folder import Folder, Readable
from kitchenwatch.evidence.keys import PublicKey
from kitchenwatch.evidence.layout import CHAIN, EVIDENCE, sites_in
from kitchenwatch.evidence.links import ChainWalker, Walk, Witness
from kitchenwatch.evidence.timestamp import TimestampVerifier
from kitchenwatch.evidence.zipped import Zipped
from kitchenwatch.manifest import Event, file_from
from kitchenwatch.model import Entry, EvidenceFile

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class _Tally:
    """What has been seen so far."""

    files: int = 0
    removed: int = 0
    findings: list[Finding] = field(default_factory=list)


class _Meter:
    """Counts files for whoever watches."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._done, self._total, self._progress = 0, total, progress

    def tick(self) -> None:
        self._show(self._done + 1)

    def finish(self) -> None:
        """All is done, though some files were not there and others not asked for."""
        self._show(self._total)

    def _show(self, done: int) -> None:
        self._done = min(done, self._total)
        if self._progress:
            self._progress(self._done, self._total)


def verify_store(
    store: Readable | Path,
    public_key: PublicKey,
    *,
    case: UUID | None = None,
    witnesses: Sequence[Witness] = (),
    timestamps: TimestampVerifier | None = None,
    progress: Progress | None = None,
) -> Report:
    """Check everything that is sealed in a store.

    Args:
        store: a blob store, or a folder or zip (perhaps a copy) that holds `chain/` and `evidence/`.
        public_key: of the installation that sealed it.
        case: check only the files of this case, and the whole chain of its site.
        witnesses: what was told to others about the chains.
        timestamps: checks time-stamps; without it they are left alone.
        progress: called with (files done, files in all).

    Raises:
        NotFound: there is no such folder.
        SealError: nothing is sealed there, or nothing about that case.
        StorageError: the store cannot be listed, or is no zip.
    """
    readable = _readable(store) if isinstance(store, Path) else store
    evidence = list(readable.keys(EVIDENCE))
    chains = list(readable.keys(CHAIN))
    meter = _Meter(len(evidence) + len(chains), progress)
    walker = ChainWalker(readable, public_key, timestamps, meter.tick)
    walks = [
        walker.walk(site, [witness for witness in witnesses if witness.site == site])
        for site in _sites([*chains, *evidence], witnesses)
    ]
    if not walks:
        raise SealError("nothing is sealed here -> give the folder that holds chain/ and evidence/")
    if case is not None:
        walks = _walks_about(walks, case)
        evidence = [key for key in evidence if f"/{case}/" in key]
    tally = _Tally()
    attested: set[str] = set()
    for walk in walks:
        tally.findings += walk.findings
        attested |= _check_files(readable, walk, case, tally, meter)
    meter.finish()
    return Report(
        sites=len(walks),
        entries=sum(len(walk.placed) for walk in walks),
        files=tally.files,
        removed=tally.removed,
        timestamps=sum(walk.timestamps for walk in walks),
        findings=tuple(tally.findings),
        unsealed=tuple(key for key in evidence if key not in attested),
    )


def _readable(path: Path) -> Readable:
    return Zipped(path) if path.is_file() else Folder(path)


def _sites(keys: list[str], witnesses: Sequence[Witness]) -> list[str]:
    # Also sites without a chain: somebody may have taken it away.
    return sorted({*sites_in(keys), *(witness.site for witness in witnesses)})


def _walks_about(walks: list[Walk], case: UUID) -> list[Walk]:
    about = [walk for walk in walks if any(_is_about(entry, case) for entry in walk.entries)]
    if about:
        return about
    damaged = [walk for walk in walks if walk.findings]
    if not damaged:
        raise SealError(f"nothing is sealed about case {case} -> look for its id on the page or in the alert")
    # What is damaged may have been about it.
    return damaged


def _is_about(entry: Entry, case: UUID | None) -> bool:
    return case is None or entry.manifest.get("case") == str(case)


def _check_files(store: Readable, walk: Walk, case: UUID | None, tally: _Tally, meter: _Meter) -> set[str]:
    """Check every file that the chain attests; returns their keys."""
    attested = set()
    removed = {body["key"] for entry in _told(walk, Event.REMOVED) for body in _bodies(entry)}
    for event in (Event.OPENED, Event.CLIP, Event.CLOSED, Event.FOUND, Event.UPLOAD):
        for entry in _told(walk, event):
            for file in map(file_from, _bodies(entry) if _is_about(entry, case) else ()):
                attested.add(file.key)
                _check_file(store, entry, file, file.key in removed, tally)
                meter.tick()
    return attested


def _told(walk: Walk, event: Event) -> Iterator[Entry]:
    return (entry for entry in walk.entries if entry.manifest.get("event") == event)


def _bodies(entry: Entry) -> list[dict[str, Any]]:
    return list(entry.manifest.get("files", ()))


def _check_file(store: Readable, entry: Entry, file: EvidenceFile, removed: bool, tally: _Tally) -> None:
    def blame(problem: Problem, detail: str) -> None:
        case = entry.manifest.get("case")
        tally.findings.append(Finding(problem, entry.site, file.key, f"{detail} (sealed in entry {entry.seq})", case))

    try:
        with store.open(file.key) as stream:
            sha256, _ = fingerprint(stream)
    except NotFound:
        if removed:
            tally.removed += 1
        else:
            blame(Problem.MISSING, "is not there")
    except (StorageError, OSError) as error:
        blame(Problem.UNREADABLE, f"cannot be read: {error}")
    else:
        if sha256 == file.sha256:
            tally.files += 1
        else:
            blame(Problem.CHANGED, f"has SHA-256 {sha256}, sealed was {file.sha256}")
