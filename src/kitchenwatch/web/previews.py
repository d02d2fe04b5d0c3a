"""Makes previews of clips on request, one at a time, and keeps the latest in memory."""

import asyncio
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.ports import Blobs
from kitchenwatch.sources.preview import write_preview
from kitchenwatch.store.tables import Evidence

# One at a time: cameras are judged by the same processor. A preview of a usual clip takes seconds.
LONGEST_S = 60.0
QUEUE = 8  # requests that wait for their turn or are served, each an open connection
ROOM = 8  # previews, of a few MB each (`PreviewLimits.size` at most)
RETRY_S = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """A courtesy copy of a clip, never evidence."""

    data: bytes
    etag: str


class Previews:
    """Knows clips by their SHA-256; what was used longest ago is forgotten first.

    Whether the caller may see the clip, and whether it is still kept, has been asked before.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._kept: OrderedDict[str, Preview] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def of(self, clip: Evidence) -> Preview:
        """The preview of a clip, made if need be.

        Raises:
            SourceUnreadable: none can be made.
            NotFound, StorageError: the clip's bytes cannot be read.
            HTTPException: 503, too many others wait.
        """
        if clip.sha256 not in self._kept:
            await self._make_in_turn(clip)
        self._kept.move_to_end(clip.sha256)
        return self._kept[clip.sha256]

    async def _make_in_turn(self, clip: Evidence) -> None:
        if self._waiting >= QUEUE:
            told = "too many previews are asked for -> try again in a minute"
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, told, {"Retry-After": str(RETRY_S)})
        self._waiting += 1
        try:
            async with self._turn:
                if clip.sha256 not in self._kept:
                    self._keep(clip.sha256, await self._make(clip.key))
        finally:
            self._waiting -= 1

    async def _make(self, key: str) -> bytes:
        stopping = threading.Event()
        try:
            async with asyncio.timeout(LONGEST_S):
                return await asyncio.to_thread(self._encode, key, stopping)
        except TimeoutError:
            raise SourceUnreadable(f"the preview was given up after {LONGEST_S:.0f} s") from None
        finally:
            # Also when the server ends: it waits for its threads.
            stopping.set()

    def _encode(self, key: str, stopping: threading.Event) -> bytes:
        path = self._blobs.scratch(".mp4")
        try:
            with self._blobs.open(key) as clip:
                write_preview(clip, path, stopping)
            return path.read_bytes()
        finally:
            path.unlink(missing_ok=True)

    def _keep(self, sha256: str, data: bytes) -> None:
        self._kept[sha256] = Preview(data, f'"{hashlib.sha256(data).hexdigest()}"')
        while len(self._kept) > ROOM:
            self._kept.popitem(last=False)
