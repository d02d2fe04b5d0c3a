"""A film's stream that decodes in a thread of its own what will be asked for next, while its user is busy looking."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from av.video.frame import VideoFrame

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.stream import Stream, StreamSettings, VideoPacket

# Pictures that wait to be asked for, at most: those between two looks of an inquiry, and some. One of 1080p holds 3 MB.
AHEAD = 16


class AheadStream(Stream):
    """Hands out the same pictures as `Stream`, sooner; for films, which wait, and not for cameras.

    It guesses that as many pictures of a group will be asked for as of the group before. A wrong guess costs the other
    core's time and nothing else: what was not asked for is never handed out.

    Packets have to be decoded in their order, none left out, or else `flush` called before, as any decoder wants it.
    """

    def __init__(self, address: str | Path, settings: StreamSettings | None = None) -> None:
        self._thread = ThreadPoolExecutor(1, "decode-ahead")
        super().__init__(address, settings)
        self._coming: deque[VideoPacket] = deque()  # read, but not handed out
        self._next: deque[VideoPacket] = deque()  # read, but not given to the decoder, which stands just before them
        self._guessed: deque[tuple[VideoPacket, Future[list[VideoFrame] | None]]] = deque()
        self._newest: VideoPacket | None = None  # that was handed out
        self._key: VideoPacket | None = None  # that was decoded
        self._following = False  # the decoder stands just before what has not been handed out
        self._asked = self._ahead = self._usual = 0  # of this group: asked for, decoded; of the one before: asked for

    def close(self) -> None:
        """As in the parent, after the picture that is being decoded."""
        self._thread.shutdown(cancel_futures=True)
        super().close()

    def packets(self) -> Iterator[VideoPacket]:
        """As in the parent; some are read before they are handed out."""
        broken: SourceUnreadable | None = None
        try:
            for packet in super().packets():
                self._coming.append(packet)
                if self._following:
                    self._next.append(packet)
                if len(self._coming) > AHEAD:
                    yield self._handed_out()
        except SourceUnreadable as error:
            broken = error
        while self._coming:
            yield self._handed_out()
        if broken:
            raise broken

    def decode(self, packet: VideoPacket | None) -> list[VideoFrame]:
        """As in the parent."""
        if packet is None:
            return self._sifted(self._drained())
        if packet.is_keyframe:
            if packet is not self._key:  # else the same group is begun anew, after its keyframe was drained
                self._usual, self._key = self._asked, packet
            self._asked = self._ahead = 0
        else:
            self._asked += 1
        if self._guessed and self._guessed[0][0] is packet:
            pictures = self._guessed.popleft()[1].result()
        else:
            pictures = self._decoded(packet)
            self._ahead = self._asked
            self._following = packet is self._newest
            self._next = deque(self._coming) if self._following else deque()
        self._guess()
        return self._sifted(pictures)

    def flush(self) -> None:
        """As in the parent; what was guessed was wrong."""
        for _, future in self._guessed:
            future.cancel()
        self._thread.submit(super().flush).result()
        self._guessed.clear()
        self._next.clear()
        self._following = False

    def _handed_out(self) -> VideoPacket:
        self._newest = self._coming.popleft()
        return self._newest

    def _guess(self) -> None:
        while self._next and len(self._guessed) < AHEAD and self._ahead < self._usual:
            if self._next[0].is_keyframe:
                return
            packet = self._next.popleft()
            self._guessed.append((packet, self._thread.submit(self._decoded, packet)))
            self._ahead += 1

    def _drained(self) -> list[VideoFrame] | None:
        """What the decoder holds, without what was only guessed."""
        unasked = {packet.pts for packet, _ in self._guessed}
        early = [picture for _, future in self._guessed for picture in future.result() or []]
        held = self._decoded(None)
        self._guessed.clear()
        self._next.clear()
        return None if held is None else [each for each in (*early, *held) if each.pts not in unasked]
