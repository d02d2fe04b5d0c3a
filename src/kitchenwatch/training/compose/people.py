"""Where a person's mouth, ears and hands are, and of what colour they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, centre
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.compose.sprite import Colour

Points = NDArray[np.float32]  # (17, 3) x, y in pixels, certainty: the key points of COCO
SURE = 0.5  # a key point below this certainty is not used
EYES, EARS, ELBOWS, WRISTS = (1, 2), (3, 4), (7, 8), (9, 10)


@dataclass(frozen=True, slots=True)
class Person:
    """A person on whom a thing can be put, in pixels of the picture.

    Attributes:
        head: `(4,)`.
        face: `(4,)`.
        masked: whether a mask covers the mouth.
        skin: of the face.
        cloth: of the shoulder or chest.
        points: key points, or None where they are not known.
    """

    head: Boxes
    face: Boxes
    masked: bool
    skin: Colour
    cloth: Colour
    points: Points | None

    @property
    def height(self) -> float:
        """Of the head."""
        return float(self.head[3] - self.head[1])

    @property
    def looks(self) -> float:
        """Where the face is turned: -1 to the left edge of the picture, 0 to the viewer, 1 to the right."""
        middle = (float(self.face[0] + self.face[2]) - float(self.head[0] + self.head[2])) / 2
        boxes = middle / max(float(self.head[2] - self.head[0]) / 4, 1.0)
        nose = self._sure((0,))
        ears = self._sure(EARS)
        if len(nose) and len(ears):
            return float(np.clip((nose[0, 0] - ears[:, 0].mean()) / (0.35 * self.height), -1, 1))
        return float(np.clip(boxes, -1, 1))

    @property
    def mouth(self) -> tuple[float, float]:
        """By eyes and nose if they are known, else in the lower third of the face."""
        eyes, nose = self._sure(EYES), self._sure((0,))
        if len(eyes) == 2 and len(nose):
            found = nose[0] + 0.75 * (nose[0] - eyes.mean(0))
            if self.face[0] < found[0] < self.face[2] and self.face[1] < found[1] < self.face[3]:
                return float(found[0]), float(found[1])
        x, y = centre(self.face[None])[0]
        width, height = self.face[2:] - self.face[:2]
        return float(x + 0.15 * self.looks * width), float(y + 0.27 * height)

    def ear(self, side: int) -> tuple[float, float]:
        """The left (-1) or right (1) side of the head in the picture."""
        x1, y1, x2, y2 = map(float, self.head)
        for x, y in self._sure(EARS):
            if abs(x - (x1 if side < 0 else x2)) < 0.3 * (x2 - x1):
                return float(x), float(y)
        width = x2 - x1
        return (x1 + 0.1 * width if side < 0 else x2 - 0.1 * width), y1 + 0.58 * (y2 - y1)

    def hands(self) -> list[tuple[float, float]]:
        """The middle of each hand that is in the picture."""
        if self.points is None:
            return []
        found = []
        for elbow, wrist in zip(self.points[list(ELBOWS)], self.points[list(WRISTS)], strict=True):
            if min(elbow[2], wrist[2]) >= SURE:
                arm = wrist[:2] - elbow[:2]
                x, y = wrist[:2] + 0.35 * self.height * arm / max(float(np.linalg.norm(arm)), 1.0)
                found.append((float(x), float(y)))
        return found

    def _sure(self, which: Sequence[int]) -> NDArray[np.float32]:
        if self.points is None:
            return np.zeros((0, 2), np.float32)
        chosen = self.points[list(which)]
        return np.asarray(chosen[chosen[:, 2] >= SURE, :2], np.float32)


def people(image: NDArray[np.uint8], drawn: Detections, poses: NDArray[np.float32]) -> Iterator[Person]:
    """Everybody whose head and face are drawn.

    Args:
        image: `(H, W, 3)` uint8 BGR.
        drawn: its boxes, in pixels.
        poses: `(N, 17, 3)` key points; N is 0 where they are not known.
    """
    faces = drawn.of(Label.MASK, Label.NO_MASK)
    middles = centre(faces.boxes)
    for head in drawn.of(Label.HAT, Label.NO_HAT).boxes:
        inside = np.all((middles > head[:2]) & (middles < head[2:]), axis=1)
        if inside.sum() != 1:
            continue
        face = faces.boxes[inside][0]
        masked = int(faces.labels[inside][0]) == LABELS.index(Label.MASK)
        skin, cloth = _skin(image, face, masked), _cloth(image, head)
        yield Person(head, face, masked, skin, cloth, _own(poses, head))


def _own(poses: NDArray[np.float32], head: Boxes) -> Points | None:
    """The key points whose nose, eyes and ears lie in that head."""
    for points in poses:
        face = points[:5]
        sure = face[face[:, 2] >= SURE, :2]
        if len(sure) >= 2 and np.all((sure > head[:2]) & (sure < head[2:]), axis=1).mean() > 0.7:
            return np.asarray(points, np.float32)
    return None


def _skin(image: NDArray[np.uint8], face: Boxes, masked: bool) -> Colour:
    """The cheeks' colour, or the forehead's above a mask."""
    rows = (0.1, 0.35) if masked else (0.4, 0.65)
    x1, y1, x2, y2 = face
    width, height = x2 - x1, y2 - y1
    return _median(image, (x1 + 0.25 * width, y1 + rows[0] * height, x2 - 0.25 * width, y1 + rows[1] * height))


def _cloth(image: NDArray[np.uint8], head: Boxes) -> Colour:
    x1, _, x2, y2 = head
    size = x2 - x1
    return _median(image, (x1 - 0.2 * size, y2 + 0.5 * size, x2 + 0.2 * size, y2 + 1.0 * size))


def _median(image: NDArray[np.uint8], box: tuple[float, ...]) -> Colour:
    height, width = image.shape[:2]
    x1, x2 = (int(np.clip(value, 0, width - 3)) for value in (box[0], box[2]))
    y1, y2 = (int(np.clip(value, 0, height - 3)) for value in (box[1], box[3]))
    patch = image[y1 : max(y2, y1 + 3), x1 : max(x2, x1 + 3)]
    return np.asarray(np.median(patch.reshape(-1, 3), axis=0), np.float32)
