"""Takes in the photos of an answer: looks at each, makes the copy for people, and files both.

One photo at a time is decoded, whoever sends it: that bounds the memory, and leaves the processor to the cameras.
"""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Request

from kitchenwatch.errors import Conflict, NotFound
from kitchenwatch.lifecycle import Act
from kitchenwatch.model import CaseStatus, EvidenceKind
from kitchenwatch.photos.doubts import own_doubts
from kitchenwatch.photos.examine import Photo, examine
from kitchenwatch.photos.likeness import likeness_of
from kitchenwatch.photos.refusal import PhotoRefused
from kitchenwatch.photos.watermark import stamped
from kitchenwatch.store.sent import Position, Sent
from kitchenwatch.store.tables import Case, Upload
from kitchenwatch.web.auth import Caller
from kitchenwatch.web.deps import WebDeps
from kitchenwatch.web.pace import Pace
from kitchenwatch.web.watermark import watermark

CHUNK = 1 << 20
# Ten photos and their corrections, several times over.
MOST_PHOTOS = 60


@dataclass(frozen=True, slots=True)
class Arrival:
    """A photo as it arrives: a seekable stream, what it is meant to be, and where its sender says to be."""

    stream: BinaryIO
    purpose: EvidenceKind
    position: Position | None


class Receiving:
    """The door for photos."""

    def __init__(self, deps: WebDeps) -> None:
        self._deps = deps
        self._turn = CapacityLimiter(1)
        self._pace = Pace(deps.clock, MOST_PHOTOS, "photos")

    def begin(self, caller: Caller) -> None:
        """Before anything is read. Raises TooManyAttempts."""
        self._pace.enter(caller.name)

    async def take(self, caller: Caller, case: Case, arrival: Arrival) -> Upload:
        """The photo, filed.

        Args:
            case: what it is about, as the caller may see it, with site, steps and evidence.

        Raises:
            PhotoRefused: it is no photo that we take.
            Conflict: nothing is asked about the case now.
            Invalid: there are enough photos.
            StorageFull, StorageError: it cannot be kept.
        """
        return await to_thread.run_sync(self._take, caller, case, arrival, limiter=self._turn)

    def _take(self, caller: Caller, case: Case, arrival: Arrival) -> Upload:
        photo = examine(arrival.stream, ZoneInfo(case.site.timezone))
        scratch = self._deps.blobs.scratch(f".{photo.suffix}")
        try:
            sha256, length = _copy(arrival.stream, scratch)
            sent = self._sent(caller, case, arrival, photo, scratch, sha256, length)
            return self._deps.uploads.add(case.id, sent, caller.actor)
        finally:
            scratch.unlink(missing_ok=True)

    def _sent(
        self, caller: Caller, case: Case, arrival: Arrival, photo: Photo, original: Path, sha256: str, length: int
    ) -> Sent:
        now, phone = self._deps.clock.now(), self._deps.users.get(caller.name).phone
        lines = watermark(case, now, caller.name, phone, arrival.position)
        return Sent(
            id=uuid4(),
            at=now,
            purpose=arrival.purpose,
            original=original,
            sha256=sha256,
            length=length,
            media_type=photo.media_type,
            suffix=photo.suffix,
            shown=stamped(photo.view, lines),
            width=photo.width,
            height=photo.height,
            phone=phone,
            taken_at=photo.said.taken_at,
            phash=photo.phash,
            doubts=tuple(own_doubts(photo.said, _ordered_at(case), now)),
            position=arrival.position,
            scene=self._scene(case),
        )

    def _scene(self, case: Case) -> str:
        """What the violation's own snapshot looks like; empty where it is not kept."""
        for piece in case.evidence:
            if piece.kind == EvidenceKind.SNAPSHOT and piece.deleted_at is None:
                try:
                    with self._deps.blobs.open(piece.key) as stream:
                        return likeness_of(stream)
                except (NotFound, PhotoRefused):
                    return ""
        return ""


def check_awaited(case: Case) -> None:
    """Raises Conflict where nothing is asked about the case."""
    if case.status != CaseStatus.DISPATCHED:
        raise Conflict("nothing is asked about this case now -> look at it again")


def _ordered_at(case: Case) -> datetime:
    """When the present round was ordered."""
    return max(step.at for step in case.steps if step.act in (Act.DISPATCH, Act.RETURN))


def _copy(stream: BinaryIO, target: Path) -> tuple[str, int]:
    """SHA-256 and length of the stream, once it is on the disk."""
    digest, length = hashlib.sha256(), 0
    stream.seek(0)
    with target.open("wb") as file:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            length += file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), length


def _receiving(request: Request) -> Receiving:
    return cast(Receiving, request.app.state.receiving)


Receives = Annotated[Receiving, Depends(_receiving)]
