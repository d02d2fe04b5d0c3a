"""Each site's chain of signed manifests, in the blob store.

An entry attests a manifest and, by `prev`, everything sealed before it; the head says how long the chain is.
The entry is written before the head, so after a crash one entry may lie beyond the head; it counts.
"""

import base64
import hashlib
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from filelock import FileLock, Timeout

from kitchenwatch.errors import NotFound, SealError, StorageError
from kitchenwatch.evidence.keys import SigningKey
from kitchenwatch.evidence.layout import CHAIN, chain_prefix, entry_key, head_key, seq_of, sites_in
from kitchenwatch.evidence.register import Register
from kitchenwatch.evidence.signed import canonical, digest, parsed, signed, verified
from kitchenwatch.evidence.timestamp import Timestamper
from kitchenwatch.manifest import moment
from kitchenwatch.model import Entry
from kitchenwatch.ports import Blobs, Clock

log = logging.getLogger(__name__)

VERSION = 1
# Sealing takes milliseconds, with a slow time-stamp seconds; whoever holds the lock longer is stuck.
LOCK_TIMEOUT_S = 60.0


class FileChain:
    """Seals manifests; several processes may share a store.

    Args:
        blobs: where entries and heads are written.
        key: signs them.
        clock: dates them.
        locks: a folder on this machine for the lock files, one a site.
        timestamper: asks a third party to attest the time, where there is one.
    """

    def __init__(
        self, blobs: Blobs, key: SigningKey, clock: Clock, locks: Path, timestamper: Timestamper | None = None
    ) -> None:
        self._blobs, self._key, self._clock = blobs, key, clock
        self._locks, self._timestamper = locks, timestamper
        self._register = Register(self._read)
        # One thread at a time: the register is shared, and the file lock is there for other processes.
        self._turn = threading.Lock()

    def append(self, site: str, manifest: Mapping[str, Any]) -> Entry:
        """Seal a manifest as the site's next entry, durably.

        Sealing an event that happens once to a case (see `register.ONCE`) again returns the entry that is there.

        Raises:
            StorageFull, StorageError: it could not be written; nothing has been sealed.
            SealError: the manifest cannot be told in JSON.
        """
        with self._locked(site):
            seq, prev = self._tip(site)
            if (sealed := self._register.find(site, seq, manifest)) is not None:
                return sealed
            if seq == 0:
                # Every chain has a head from the start, so that one without has lost it.
                self._write_head(site, 0, None)
            entry = self._entry(site, seq + 1, prev, manifest)
            self._write_entry(entry)
            self._write_head(site, entry.seq, entry.sha256)
            return entry

    def find(self, site: str, case: UUID, event: str) -> Entry | None:
        """The entry that sealed this event (`opened`, `clip` or `closed`) of this case, if there is one."""
        with self._locked(site):
            seq, _ = self._tip(site)
            return self._register.find(site, seq, {"case": str(case), "event": event})

    def entries(self, site: str) -> Iterator[Entry]:
        """The chain as written, from the first entry, unverified; what cannot be read is left out and logged."""
        for key in self._blobs.keys(chain_prefix(site)):
            if (seq := seq_of(key)) is not None and (entry := self._read(site, seq)) is not None:
                yield entry

    def sites(self) -> list[str]:
        """Every site that has a chain."""
        return sites_in(self._blobs.keys(CHAIN))

    def _entry(self, site: str, seq: int, prev: str | None, manifest: Mapping[str, Any]) -> Entry:
        sealed_at = moment(self._clock.now())
        full = {**manifest, "version": VERSION, "site": site, "seq": seq, "prev": prev, "sealed_at": sealed_at}
        return Entry(site, seq, full, digest(full), entry_key(site, seq))

    def _write_entry(self, entry: Entry) -> None:
        token = self._timestamper.stamp(canonical(entry.manifest)) if self._timestamper else None
        stamp = base64.b64encode(token).decode("ascii") if token else None
        body = {"manifest": entry.manifest, "sha256": entry.sha256, "timestamp": stamp}
        self._blobs.put(entry.key, signed(body, self._key))

    def _write_head(self, site: str, seq: int, sha256: str | None) -> None:
        head = {"site": site, "seq": seq, "sha256": sha256}
        self._blobs.put(head_key(site), signed(head, self._key))

    def _tip(self, site: str) -> tuple[int, str | None]:
        """Place and digest of the last entry.

        Sealing goes on after whatever lies there, sound or not, and even if the last entries are gone: a damaged
        chain is for `verify_store` to tell, and no reason to lose what happens today.
        """
        seq, sha256 = self._head(site) or self._highest(site)
        while (beyond := self._get(entry_key(site, seq + 1))) is not None:
            seq, sha256 = seq + 1, _link(beyond)
        return seq, sha256

    def _head(self, site: str) -> tuple[int, str | None] | None:
        raw = self._get(head_key(site))
        if raw is None:
            return None
        try:
            head = verified(raw, self._key.public)
            return int(head["seq"]), head["sha256"]
        except (SealError, KeyError) as error:
            log.error("%s %s; sealing goes on after the last entry -> kitchenwatch verify", head_key(site), error)
            return None

    def _highest(self, site: str) -> tuple[int, str | None]:
        """The last entry found by looking through the folder; (0, None) for a new chain."""
        seqs = [seq for key in self._blobs.keys(chain_prefix(site)) if (seq := seq_of(key)) is not None]
        raw = self._get(entry_key(site, max(seqs))) if seqs else None
        return (max(seqs), _link(raw)) if raw is not None else (0, None)

    def _read(self, site: str, seq: int) -> Entry | None:
        key = entry_key(site, seq)
        raw = self._get(key)
        if raw is None:
            return None
        try:
            body = parsed(raw)
            return Entry(site, seq, dict(body["manifest"]), str(body["sha256"]), key)
        except (SealError, KeyError, TypeError, ValueError):
            log.error("site %s: %s is damaged -> kitchenwatch verify", site, key)
            return None

    def _get(self, key: str) -> bytes | None:
        try:
            return self._blobs.get(key)
        except NotFound:
            return None

    @contextmanager
    def _locked(self, site: str) -> Iterator[None]:
        lock = FileLock(self._locks / f"{site}.lock", timeout=LOCK_TIMEOUT_S)
        with self._turn:
            try:
                self._locks.mkdir(parents=True, exist_ok=True)
                lock.acquire()
            except Timeout as error:
                raise StorageError(f"site {site}: another process has been sealing for {LOCK_TIMEOUT_S:g} s") from error
            except OSError as error:
                raise StorageError(f"{self._locks}: cannot lock: {error.strerror}") from error
            try:
                yield
            finally:
                lock.release()


def _link(raw: bytes) -> str:
    """What the next entry names as `prev`: the manifest's digest, or that of the bytes if they are damaged."""
    try:
        return digest(parsed(raw)["manifest"])
    except (SealError, KeyError, TypeError, ValueError):
        return hashlib.sha256(raw).hexdigest()
