"""Narrows head boxes that were drawn too wide.

The pictures of `idenprof_*` had been squeezed into squares and were stretched back, and the head boxes that key points
gave there came out wider than heads are: up to 2.3 faces, where people draw 1.3. A box that overlaps its head by little
more than half teaches a detector to be wrong by half.
"""

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import centre
from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.dataset import as_truth

SOURCES = ("idenprof_chef", "idenprof_headwear", "idenprof_staff")
TOO_WIDE = 1.9  # in widths of the face in it: nine in ten of the heads that people drew are narrower
WIDTH = 1.5  # what such a box becomes, with the face where it was in it
HEADS = [LABELS.index(label) for label in (Label.HAT, Label.NO_HAT)]
FACES = [LABELS.index(label) for label in (Label.MASK, Label.NO_MASK)]


def narrowed(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows `(N, 5)` of one picture of `SOURCES` with heads of a believable width; those without a face stay."""
    boxes = as_truth(rows, 1, 1).drawn
    faces = boxes.boxes[np.isin(boxes.labels, FACES)]
    mended = rows.copy()
    for row in np.flatnonzero(np.isin(rows[:, 0], HEADS)):
        face = _face_in(mended[row], faces)
        if face is not None and mended[row, 3] > TOO_WIDE * (face[2] - face[0]):
            mended[row] = _around(mended[row], face)
    return mended


def _face_in(head: NDArray[np.float32], faces: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """`(4,)` the widest face whose centre is in the head."""
    inside = np.all(np.abs(centre(faces) - head[1:3]) <= head[3:5] / 2, axis=1)
    if not inside.any():
        return None
    found = faces[inside]
    return np.asarray(found[np.argmax(found[:, 2] - found[:, 0])], np.float32)


def _around(head: NDArray[np.float32], face: NDArray[np.float32]) -> NDArray[np.float32]:
    """The head's row, its width taken from the face; a face left of the middle stays as far left of it."""
    width = WIDTH * float(face[2] - face[0])
    middle = float(face[0] + face[2]) / 2
    aside = (middle - float(head[1])) / float(head[3]) * width
    return np.array([head[0], middle - aside, head[2], width, head[4]], np.float32)
