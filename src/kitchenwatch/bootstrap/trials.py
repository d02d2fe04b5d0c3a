"""Tries cameras for the console: one picture each, in a thread of its own and within a time limit."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import Conflict, NotFound, SourceDenied, SourceError, SourceLost, SourceUnreadable
from kitchenwatch.ports import Clock
from kitchenwatch.sources.address import redacted
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.reach import Network, check_reach
from kitchenwatch.sources.stream import Stream, StreamSettings
from kitchenwatch.store.acts import Acts
from kitchenwatch.web.administration import Trial, Who

LONGEST_S = 10.0  # then people are told; a connection that hangs ends by itself soon after
AT_ONCE = 4
REMEMBERED = 32  # pictures of some 200 kB
WIDEST = 1280  # pixels: enough to draw zones on
RUNNING, SEEN, UNREACHABLE = "running", "seen", "unreachable"
STATES: tuple[tuple[type[SourceError], str], ...] = (
    (SourceDenied, "denied"),
    (SourceUnreadable, "no_video"),
    (SourceLost, UNREACHABLE),
)


class Trials:
    """Implements `web.administration.Trying`; a trial is known to who began it alone."""

    def __init__(self, clock: Clock, acts: Acts, allow: Sequence[Network] = ()) -> None:
        self._clock, self._acts, self._allow = clock, acts, allow
        self._changed = threading.Condition()
        self._trials: OrderedDict[tuple[str, str], Trial] = OrderedDict()
        self._begun: dict[str, float] = {}

    def begin(self, who: Who, url: str, camera: str) -> str:
        """Raises InvalidFields, Conflict."""
        check_reach(url, self._allow)
        by = who.name
        trial = Trial(uuid4().hex, RUNNING, 0.0, url)
        with self._changed:
            if len(self._begun) >= AT_ONCE:
                raise Conflict("other cameras are being tried -> try again in a few seconds")
            self._begun[trial.id] = self._clock.monotonic()
            self._trials[by, trial.id] = trial
            while len(self._trials) > REMEMBERED:
                self._trials.popitem(last=False)
        self._acts.note(by, "camera.try", camera, who.address, url=redacted(url))
        threading.Thread(target=self._run, args=(by, trial), name="trial", daemon=True).start()
        return trial.id

    def get(self, by: str, id: str) -> Trial:
        """Raises NotFound."""
        with self._changed:
            return self._now(by, id)

    def wait(self, by: str, id: str) -> Trial:
        """Raises NotFound."""
        with self._changed:
            self._changed.wait_for(lambda: self._now(by, id).state != RUNNING, LONGEST_S)
            return self._now(by, id)

    def _now(self, by: str, id: str) -> Trial:
        trial = self._trials.get((by, id))
        if trial is None:
            raise NotFound("this trial is forgotten -> try the camera again")
        if trial.state != RUNNING:
            return trial
        seconds = self._clock.monotonic() - self._begun[id]
        if seconds < LONGEST_S:
            return replace(trial, seconds=seconds)
        return replace(trial, state=UNREACHABLE, seconds=seconds, detail=f"no answer in {LONGEST_S:.0f} s")

    def _run(self, by: str, trial: Trial) -> None:
        ended = _tried(trial)
        with self._changed:
            seconds = self._clock.monotonic() - self._begun.pop(trial.id)
            if (by, trial.id) in self._trials:
                self._trials[by, trial.id] = replace(ended, seconds=seconds)
            self._changed.notify_all()


def _tried(trial: Trial) -> Trial:
    try:
        image = _first_picture(trial.url)
    except SourceError as error:
        state = next(state for kind, state in STATES if isinstance(error, kind))
        return replace(trial, state=state, detail=str(error))
    except Exception as error:  # noqa: BLE001 - whatever broke, its text may hold the address with its password
        return replace(trial, state=UNREACHABLE, detail=type(error).__name__)
    height, width = image.shape[:2]
    return replace(trial, state=SEEN, picture=_jpeg(image), width=width, height=height)


def _first_picture(url: str) -> NDArray[np.uint8]:
    """Raises SourceError."""
    with Stream(url, StreamSettings()) as stream:
        for packet in stream.packets():
            for picture in stream.decode(packet):
                return Converter().bgr(picture)
    raise SourceLost("connected, but no picture came")


def _jpeg(image: NDArray[np.uint8]) -> bytes:
    scale = min(1.0, WIDEST / image.shape[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small)[1].tobytes()
