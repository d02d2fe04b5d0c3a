"""Fixes the evidence of one camera's violations: pictures at the alarm, a clip when its time has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np

from kitchenwatch.errors import SourceError
from kitchenwatch.evidence.best import Best, worth
from kitchenwatch.evidence.draw import annotated, jpeg, person
from kitchenwatch.evidence.filing import Filing, Secured
from kitchenwatch.model import CameraRef, Change, EvidenceKind, Frame, Look, Phase, Track, Violation
from kitchenwatch.ports import Blobs, CaseBook, Chain, Footage

Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    """How much footage a clip holds, in seconds, and whose local time is drawn into pictures.

    Attributes:
        before: ahead of the opening of the violation.
        after: behind the alarm.
        longest: of a clip in all; what is too much is cut off in front.
        timezone: IANA name of the site's zone.
    """

    before: float = 5.0
    after: float = 10.0
    longest: float = 60.0
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class _Owed:
    """A clip whose footage is not all there yet.

    Attributes:
        early: what was there at the alarm, in case a reconnect forgets it.
    """

    violation: Violation
    begin: float
    end: float
    early: Secured


class CaseRecorder:
    """The Recorder (see `ports`) of one camera; `step` and `finish` run in its line's thread.

    Args:
        camera: whose violations.
        footage: where clips are cut from.
        blobs, chain, cases: where evidence, seals and rows go.
        submit: runs a job, now or in another thread, one after another in order. A job may be run again.
        attest: JSON-able; goes into every manifest: model hash, engine, software version, names.
    """

    def __init__(
        self,
        *,
        camera: CameraRef,
        footage: Footage,
        blobs: Blobs,
        chain: Chain,
        cases: CaseBook,
        submit: Callable[[Job], None],
        attest: Mapping[str, Any],
        settings: RecorderSettings,
    ) -> None:
        self._footage, self._submit, self._settings = footage, submit, settings
        self._filing = Filing(blobs, chain, cases, {"camera": camera.id, **attest})
        self._zone = ZoneInfo(settings.timezone)
        self._owed: dict[UUID, _Owed] = {}
        self._best: dict[UUID, Best] = {}

    def step(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], changes: Sequence[Change]) -> None:
        """Secure pictures at once, and clips when their time has come."""
        for change in changes:
            if change.phase is Phase.OPENED:
                self._opened(frame, tracks, looks, change.violation)
            elif change.phase is Phase.UPDATED:
                self._updated(frame, tracks, looks, change.violation)
            else:
                self._closed(change.violation)
        for owed in [owed for owed in self._owed.values() if frame.t >= owed.end]:
            self._pay(owed)

    def finish(self, changes: Sequence[Change]) -> None:
        """The footage is over: close what has ended and write the clips with what there is."""
        for change in changes:
            if change.phase is Phase.CLOSED:
                self._closed(change.violation)
        for owed in list(self._owed.values()):
            self._pay(owed)

    def _opened(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], violation: Violation) -> None:
        pictures = self._pictures(frame, tracks, looks, violation)
        value = worth(frame.picture, _box(violation, tracks), _score(violation, looks))
        self._best[violation.id] = Best(value, frame.t, frame.at, pictures[EvidenceKind.SNAPSHOT])
        begin, end = self._span(violation, frame.t)
        clip = None
        if self._footage.until() >= end:
            clip = self._cut(begin, end)
        else:
            early = self._cut(begin, frame.t)
            self._owed[violation.id] = _Owed(violation, begin, end, early)
        self._submit(partial(self._filing.open, violation, (frame.t, frame.at), pictures, clip))

    def _updated(self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], violation: Violation) -> None:
        best = self._best.get(violation.id)
        if best is not None and any(track.id == violation.track for track in tracks):
            best.offer(frame, _box(violation, tracks), _score(violation, looks))

    def _closed(self, violation: Violation) -> None:
        best = self._best.pop(violation.id, None)
        self._submit(partial(self._filing.close, violation, (best.at, best.jpeg) if best else None))

    def _pay(self, owed: _Owed) -> None:
        del self._owed[owed.violation.id]
        early = owed.early.clip
        if early is None:
            secured = self._cut(owed.begin, owed.end)
        else:
            # What led up to the alarm was secured with it, so that the ring need not reach back so far.
            later = self._cut(early.t[1], owed.end).clip
            secured = Secured(early.joined(later) if later else early, "")
        self._submit(partial(self._filing.add_clip, owed.violation, secured))

    def _span(self, violation: Violation, alarm: float) -> tuple[float, float]:
        """Media time from which and to which the clip should reach; the alarm lies within."""
        settings = self._settings
        end = alarm + settings.after
        begin = max(0.0, min(violation.opened, alarm) - settings.before, end - settings.longest)
        return min(begin, alarm), end

    def _cut(self, begin: float, end: float) -> Secured:
        try:
            clip = self._footage.cut(begin, end)
        except SourceError as error:
            return Secured(None, str(error))
        return Secured(clip, "" if clip else f"no footage was held of {begin:.1f} s to {end:.1f} s")

    def _pictures(
        self, frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], violation: Violation
    ) -> dict[EvidenceKind, bytes]:
        pictures = {
            EvidenceKind.SNAPSHOT: jpeg(frame.image),
            EvidenceKind.ANNOTATED: jpeg(annotated(frame, tracks, looks, violation, self._zone)),
        }
        crop = person(frame.picture, np.array(violation.box, np.float32))
        if crop is not None:
            pictures[EvidenceKind.CROP] = jpeg(crop)
        return pictures


def _box(violation: Violation, tracks: Sequence[Track]) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Where the person is in this frame, or was at the opening."""
    here = [track.box for track in tracks if track.id == violation.track]
    return here[0] if here else np.array(violation.box, np.float32)


def _score(violation: Violation, looks: Sequence[Look]) -> float:
    """How clearly this frame shows the violation."""
    seen = [sighting for look in looks for sighting in look.sightings if sighting.track == violation.track]
    return max((sighting.violating for sighting in seen if sighting.kind == violation.kind), default=0.0)
