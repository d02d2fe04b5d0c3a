"""Filing a case: the files, then the seal, then the rows.

Every call may be repeated, after a full disk or a crash: what is sealed is neither written nor sealed again.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kitchenwatch.errors import SourceError
from kitchenwatch.evidence.fingerprint import fingerprint
from kitchenwatch.evidence.layout import JPEG, MP4, evidence_key
from kitchenwatch.manifest import Event, file_body, file_from, moment, violation_body
from kitchenwatch.model import Entry, EvidenceFile, EvidenceKind, Violation
from kitchenwatch.ports import Blobs, CaseBook, Chain, Clip

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Secured:
    """A clip to be written, or why there is none."""

    clip: Clip | None
    missing: str = ""


@dataclass(slots=True)
class _Draft:
    """What becomes a manifest."""

    files: list[EvidenceFile] = field(default_factory=list)
    says: dict[str, Any] = field(default_factory=dict)


class Filing:
    """Files the cases of one camera.

    Args:
        attest: JSON-able; goes into every manifest: what looked, and with which software.
    """

    def __init__(self, blobs: Blobs, chain: Chain, cases: CaseBook, attest: Mapping[str, Any]) -> None:
        self._blobs, self._chain, self._cases, self._attest = blobs, chain, cases, dict(attest)

    def open(
        self,
        violation: Violation,
        alarm: tuple[float, datetime],
        pictures: Mapping[EvidenceKind, bytes],
        clip: Secured | None,
    ) -> None:
        """Seal what there is at the alarm (media time, UTC moment) and open the case.

        Args:
            clip: if it is already there; None if it comes later.
        """
        if self._cases.known(violation.id):
            return

        def draft() -> _Draft:
            made = _Draft([self._picture(violation, kind, data) for kind, data in pictures.items()])
            made.says["alarm"] = {"t": alarm[0], "at": moment(alarm[1])}
            if clip is not None:
                self._write_clip(violation, clip, made)
            return made

        entry = self._sealed(violation, Event.OPENED, draft)
        self._cases.open(violation, _files(entry), entry)

    def add_clip(self, violation: Violation, clip: Secured) -> None:
        """Seal a clip that came later and add it to the case; also seals why there is none."""
        known = self._cases.known(violation.id)
        if not known or EvidenceKind.CLIP in known:
            return

        def draft() -> _Draft:
            made = _Draft()
            self._write_clip(violation, clip, made)
            return made

        entry = self._sealed(violation, Event.CLIP, draft)
        if files := _files(entry):
            self._cases.add_evidence(violation.id, files, entry)

    def close(self, violation: Violation, best: tuple[datetime, bytes] | None) -> None:
        """Seal the whole violation, with its best snapshot (UTC moment, JPEG), and close it."""
        known = self._cases.known(violation.id)
        if not known or "closed" in known:
            return

        def draft() -> _Draft:
            made = _Draft()
            if best is not None:
                made.files.append(self._picture(violation, EvidenceKind.BEST, best[1]))
                made.says["best_at"] = moment(best[0])
            return made

        entry = self._sealed(violation, Event.CLOSED, draft)
        self._cases.close(violation, _files(entry), entry)

    def _sealed(self, violation: Violation, event: Event, draft: Callable[[], _Draft]) -> Entry:
        # What is sealed must not be written again: a newer encoder might make other bytes of the same picture.
        if (found := self._chain.find(violation.site, violation.id, event)) is not None:
            return found
        made = draft()
        manifest = {
            "event": str(event),
            "case": str(violation.id),
            "violation": violation_body(violation),
            "files": [file_body(file) for file in made.files],
            "attest": self._attest,
            **made.says,
        }
        return self._chain.append(violation.site, manifest)

    def _picture(self, violation: Violation, kind: EvidenceKind, data: bytes) -> EvidenceFile:
        key = evidence_key(violation, kind, JPEG)
        self._blobs.put(key, data)
        return EvidenceFile(kind, key, hashlib.sha256(data).hexdigest(), len(data), JPEG)

    def _write_clip(self, violation: Violation, secured: Secured, made: _Draft) -> None:
        """The clip into the draft; the loss of a clip never loses the case."""
        missing = secured.missing
        if secured.clip is not None:
            try:
                made.files.append(self._clip(violation, secured.clip))
                made.says["clip_t"] = list(secured.clip.t)
            except SourceError as error:
                missing = str(error)
        if missing:
            log.warning("camera %s, case %s: no clip: %s", violation.camera, violation.id, missing)
            made.says["missing"] = {str(EvidenceKind.CLIP): missing}

    def _clip(self, violation: Violation, clip: Clip) -> EvidenceFile:
        key = evidence_key(violation, EvidenceKind.CLIP, MP4)
        path = self._blobs.scratch(".mp4")
        try:
            clip.write(path)
            with path.open("rb") as file:
                sha256, size = fingerprint(file)
            self._blobs.put_file(key, path)
        finally:
            path.unlink(missing_ok=True)
        return EvidenceFile(EvidenceKind.CLIP, key, sha256, size, MP4, clip.begins)


def _files(entry: Entry) -> list[EvidenceFile]:
    return [file_from(body) for body in entry.manifest["files"]]
