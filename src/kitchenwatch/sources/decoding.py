"""What is decoded of a stream: keyframes alone, or everything, as attention wants it."""

from collections.abc import Iterator

from av.video.frame import VideoFrame

from kitchenwatch.ports import Attention
from kitchenwatch.sources.stream import Stream, VideoPacket

# Encoded pictures that are kept to catch up with, at most: a minute between keyframes at 1 Mbit/s.
KEPT_BYTES = 8 * 1024 * 1024


class Decoding:
    """Decodes one run of a stream.

    A picture between keyframes can only be decoded after all those before it, back to the keyframe. So all since
    the newest keyframe are kept, and what was passed over is decoded after all when attention turns to the camera.
    """

    def __init__(self, stream: Stream, attention: Attention) -> None:
        self._stream, self._attention = stream, attention
        self._group: list[VideoPacket] = []
        self._bytes = 0
        self._fed = 0  # of the group, to the decoder
        self._owed = 0  # pictures that the decoder has been fed and not given back
        self.seeing = False
        """Whether what was decoded last gave a picture, so that passing over the next ones is no blindness."""

    def pictures(self, packet: VideoPacket, t: float) -> Iterator[VideoFrame]:
        """Pictures that are there once this packet, of media time `t`, has come; none if it is passed over."""
        wanted = self._attention.decodes(t, packet.is_keyframe, packet.size)
        self._keep(packet)
        if wanted and self._group:
            yield from self._catch_up()
        elif self._owed:
            yield from self._drained()

    def rest(self) -> Iterator[VideoFrame]:
        """Pictures that the decoder still holds at the end of a film."""
        yield from self._stream.decode(None)

    def _keep(self, packet: VideoPacket) -> None:
        if packet.is_keyframe:
            if self._fed < len(self._group) or not self._group:
                self._begin_anew()
            self._group, self._bytes, self._fed = [], 0, 0
        elif not self._group:
            return  # before the first keyframe, or since too much was passed over: nothing can be made of it
        self._group.append(packet)
        self._bytes += packet.size
        if self._bytes > KEPT_BYTES and self._fed + 1 < len(self._group):
            self._group = []

    def _catch_up(self) -> Iterator[VideoFrame]:
        group, begin = self._group, self._fed
        self._fed = len(group)
        for each in group[begin:]:
            pictures = self._stream.decode(each)
            self._owed += 1 - len(pictures)
            self.seeing = self._owed <= 0 or bool(pictures)
            yield from pictures

    def _drained(self) -> Iterator[VideoFrame]:
        """What a decoder that reorders pictures holds back, as nothing more is fed to it for now."""
        pictures = self._stream.decode(None)
        self.seeing = bool(pictures)
        self._begin_anew()
        yield from pictures

    def _begin_anew(self) -> None:
        self._stream.flush()
        self._fed = self._owed = 0
