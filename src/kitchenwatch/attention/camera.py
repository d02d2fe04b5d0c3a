"""One camera's attention: quiet while nobody is there, watching people, inquiring into what is undecided.

Decoding is most of what a camera costs, and keyframes alone cost a tenth of it, so the state decides above all
what is decoded. It follows the sequential test of the rules: where the evidence about everybody in view says nothing
or is decided, a look now and then will do; where it adds up to something that is not yet decided, looks are worth
their price.
"""

import math
import threading
from collections.abc import Mapping, Sequence

from kitchenwatch.attention.budget import REST_PRICE, Boundless, Budget
from kitchenwatch.attention.change import SceneChange
from kitchenwatch.attention.doubts import Doubts
from kitchenwatch.attention.pace import EARLY, Backoff, Keyframes, Pace
from kitchenwatch.attention.settings import AttentionSettings
from kitchenwatch.attention.surge import Surge
from kitchenwatch.model import Attentiveness, Frame, Track
from kitchenwatch.picture import Picture
from kitchenwatch.weight import weight

LOOKS = 3  # that find nobody, at least, before nobody is there
# Times that differ by less are those of one picture.
SAME_S = 0.005


class CameraAttention:
    """Implements `ports.Attention`. The source asks it in one thread, the line teaches it in another.

    Args:
        camera: its id, for the budget.
        settings: of how attention is paid.
        budget: the machine's; none for films, which can wait.
    """

    def __init__(self, camera: str, settings: AttentionSettings | None = None, budget: Budget | None = None) -> None:
        self._camera, self._settings = camera, settings or AttentionSettings()
        self._budget: Budget = budget or Boundless()
        self._lock = threading.RLock()
        self._keyframes, self._pace = Keyframes(), Pace()
        self._scene, self._surge = SceneChange(), Surge()
        self._state = Attentiveness.QUIET
        self._stirred = -math.inf  # last surge
        self._seen = -math.inf  # somebody was seen
        self._searched = -math.inf  # look 1
        self._recalled = -math.inf  # the keyframe up to which pictures were recalled
        self._wanted = math.inf  # the picture that is to be handed out next
        self._handed = -math.inf  # the one that was handed out last
        self._recall = Backoff()
        self._looked: dict[int, float] = {}
        self._doubts = Doubts(self._settings)
        self._undecided: Mapping[int, float] = {}

    @property
    def state(self) -> Attentiveness:
        """See `ports.Attention`."""
        return self._state

    # --- asked by the source ---

    def decodes(self, t: float, key: bool, size: int) -> bool:
        """See `ports.Attention`."""
        with self._lock:
            self._keyframes.came(t, key)
            if not key and self._is_long and self._surge.felt(t, size):
                self._stirred = t
            if self._passes(t, key):
                self._wanted = t
                self._pace.took(t)
                return True
            return False

    def recalls(self, t: float, picture: Picture) -> bool:
        """See `ports.Attention`."""
        with self._lock:
            quiet = self._state is Attentiveness.QUIET and self._budget.price <= REST_PRICE
            if not quiet or not self._scene.known or not self._scene.changed(picture):
                return False
            if not self._recall.tried(t):
                return False
            self._recalled = t
            return True

    def due(self, t: float) -> bool:
        """See `ports.Attention`."""
        with self._lock:
            recalled = t < self._recalled and t - self._handed >= self._settings.inquiring_s - SAME_S
            wanted = t >= self._wanted - SAME_S
            if recalled or wanted:
                self._handed = t
            if wanted:
                self._wanted = math.inf
            return recalled or wanted

    def _passes(self, t: float, key: bool) -> bool:
        """Whether the picture at `t` is looked at; for one between keyframes all before it are decoded."""
        if self._is_close:
            step = self._keyframes.divided(self._apart)
            # A keyframe is cheap, so it may come early; what comes between must not forestall it.
            return self._pace.due(t, step / 2 if key else step - SAME_S)
        # Where no keyframe comes for long, people are looked for at the expense of decoding all before.
        return self._pace.due(t, (1 - EARLY) * self._apart if key else self._settings.recheck_s)

    @property
    def _is_long(self) -> bool:
        return self._keyframes.apart > self._settings.long_s

    @property
    def _is_close(self) -> bool:
        """Whether keyframes are not enough."""
        if self._state is Attentiveness.INQUIRING:
            # Where looks have become so dear that they are rarer than keyframes, the pictures between are no use.
            return self._apart < self._keyframes.apart
        stirred = self._keyframes.newest - self._stirred < self._settings.calm_s
        return self._is_long and (stirred or self._state is Attentiveness.WATCHING)

    @property
    def _apart(self) -> float:
        """Seconds between looks: as the state wants it, further apart the dearer a look is."""
        settings = self._settings
        wanted = {
            Attentiveness.QUIET: settings.quiet_s,
            Attentiveness.WATCHING: settings.watching_s,
            Attentiveness.INQUIRING: settings.suspecting_s if self._is_faint else settings.inquiring_s,
        }[self._state]
        # Evidence of looks further apart than people can be followed does not add up.
        most = max(settings.long_s, wanted) if self._state is Attentiveness.INQUIRING else settings.least_s
        return min(most, wanted * self._budget.price / REST_PRICE)

    @property
    def _is_faint(self) -> bool:
        """Whether there is little evidence against anybody."""
        return max(self._undecided.values(), default=0.0) < self._settings.faint

    def late(self, seconds: float) -> None:
        """See `ports.Attention`."""
        self._budget.late(seconds)

    # --- asked and told by the line ---

    def searches(self, frame: Frame) -> bool:
        """See `ports.Attention`."""
        if self._state is not Attentiveness.QUIET:
            return True
        recheck_s = self._settings.recheck_s
        return self._scene.changed(frame.picture) or frame.t - self._searched >= (1 - EARLY) * recheck_s

    def chooses(self, t: float, tracks: Sequence[Track]) -> list[Track]:
        """See `ports.Attention`."""
        price = self._budget.price
        chosen = [track for track in tracks if self._worth(t, track.id) >= price]
        self._looked = {id: at for id, at in self._looked.items() if t - at < self._settings.recheck_s}
        self._looked.update((track.id, t) for track in chosen)
        return chosen

    def _worth(self, t: float, track: int) -> float:
        """What a look can change: much where somebody is new or in doubt, little soon after the last one."""
        gap = t - self._looked.get(track, -math.inf)
        if gap >= self._settings.least_s:
            return 1.0
        stake = 1.0 if track in self._undecided else self._settings.calm_stake
        return stake * weight(gap)

    def learn(self, frame: Frame, tracks: Sequence[Track], undecided: Mapping[int, float]) -> None:
        """See `ports.Attention`."""
        with self._lock:
            self._searched, self._undecided = frame.t, undecided
            if tracks:
                self._seen = frame.t
                self._recall.succeeded()
                self._scene.occupied()
            else:
                self._scene.empty(frame.picture)
            self._doubts.learn(frame.t, undecided)
            self._state = self._next(frame.t)

    def _next(self, t: float) -> Attentiveness:
        if self._may_inquire(t):
            return Attentiveness.INQUIRING
        dear = self._budget.price / REST_PRICE
        # Where looks are rare, one that misses somebody must not be enough to forget them.
        linger = max(self._settings.linger_s, LOOKS * min(self._settings.least_s, self._settings.watching_s * dear))
        return Attentiveness.WATCHING if t - self._seen <= linger else Attentiveness.QUIET

    def _may_inquire(self, t: float) -> bool:
        """Whether somebody is worth it, and there is room on the machine."""
        if t - self._doubts.newest > self._settings.calm_s:
            self._budget.release(self._camera)
            return False
        return self._budget.admits(self._camera)
