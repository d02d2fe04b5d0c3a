"""The last seconds of a camera, still encoded, so that a clip can begin before its violation did."""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter

from kitchenwatch.sources.clip import AccessUnit, Codec, EncodedClip, select

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RingSettings:
    """How much is kept for each camera.

    Attributes:
        seconds: of media time; 5 s before a violation, 10 s after it, and 5 s for the recorder to come for it when
            the machine is busy. It is most of a camera's memory: 10 MB at 4 Mbit/s.
        bytes: at most so much memory; 20 s at 8 Mbit/s are 20 MB, so 64 MiB hold what cameras send.
    """

    seconds: float = 20.0
    bytes: int = 64 * 1024 * 1024


@dataclass(slots=True)
class _Group:
    """A keyframe and what follows until the next one: the least that can be decoded or dropped."""

    codec: Codec
    units: list[AccessUnit] = field(default_factory=list)
    bytes: int = 0

    @property
    def t(self) -> float:
        return self.units[0].t


class Ring:
    """Holds one camera's groups of pictures across runs; thread-safe. Implements `ports.Footage`."""

    def __init__(self, settings: RingSettings | None = None) -> None:
        self._settings = settings or RingSettings()
        self._groups: deque[_Group] = deque()
        self._bytes = 0
        self._until = 0.0
        self._followers: list[Callable[[Codec, AccessUnit], None]] = []
        self._lock = threading.Lock()

    def add(self, codec: Codec, unit: AccessUnit) -> None:
        """Keep one more picture of a run. What comes before a run's first keyframe is of no use and not kept."""
        with self._lock:
            if unit.key:
                self._groups.append(_Group(codec))
            elif not self._groups or self._groups[-1].codec is not codec:
                return
            group = self._groups[-1]
            group.units.append(unit)
            group.bytes += len(unit.data)
            self._bytes += len(unit.data)
            self._until = max(self._until, unit.t)
            self._forget()
            for tell in self._followers:
                tell(codec, unit)

    def follow(self, tell: Callable[[Codec, AccessUnit], None]) -> None:
        """Tell of every picture from the newest keyframe on, in order; must be quick and never raise."""
        with self._lock:
            for group in list(self._groups)[-1:]:
                for unit in group.units:
                    tell(group.codec, unit)
            self._followers.append(tell)

    def unfollow(self, tell: Callable[[Codec, AccessUnit], None]) -> None:
        """Tell no longer."""
        with self._lock:
            self._followers.remove(tell)

    @property
    def followed(self) -> bool:
        """Whether anybody is told of pictures as they come."""
        return bool(self._followers)

    def until(self) -> float:
        """Media time up to which footage is held."""
        with self._lock:
            return self._until

    @property
    def held(self) -> tuple[float, int]:
        """Seconds and bytes held now."""
        with self._lock:
            return (self._until - self._groups[0].t if self._groups else 0.0), self._bytes

    def cut(self, begin: float, end: float) -> EncodedClip | None:
        """What is held of that span, from the keyframe before `begin`; None if nothing is.

        Runs are never mixed: of a span that reaches over a reconnect, the run that covers most of it is cut.
        """
        with self._lock:
            runs: dict[int, tuple[Codec, list[AccessUnit]]] = {}
            for group in self._groups:
                runs.setdefault(id(group.codec), (group.codec, []))[1].extend(group.units)
        cuts = [(codec, select(units, begin, end)) for codec, units in runs.values()]
        cuts = [(codec, units) for codec, units in cuts if units and max(map(attrgetter("t"), units)) >= begin]
        if not cuts:
            return None
        return EncodedClip(*max(cuts, key=lambda cut: cut[1][-1].t - max(begin, cut[1][0].t)))

    def _forget(self) -> None:
        horizon = self._until - self._settings.seconds
        while len(self._groups) > 1 and (self._groups[1].t <= horizon or self._bytes > self._settings.bytes):
            self._bytes -= self._groups.popleft().bytes
        if self._bytes > self._settings.bytes:
            log.warning(
                "footage: more than %d bytes without a keyframe, dropped -> shorten the camera's keyframe interval",
                self._settings.bytes,
            )
            self._groups.clear()
            self._bytes = 0
