"""Sightings whose truth is known: look 2 at every drawn person, held against the boxes that were drawn there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.belonging import LENGTH, REACH
from kitchenwatch.detect.looks import PersonLook
from kitchenwatch.detect.sightings import HELD, WORN, Abstain
from kitchenwatch.geometry import Boxes, area, centre, intersection, iou
from kitchenwatch.model import LABELS, Detections, Frame, Label, Look, Scene, Sighting, Track
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.training.dataset import Truth

SAME = 0.4  # a sighting is about the drawn box that it overlaps at least so much (IoU)
COVERED = 0.5  # share of a box that must lie where a label is unknown, for the box to be out of the count (as COCO)
# Silent where there is no head to judge, but not in doubt: `is_clear` tells afterwards what would have been silenced.
EVERY = Abstain(sure=0.0, doubt=-1.0)
FAR = 1.5  # times the reach: a thing between one and this is neither surely this person's nor surely not


@dataclass(frozen=True, slots=True)
class Example:
    """A sighting, and whether it truly was a violation.

    Attributes:
        group: pictures of one group show the same scene (see `groups`).
    """

    sighting: Sighting
    violating: bool
    group: int


def looks_at(people: PersonLook, image: NDArray[np.uint8], truth: Truth) -> list[Look]:
    """Look 2 at every drawn person.

    Args:
        people: made with `EVERY`, to see also what is said in doubt.
        image: `(H, W, 3)` uint8 BGR.
    """
    boxes = truth.drawn.of(Label.PERSON).boxes
    tracks = [Track(number, box, 1.0, 0.0, 0.0) for number, box in enumerate(boxes, 1)]
    frame = Frame("held out", "held out", 0.0, datetime.min.replace(tzinfo=UTC), ArrayPicture(image))
    (looks,) = people.look([Scene(frame, tuple(tracks), tuple(tracks))])
    return looks


def is_clear(sighting: Sighting, abstain: Abstain) -> bool:
    """Whether a sighting made under `EVERY` would also have been made under `abstain`."""
    return sighting.kind in HELD or abstain.is_clear(sighting.violating, sighting.complying)


def examples(looks: Iterable[Look], truth: Truth, group: int) -> Iterator[Example]:
    """The clear sightings of these looks whose truth is known."""
    abstain = Abstain()
    for look in looks:
        for sighting in (one for one in look.sightings if is_clear(one, abstain)):
            answer = _worn(sighting, truth) if sighting.kind in WORN else _held(sighting, look, truth)
            if answer is not None:
                yield Example(sighting, answer, group)


def is_unknown(box: Boxes, unknown: Detections, *labels: Label) -> bool:
    """Whether nobody can tell of a box `(4,)` if it is one of these labels."""
    where = unknown.of(*labels).boxes
    shared = intersection(where, box[None])[:, 0]
    return bool(np.any(shared >= COVERED * area(box)))


def drawn_at(box: Boxes, drawn: Detections) -> int | None:
    """Index of the drawn box that `box` `(4,)` is about; None if nobody drew one there."""
    overlap = iou(drawn.boxes, box[None])[:, 0]
    return int(overlap.argmax()) if overlap.max(initial=0.0) >= SAME else None


def _worn(sighting: Sighting, truth: Truth) -> bool | None:
    """Whether the drawn head or face at the sighting's box is bare; None if that is not known."""
    bare, covered = WORN[sighting.kind]
    drawn = truth.drawn.of(bare, covered)
    if sighting.box is None or is_unknown(sighting.box, truth.unknown, bare, covered):
        return None
    at = drawn_at(sighting.box, drawn)
    return None if at is None else LABELS[drawn.labels[at]] is bare


def _held(sighting: Sighting, look: Look, truth: Truth) -> bool | None:
    """Whether a cigarette or phone was drawn within reach of the head that the look saw; None if that is not known."""
    label = HELD[sighting.kind]
    head = look.detections.of(Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK).boxes[0]
    if _is_unknown_within_reach(head, sighting.head_px, label, truth.unknown):
        return None
    things = truth.drawn.of(label).boxes
    apart = np.linalg.norm(centre(things) - centre(head), axis=1) / sighting.head_px
    length = (things[:, 2:] - things[:, :2]).max(axis=1, initial=0) / sighting.head_px
    if np.any((apart <= REACH[label]) & (length <= LENGTH[label])):
        return True
    return False if np.all(apart > FAR * REACH[label]) else None


def _is_unknown_within_reach(head: Boxes, head_px: float, label: Label, unknown: Detections) -> bool:
    reach = REACH[label] * head_px
    middle = centre(head)
    around = np.concatenate([middle - reach, middle + reach])[None]
    return bool(np.any(intersection(unknown.of(label).boxes, around) > 0))
