"""What a verifier is shown in training: close-ups of candidates, drawn at random, as ceiling cameras would see them."""

from collections.abc import Collection, Iterable, Sequence

import cv2
import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.detect.verifier import CONTEXT, VERIFIED, close_up
from kitchenwatch.detect.yolo import as_batch
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import Label
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.training.degrade import imitate
from kitchenwatch.training.verifier.candidates import Candidate, Scenery, lesson

# How often each of `VERIFIED` is asked for: heads are many and easy, cigarettes and phones few and hard.
OFTEN = (0.16, 0.13, 0.11, 0.11, 0.29, 0.20)
RIGHT = {Label.CIGARETTE: 0.40, Label.PHONE: 0.40}  # share of candidates that are right
HALF_RIGHT = 0.45  # the same of heads and faces
PASTED = {Label.CIGARETTE: 0.35, Label.PHONE: 0.35}  # share of composed pictures: pasted things look pasted
FEW_PASTED = 0.15  # the same of heads and faces
SHIFTED, SHIFT = 0.5, 0.06  # share of boxes that are moved, and how far, in their sides
DEGRADED = 0.4
LARGEST_PX = 320  # of a part that is degraded: twice the input
LIGHT, TINT = (0.7, 1.3), 0.06  # of the whole picture, and of each colour
GREY = 0.1  # share without colours: infrared light


class Lessons(torch.utils.data.Dataset):  # type: ignore[misc]  # Torch is not typed
    """`shown` close-ups `(3, SIDE, SIDE)`, each with what it teaches `(2, 6)` (see `lesson`)."""

    def __init__(
        self,
        known: Sequence[Scenery],
        candidates: Iterable[Candidate],
        shown: int,
        seed: int,
        taught: Collection[Label] = VERIFIED,
    ) -> None:
        """Candidates with other labels than those `taught` are shown, and teach nothing."""
        self._known, self._shown, self._seed, self._taught = known, shown, seed, taught
        self._pools: dict[tuple[Label, bool, bool], list[Candidate]] = {}
        for one in candidates:
            self._pools.setdefault((one.label, one.right, known[one.scenery].composed), []).append(one)
        there = [any((label, right, pasted) in self._pools for right in BOTH for pasted in BOTH) for label in VERIFIED]
        weights = np.array(OFTEN) * there
        self._often = weights / weights.sum()

    def __len__(self) -> int:
        return self._shown

    def __getitem__(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """The same number gives the same close-up."""
        if number >= self._shown:
            raise IndexError(number)
        rng = np.random.default_rng([self._seed, number])
        one = self._drawn(rng)
        scenery = self._known[one.scenery]
        image, box = scenery.picture.image(), one.box
        if rng.random() < SHIFTED:
            box = box + rng.normal(0, SHIFT, 4).astype(np.float32) * np.tile(box[2:] - box[:2], 2)
        told = lesson(box, one.label, scenery.truth)
        told[1] *= one.label in self._taught
        seen = lit(_near(image, box, one.label, rng), rng)
        return as_batch([np.ascontiguousarray(seen[:, ::-1]) if rng.random() < 0.5 else seen])[0], told

    def _drawn(self, rng: Generator) -> Candidate:
        label = VERIFIED[rng.choice(len(VERIFIED), p=self._often)]
        right = bool(rng.random() < RIGHT.get(label, HALF_RIGHT))
        pasted = bool(rng.random() < PASTED.get(label, FEW_PASTED))
        kinds = ((right, pasted), (right, not pasted), (not right, pasted), (not right, not pasted))
        pool = next(self._pools[label, *kind] for kind in kinds if (label, *kind) in self._pools)
        return pool[rng.integers(len(pool))]


BOTH = (False, True)


def _near(image: NDArray[np.uint8], box: Boxes, label: Label, rng: Generator) -> NDArray[np.uint8]:
    """The close-up, sometimes as a bad camera would show it."""
    context = CONTEXT[label]
    if rng.random() >= DEGRADED:
        return close_up(ArrayPicture(image), box, context)
    half = context * float((box[2:] - box[:2]).max()) / 2
    middle = (box[:2] + box[2:]) / 2
    low = np.clip(np.floor(middle - half), 0, (image.shape[1] - 1, image.shape[0] - 1)).astype(int)
    high = np.maximum(np.clip(np.ceil(middle + half), 1, image.shape[1::-1]).astype(int), low + 1)
    part = image[low[1] : high[1], low[0] : high[0]]
    scale = min(1.0, LARGEST_PX / max(part.shape[:2]))
    if scale < 1:
        part = np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    moved = (box - np.tile(low, 2)).astype(np.float32) * scale
    head_px = None if label in (Label.CIGARETTE, Label.PHONE) else float(moved[3] - moved[1])
    return close_up(ArrayPicture(imitate(np.ascontiguousarray(part), rng, head_px)), moved, context)


def lit(image: NDArray[np.uint8], rng: Generator) -> NDArray[np.uint8]:
    """The picture `(H, W, 3)` in another light."""
    changed = image * (rng.uniform(*LIGHT) * np.clip(1 + rng.normal(0, TINT, 3), 0.8, 1.2))
    if rng.random() < GREY:
        changed = np.repeat(changed.mean(axis=2, keepdims=True), 3, axis=2)
    return np.asarray(np.clip(changed, 0, 255), np.uint8)
