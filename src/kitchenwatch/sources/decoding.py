"""What is decoded of a stream: keyframes alone, or everything, as attention wants it."""

from collections.abc import Iterator

from av.video.frame import VideoFrame

from kitchenwatch.model import Attentiveness
from kitchenwatch.ports import Attention
from kitchenwatch.sources.picture import DecodedPicture
from kitchenwatch.sources.stream import Stream, VideoPacket

# Encoded pictures that are kept to catch up with, at most: a minute between keyframes at 1 Mbit/s. More are decoded
# unasked and let go of: some cameras send no second keyframe at all, and must not be given up for that.
KEPT_BYTES = 8 * 1024 * 1024


class Decoding:
    """Decodes one run of a stream.

    A picture between keyframes can only be decoded after all those before it, back to the keyframe. So all since
    the newest keyframe are kept, and what was passed over is decoded after all when attention turns to the camera,
    or when the next keyframe shows that something had happened.

    Args:
        kept_bytes: encoded pictures that are kept at most.
    """

    def __init__(self, stream: Stream, attention: Attention, kept_bytes: int = KEPT_BYTES) -> None:
        self._stream, self._attention, self._most = stream, attention, kept_bytes
        self._group: list[VideoPacket] = []  # since the keyframe, or since what was let go of
        self._headless = False  # only the decoder knows what the group builds on
        self._bytes = 0
        self._fed = 0  # of the group, to the decoder
        self._owed = 0  # pictures that the decoder has been fed and not given back
        self._from: int | None = None  # timestamp: those before were given already, or build on what was passed over
        self._given: int | None = None  # timestamp of the newest picture that was given
        self._asked: int | None = None  # timestamp of the newest picture that was wanted
        self.seeing = False
        """Whether what was decoded last gave a picture, so that passing over the next ones is no blindness."""

    def pictures(self, packet: VideoPacket, t: float) -> Iterator[VideoFrame]:
        """Pictures that are there once this packet, of media time `t`, has come; none if it is passed over."""
        wanted = self._attention.decodes(t, packet.is_keyframe, packet.size)
        passed = self._keep(packet)
        self._asked = packet.pts if wanted else self._asked
        if passed and wanted:
            yield from self._looking_back(passed, t)
        elif wanted and packet.is_keyframe and (alone := self._alone()):
            yield from alone
        elif self._group and (wanted or self._is_held_back or self._bytes > self._most):
            yield from self._catch_up()
        elif self._owed and self._fed == 1 and not self._headless:
            yield from self._drained()

    @property
    def _is_held_back(self) -> bool:
        """Whether the decoder, which reorders pictures, wants some more before it gives the one that was wanted."""
        late = self._asked is not None and (self._given is None or self._given < self._asked)
        return late and self._owed > 0 and self._fed > 1

    def rest(self) -> Iterator[VideoFrame]:
        """Pictures that the decoder still holds at the end of a film."""
        yield from self._stream.decode(None)

    def _keep(self, packet: VideoPacket) -> list[VideoPacket]:
        """Add it to its group; returns the group that it ends, if that was passed over, or a part of it."""
        passed: list[VideoPacket] = []
        if packet.is_keyframe:
            self._from = None
            if self._fed < len(self._group) or not (self._group or self._headless):
                passed = [] if self._headless else self._group
                self._begin_anew(packet.pts)
            self._let_go(headless=False)
        elif not (self._group or self._headless):
            return passed  # before the first keyframe: nothing can be made of it
        self._group.append(packet)
        self._bytes += packet.size
        return passed

    def _looking_back(self, passed: list[VideoPacket], t: float) -> Iterator[VideoFrame]:
        """The keyframe's picture, and before it, if it shows that something has happened, those passed over."""
        given = self._given
        first = self._alone() or list(self._catch_up()) or list(self._drained())
        if first and self._attention.recalls(t, DecodedPicture(first[-1])):
            self._begin_anew(_after(given, passed))
            for each in (*passed, None):
                yield from self._fresh(self._stream.decode(each))
            self._given = first[-1].pts
            self._begin_anew(_after(self._given, self._group))
        yield from first

    def _alone(self) -> list[VideoFrame]:
        """The keyframe's picture, where those after it may not be wanted; they would begin at the keyframe again.

        While nobody is there, a coarse one is good enough.
        """
        state = self._attention.state
        if state is Attentiveness.INQUIRING:
            return []
        if first := self._fresh(self._stream.alone(self._group[-1], coarse=state is Attentiveness.QUIET)):
            self._begin_anew(_after(self._given, self._group))
            self.seeing = True
        return first

    def _catch_up(self) -> Iterator[VideoFrame]:
        group, begin = self._group, self._fed
        self._fed = len(group)
        for each in group[begin:]:
            pictures = self._stream.decode(each)
            self._owed += 1 - len(pictures)
            self.seeing = self._owed <= 0 or bool(pictures)
            yield from self._fresh(pictures)
        if self._bytes > self._most:
            self._let_go(headless=True)

    def _let_go(self, headless: bool) -> None:
        self._group, self._bytes, self._fed, self._headless = [], 0, 0, headless

    def _drained(self) -> Iterator[VideoFrame]:
        """What a decoder that reorders pictures holds back, as nothing more is fed to it for now."""
        pictures = self._stream.decode(None)
        self.seeing = bool(pictures)
        fresh = self._fresh(pictures)
        self._begin_anew(_after(self._given, self._group))
        yield from fresh

    def _fresh(self, pictures: list[VideoFrame]) -> list[VideoFrame]:
        begin = self._from
        fresh = [each for each in pictures if begin is None or each.pts is None or each.pts >= begin]
        self._given = fresh[-1].pts if fresh else self._given
        return fresh

    def _begin_anew(self, begin: int | None) -> None:
        """Go on at the group's keyframe, and give what is not before that timestamp."""
        self._stream.flush()
        self._fed = self._owed = 0
        self._from = begin


def _after(given: int | None, group: list[VideoPacket]) -> int | None:
    """Timestamp from which on a group's pictures are new and whole, decoded from its keyframe."""
    key = group[0].pts if group else None
    return key if given is None or key is None or given < key else given + 1
