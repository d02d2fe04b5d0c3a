"""One camera's pictures for all who watch it live: muxed once, and only while somebody does."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.clip import AccessUnit, Codec
from kitchenwatch.sources.fragments import Fragment, Fragmenter
from kitchenwatch.sources.ring import Ring

log = logging.getLogger(__name__)

# A piece is what is sent at once: fewer of them cost less, and each makes the picture later by its length.
PIECE_S = 0.4
# What may wait for one viewer. Ten seconds at 6 Mbit/s, so that a keyframe interval of cameras with "smart"
# codecs fits in; the pieces are shared, so that viewers who keep up cost nothing.
MOST_BYTES = 8 * 1024 * 1024
MOST_VIEWERS = 32


@dataclass(frozen=True, slots=True)
class Reel:
    """How the film of one run begins.

    Attributes:
        mime: what to ask the browser whether it can play.
        start: media time in seconds at which the film's own clock says 0.
        init: what a player must have before any piece.
    """

    mime: str
    start: float
    init: bytes


@dataclass(frozen=True, slots=True)
class _Piece:
    reel: Reel
    data: bytes
    key: bool


class Viewer:
    """One who watches. Whoever is too slow loses pictures up to the next keyframe."""

    def __init__(self, wake: Callable[[], None], lock: threading.Lock, leave: Callable[["Viewer"], None]) -> None:
        self._wake, self._lock, self._leave = wake, lock, leave
        self._waiting: deque[_Piece] = deque()
        self.holds = 0
        """Bytes that wait for it."""
        self._behind = True
        self._reel: Reel | None = None
        self.losses = 0
        """How often it was too slow."""

    def take(self) -> list[Reel | bytes]:
        """What has come since the last time, in order: pieces of film, each run's after its reel."""
        taken: list[Reel | bytes] = []
        with self._lock:
            for piece in self._waiting:
                if piece.reel is not self._reel:
                    self._reel = piece.reel
                    taken.append(piece.reel)
                taken.append(piece.data)
            self._forget()
        return taken

    def close(self) -> None:
        """Watch no longer; safe to call again."""
        self._leave(self)

    def offer(self, piece: _Piece) -> None:
        """One more piece. Called with the lock held."""
        if self._behind and not piece.key:
            return
        self._behind = False
        self._waiting.append(piece)
        self.holds += len(piece.data)
        if self.holds > MOST_BYTES:
            self._forget()
            self._behind = True
            self.losses += 1
        self._wake()

    def _forget(self) -> None:
        self._waiting.clear()
        self.holds = 0


class Broadcast:
    """Hands one camera's film to its viewers, from the newest keyframe on.

    The camera's reader pays for the remuxing (some 0.1 ms a picture) and never waits for a viewer.
    """

    def __init__(self, camera: str, ring: Ring) -> None:
        self._camera, self._ring = camera, ring
        # Taken in this order: coming and going, the ring's own, viewers and film.
        self._door, self._lock = threading.Lock(), threading.Lock()
        self._viewers: list[Viewer] = []
        self._codec: Codec | None = None
        self._fragmenter: Fragmenter | None = None
        self._reel: Reel | None = None
        self._gathered: list[Fragment] = []
        self._group: list[_Piece] = []

    def watch(self, wake: Callable[[], None]) -> Viewer | None:
        """A new viewer; None when so many watch already that this one must do with stills.

        Args:
            wake: called from other threads when there is something to take; must be quick and never raise.
        """
        viewer = Viewer(wake, self._lock, self._leave)
        with self._door:
            if len(self._viewers) >= MOST_VIEWERS:
                return None
            if not self._viewers:
                self._ring.follow(self._arrived)
            with self._lock:
                self._viewers.append(viewer)
                for piece in self._group:
                    viewer.offer(piece)
        return viewer

    def _leave(self, viewer: Viewer) -> None:
        with self._door:
            if viewer not in self._viewers:
                return
            with self._lock:
                self._viewers.remove(viewer)
            if not self._viewers:
                self._ring.unfollow(self._arrived)
                with self._lock:
                    self._end()

    def _arrived(self, codec: Codec, unit: AccessUnit) -> None:
        """In the reader's thread, in order."""
        with self._lock:
            try:
                self._show(codec, unit)
            except SourceUnreadable as error:
                log.warning("camera %s: %s", self._camera, error)
                self._end()

    def _show(self, codec: Codec, unit: AccessUnit) -> None:
        if codec is not self._codec or self._fragmenter is None:
            if not unit.key:
                return
            self._begin(codec, unit)
        assert self._fragmenter
        if fragment := self._fragmenter.add(unit):
            self._gather(fragment)

    def _begin(self, codec: Codec, first: AccessUnit) -> None:
        self._end()
        self._fragmenter = Fragmenter(codec, first)
        self._codec = codec
        self._reel = Reel(self._fragmenter.mime, first.t, self._fragmenter.init)

    def _gather(self, fragment: Fragment) -> None:
        if fragment.key:
            self._send()
        self._gathered.append(fragment)
        if fragment.t - self._gathered[0].t >= PIECE_S:
            self._send()

    def _send(self) -> None:
        """One piece, which is all there is since the last, to everybody."""
        if not self._gathered or self._reel is None:
            return
        key = self._gathered[0].key
        piece = _Piece(self._reel, b"".join(fragment.data for fragment in self._gathered), key)
        self._gathered.clear()
        if key:
            self._group.clear()
        if key or self._group:
            self._group.append(piece)
        if sum(len(each.data) for each in self._group) > MOST_BYTES:
            self._group.clear()
        for viewer in self._viewers:
            viewer.offer(piece)

    def _end(self) -> None:
        if self._fragmenter:
            self._fragmenter.close()
        self._fragmenter = None
        self._codec = self._reel = None
        self._gathered.clear()
        self._group.clear()
