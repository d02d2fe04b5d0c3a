"""Whether one site's chain is whole: each entry sound, in its place and following the one before."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kitchenwatch.errors import NotFound, SealError, StorageError
from kitchenwatch.evidence.findings import BadSeal, Finding, Problem
from kitchenwatch.evidence.folder import Readable
from kitchenwatch.evidence.keys import PublicKey
from kitchenwatch.evidence.layout import chain_prefix, entry_key, head_key, seq_of
from kitchenwatch.evidence.seal import VERSION
from kitchenwatch.evidence.signed import digest, parsed, verified
from kitchenwatch.evidence.timestamp import TimestampVerifier
from kitchenwatch.model import Entry


@dataclass(frozen=True, slots=True)
class Witness:
    """What somebody outside the store was told of a chain, for example in an alert.

    A chain that was cut off and its head set back looks whole from inside; only this can tell.
    """

    site: str
    seq: int
    sha256: str


@dataclass(slots=True)
class Walk:
    """A site's chain as it was found.

    Attributes:
        entries: those that are authentic, though perhaps in a wrong place.
        placed: place -> digest, for those that are where they belong.
        last: the highest place in which a file lies, 0 if there is none.
    """

    site: str
    entries: list[Entry] = field(default_factory=list)
    placed: dict[int, str] = field(default_factory=dict)
    last: int = 0
    timestamps: int = 0
    findings: list[Finding] = field(default_factory=list)

    def blame(self, problem: Problem, key: str, detail: str, case: str | None = None) -> None:
        """Note something that is wrong."""
        self.findings.append(Finding(problem, self.site, key, detail, case))


class ChainWalker:
    """Walks chains.

    Args:
        store: where they lie; only read.
        key: the installation's public key.
        timestamps: checks time-stamps, where there is a certificate to check them with.
        tick: called after each file.
    """

    def __init__(
        self, store: Readable, key: PublicKey, timestamps: TimestampVerifier | None, tick: Callable[[], None]
    ) -> None:
        self._store, self._key, self._timestamps, self._tick = store, key, timestamps, tick

    def walk(self, site: str, witnesses: Sequence[Witness]) -> Walk:
        """Read the whole chain of a site."""
        walk = Walk(site)
        expected = 1
        for seq in self._places(walk):
            if seq > expected:
                _blame_gap(walk, expected, seq - 1)
            self._entry(walk, seq)
            walk.last, expected = seq, seq + 1
        self._head(walk)
        for witness in witnesses:
            _hear(walk, witness)
        return walk

    def _places(self, walk: Walk) -> list[int]:
        places = []
        for key in self._store.keys(chain_prefix(walk.site)):
            seq = seq_of(key)
            if seq and key == entry_key(walk.site, seq):
                places.append(seq)
            elif key != head_key(walk.site):
                walk.blame(Problem.INSERTED, key, "is no part of a chain")
                self._tick()
        return sorted(places)

    def _entry(self, walk: Walk, seq: int) -> None:
        key = entry_key(walk.site, seq)
        raw = self._read(walk, key)
        if raw is not None:
            try:
                body = self._sound(raw)
                self._judge(walk, seq, body)
            except BadSeal as bad:
                walk.blame(bad.problem, key, str(bad), _case_in(raw))
        self._tick()

    def _sound(self, raw: bytes) -> dict[str, Any]:
        try:
            body = verified(raw, self._key)
        except BadSeal as bad:
            if bad.problem is Problem.FORGED and not _fits(parsed(raw)):
                raise BadSeal(Problem.CHANGED, "does not have the SHA-256 that it names") from bad
            raise
        if not isinstance(body.get("manifest"), dict):
            raise BadSeal(Problem.INSERTED, "is signed, but no entry")
        if body["manifest"]["version"] != VERSION:
            raise BadSeal(Problem.UNREADABLE, "was sealed by a newer version -> update kitchenwatch")
        return body

    def _judge(self, walk: Walk, seq: int, body: dict[str, Any]) -> None:
        manifest = body["manifest"]
        entry = Entry(walk.site, seq, manifest, body["sha256"], entry_key(walk.site, seq))
        walk.entries.append(entry)
        self._stamp(walk, entry, body["timestamp"])
        if (manifest["site"], manifest["seq"]) != (walk.site, seq):
            raise BadSeal(Problem.OUT_OF_ORDER, f"holds entry {manifest['seq']} of site {manifest['site']}")
        walk.placed[seq] = entry.sha256
        # If the one before is damaged that has been said; this one is no worse for it.
        before = walk.placed.get(seq - 1, manifest["prev"]) if seq > 1 else None
        if manifest["prev"] != before:
            raise BadSeal(Problem.OUT_OF_ORDER, f"does not follow entry {seq - 1} as it lies here")

    def _stamp(self, walk: Walk, entry: Entry, token: str | None) -> None:
        if token is None or self._timestamps is None:
            return
        try:
            self._timestamps.check(base64.b64decode(token), entry.sha256)
            walk.timestamps += 1
        except SealError as error:
            walk.blame(Problem.TIMESTAMP, entry.key, f"has a bad time-stamp: {error}", entry.manifest.get("case"))

    def _head(self, walk: Walk) -> None:
        key = head_key(walk.site)
        raw = self._read(walk, key)
        if raw is None:
            return
        try:
            _judge_head(walk, verified(raw, self._key))
        except BadSeal as bad:
            walk.blame(bad.problem, key, str(bad))
        self._tick()

    def _read(self, walk: Walk, key: str) -> bytes | None:
        try:
            return self._store.get(key)
        except NotFound:
            walk.blame(Problem.MISSING, key, "is not there")
        except StorageError as error:
            walk.blame(Problem.UNREADABLE, key, f"cannot be read: {error}")
        return None


def _judge_head(walk: Walk, head: dict[str, Any]) -> None:
    if "manifest" in head or head["site"] != walk.site:
        raise BadSeal(Problem.OUT_OF_ORDER, "is signed, but not this chain's head")
    seq = head["seq"]
    if seq > walk.last:
        raise BadSeal(Problem.CUT_OFF, f"says that the chain has {seq} entries; it ends with entry {walk.last}")
    # A crash leaves at most one entry beyond the head.
    if seq < walk.last - 1:
        raise BadSeal(Problem.OUT_OF_ORDER, f"says that the chain has {seq} entries; it has {walk.last}")
    if walk.placed.get(seq, head["sha256"]) != head["sha256"]:
        raise BadSeal(Problem.OUT_OF_ORDER, f"does not fit entry {seq}")


def _blame_gap(walk: Walk, first: int, last: int) -> None:
    many = f"to {entry_key(walk.site, last)} are not there" if last > first else "is not there"
    walk.blame(Problem.MISSING, entry_key(walk.site, first), many)


def _hear(walk: Walk, witness: Witness) -> None:
    key = entry_key(walk.site, witness.seq)
    if witness.seq > walk.last:
        walk.blame(Problem.CUT_OFF, key, f"was told to a witness; the chain ends with entry {walk.last}")
    elif walk.placed.get(witness.seq, witness.sha256) != witness.sha256:
        walk.blame(Problem.CHANGED, key, f"is not the one that a witness was told of ({witness.sha256})")


def _fits(body: dict[str, Any]) -> bool:
    manifest = body.get("manifest")
    return isinstance(manifest, dict) and digest(manifest) == body.get("sha256")


def _case_in(raw: bytes) -> str | None:
    """The case that a damaged entry still seems to name."""
    try:
        case = parsed(raw)["manifest"]["case"]
    except (SealError, KeyError, TypeError):
        return None
    return case if isinstance(case, str) else None
