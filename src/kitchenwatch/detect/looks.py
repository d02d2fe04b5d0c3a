"""The two looks at a frame: one for people, one at each person's upper body."""

from collections.abc import Sequence

import numpy as np

from kitchenwatch.detect.belonging import portrait
from kitchenwatch.detect.crops import look_at
from kitchenwatch.detect.sightings import Abstain, sightings
from kitchenwatch.detect.yolo import Detector, input_shape
from kitchenwatch.model import Detections, Frame, Label, Look, Track
from kitchenwatch.ports import Engine

FRAME_SIDE = 640  # long side of look 1: enough for people; heads are left to look 2


class FrameLook:
    """Look 1: people on the whole frame."""

    def __init__(self, engine: Engine, min_score: float = 0.35) -> None:
        """`min_score` is near the best F1 of `person` on our validation pictures."""
        self._detector = Detector(engine, min_score)

    def people(self, frame: Frame) -> Detections:
        """Detections of `person`, in pixels of the frame."""
        rows, columns = frame.image.shape[:2]
        (found,) = self._detector.detect([frame.image], *input_shape(columns, rows, FRAME_SIDE))
        return found.of(Label.PERSON)


class PersonLook:
    """Look 2: heads, faces, cigarettes and phones on the crop of each person."""

    def __init__(self, engine: Engine, abstain: Abstain | None = None, min_score: float = 0.05) -> None:
        """Low scores are kept, because calibration knows what they are worth."""
        self._detector = Detector(engine, min_score)
        self._abstain = abstain or Abstain()

    def look(self, frame: Frame, tracks: Sequence[Track]) -> list[Look]:
        """One look a track, in the same order, boxes in pixels of the frame."""
        found = look_at(self._detector, frame.image, [track.box for track in tracks])
        return [self._one(frame, index, tracks, part) for index, part in enumerate(found)]

    def _one(self, frame: Frame, index: int, tracks: Sequence[Track], found: Detections) -> Look:
        track = tracks[index]
        people = np.stack([other.box for other in tracks])
        own = portrait(found, track.box, np.delete(people, index, axis=0))
        made = sightings(frame.t, track.id, own, frame.image, self._abstain)
        return Look(frame.t, track.id, own.all if own else Detections.none(), made)
