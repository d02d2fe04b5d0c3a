"""The two looks at a frame: one for people, one at each person's upper body."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kitchenwatch.detect.belonging import portrait
from kitchenwatch.detect.crops import look_at
from kitchenwatch.detect.sightings import WORN, Abstain, sightings
from kitchenwatch.detect.verifier import Verifier
from kitchenwatch.detect.yolo import Detector, batches, input_shape
from kitchenwatch.model import Detections, Frame, Label, Look, Scene, Sighting
from kitchenwatch.picture import Picture
from kitchenwatch.ports import Engine

FRAME_SIDE = 640  # long side of look 1: enough for people; heads are left to look 2


class FrameLook:
    """Look 1: people on whole frames."""

    def __init__(self, engine: Engine, min_score: float = 0.35, side: int = FRAME_SIDE) -> None:
        """`min_score` is near the best F1 of `person` on our validation pictures; `side` is the long one, in pixels."""
        self._detector = Detector(engine, min_score)
        self._side = side

    def people(self, frames: Sequence[Frame]) -> list[Detections]:
        """Detections of `person` on each frame, in pixels of that frame.

        Frames that fit one shape of the network's input share its runs.
        """
        alike: dict[tuple[int, int], list[int]] = defaultdict(list)
        for index, frame in enumerate(frames):
            alike[input_shape(*frame.size, self._side)].append(index)
        found: dict[int, Detections] = {}
        for shape, indices in alike.items():
            for batch in batches(indices):
                found.update(zip(batch, self._detector.detect([frames[i].picture for i in batch], *shape), strict=True))
        return [found[index].of(Label.PERSON) for index in range(len(frames))]


class PersonLook:
    """Look 2: heads, faces, cigarettes and phones on the crop of each person.

    What seems to be a cigarette or a phone is handed to the verifier, if there is one: that is seldom, and most of what
    seems so is none. Of hats and masks it is asked only where one is said to be missing: that is a word against
    somebody, and silence where its log odds outweigh the detector's.
    """

    def __init__(
        self,
        engine: Engine,
        abstain: Abstain | None = None,
        min_score: float = 0.05,
        verifier: Verifier | None = None,
    ) -> None:
        """Low scores are kept, because calibration knows what they are worth."""
        self._detector = Detector(engine, min_score)
        self._abstain = abstain or Abstain()
        self._verifier = verifier

    def look(self, scenes: Sequence[Scene]) -> list[list[Look]]:
        """For each scene one look at each whom it has chosen, in the same order, boxes in pixels of that frame."""
        people = [(scene.frame.picture, [track.box for track in scene.chosen]) for scene in scenes]
        found = look_at(self._detector, people)
        return [
            [self._one(scene, index, part) for index, part in enumerate(parts)]
            for scene, parts in zip(scenes, found, strict=True)
        ]

    def _one(self, scene: Scene, index: int, found: Detections) -> Look:
        frame, track = scene.frame, scene.chosen[index]
        others = [other.box for other in scene.tracks if other.id != track.id]
        own = portrait(found, track.box, np.array(others, np.float32).reshape(-1, 4))
        if own and self._verifier:
            own = replace(own, at_hand=self._verifier.verified(frame.picture, own.at_hand))
        made = sightings(frame.t, track.id, own, frame.picture, self._abstain)
        if self._verifier:
            made = _agreed(self._verifier, frame.picture, made)
        return Look(frame.t, track.id, own.all if own else Detections.none(), made)


def _agreed(verifier: Verifier, picture: Picture, made: tuple[Sighting, ...]) -> tuple[Sighting, ...]:
    """Without what says that a hat or a mask is missing where both networks together rather see one."""
    accusing = [one for one in made if one.kind in WORN and one.violating > one.complying]
    boxes = [one.box for one in accusing if one.box is not None]
    if not boxes:
        return made
    labels = [WORN[one.kind][0] for one in accusing]
    scores, rivals = np.array([(one.violating, one.complying) for one in accusing], np.float32).T
    doubted = verifier.contradicts(picture, np.stack(boxes), labels, scores, rivals)
    silenced = {one.kind for one, doubt in zip(accusing, doubted, strict=True) if doubt}
    return tuple(one for one in made if one.kind not in silenced)
