"""Cuts phones and cigarettes out of training pictures.

The outline inside a drawn box comes from GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004); what does not look like
one whole thing is left. Nothing is ever cut from held-out pictures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, intersection
from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.compose.sprite import Texture
from kitchenwatch.training.dataset import Picture, as_truth

LEAST = {Label.PHONE: 30, Label.CIGARETTE: 22}  # longer side in pixels: smaller ones have no outline to be found
SLENDER = 3.5  # a cigarette is longer than wide by more than this
SOLID = 0.8  # of its convex hull that a phone fills, with or without a hand
MARGIN = 0.25  # of the box's longer side, that GrabCut sees as background
WORKED_AT = 96  # pixels of the box's longer side while its outline is found: the search takes its time


@dataclass(frozen=True, slots=True)
class Cutting:
    """A thing from a picture, its light stretched from black to white.

    Attributes:
        texture: length 1.
        with_hand: the drawn box holds hand and phone together.
        origin: name of the picture.
    """

    texture: Texture
    with_hand: bool
    origin: str


def cuttings(mended: Iterable[tuple[Picture, NDArray[np.float32]]], label: Label) -> Iterator[Cutting]:
    """Every drawn box of that label that can be cut out.

    Args:
        mended: pictures with their rows `(N, 5)`; see `prepare.refitted`.
    """
    index = LABELS.index(label)
    for picture, rows in mended:
        if index in rows[:, 0]:
            image = picture.image()
            drawn = as_truth(rows, image.shape[1], image.shape[0]).drawn
            for box in drawn.of(label).boxes:
                texture = _cut(image, box, label) if _alone(box, drawn, label) else None
                if texture:
                    yield Cutting(texture, picture.source == "driver_phone", picture.name)


def _alone(box: Boxes, drawn: Detections, label: Label) -> bool:
    """Large enough, and no face in it: a phone at the ear would bring its owner's cheek along."""
    others = drawn.of(Label.HAT, Label.NO_HAT, Label.MASK, Label.NO_MASK).boxes
    free = label != Label.PHONE or intersection(box[None], others).sum() < 0.05 * np.prod(box[2:] - box[:2])
    return bool(free and (box[2:] - box[:2]).max() >= LEAST[label])


def _cut(image: NDArray[np.uint8], box: Boxes, label: Label) -> Texture | None:
    crop, inner = _with_margin(image, box)
    mask = np.zeros(crop.shape[:2], np.uint8)
    cv2.setRNGSeed(0)  # its colour models begin at random pixels; the same box gives the same outline
    try:
        cv2.grabCut(crop, mask, inner, np.zeros((1, 65)), np.zeros((1, 65)), 3, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # the box fills the picture: there is no background to learn from
        return None
    found = _largest(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8))
    share = float(found.sum()) / max(inner[2] * inner[3], 1)
    if label == Label.CIGARETTE:
        return _upright(crop, found) if share > 0.08 else None
    whole = 0.3 < share < 0.92 and _skin_share(crop, found) < 0.55 and _solid(found)
    return _texture(crop, found) if whole else None


def _solid(mask: NDArray[np.uint8]) -> bool:
    """No bays as a torn outline has them."""
    rows, columns = np.nonzero(mask)
    hull = cv2.convexHull(np.stack([columns, rows], 1).astype(np.int32))
    return float(mask.sum()) > SOLID * cv2.contourArea(hull)


def _skin_share(crop: NDArray[np.uint8], mask: NDArray[np.uint8]) -> float:
    """Of what the mask holds: where it is nearly all, the hand was cut out and the phone was not."""
    _, red, blue = cv2.split(cv2.cvtColor(crop, cv2.COLOR_BGR2YCrCb))
    skin = (red > 135) & (red < 180) & (blue > 77) & (blue < 127)
    return float(skin[mask > 0].mean())


def _with_margin(image: NDArray[np.uint8], box: Boxes) -> tuple[NDArray[np.uint8], tuple[int, int, int, int]]:
    """The box and its surroundings, scaled, and where the box lies in it: x, y, width, height."""
    height, width = image.shape[:2]
    margin = MARGIN * float((box[2:] - box[:2]).max()) + 3
    x1, y1 = (int(value) for value in np.maximum(box[:2] - margin, 0))
    x2, y2 = (int(value) for value in np.minimum(box[2:] + margin, (width, height)))
    scale = WORKED_AT / float((box[2:] - box[:2]).max())
    crop = cv2.resize(image[y1:y2, x1:x2], None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR)
    left, top = (int(value) for value in (box[:2] - (x1, y1)) * scale)
    right, bottom = (int(value) for value in (box[2:] - (x1, y1)) * scale)
    return np.asarray(crop, np.uint8), (left, top, right - left, bottom - top)


def _largest(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Its largest piece, without whiskers."""
    opened = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    count, numbered, stats, _ = cv2.connectedComponentsWithStats(opened)
    if count < 2:
        return np.zeros_like(mask)
    return np.asarray(numbered == 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA])), np.uint8)


def _upright(crop: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Texture | None:
    """Turned so that its long axis stands; None if it is not slender, pale and brighter than what is around it."""
    rows, columns = np.nonzero(mask)
    (x, y), (width, height), angle = cv2.minAreaRect(np.stack([columns, rows], 1).astype(np.float32))
    slender = max(width, height) >= SLENDER * min(width, height)
    if not slender or not _pale(crop[mask > 0]) or crop[mask > 0].mean() < crop[mask == 0].mean() + 15:
        return None
    turn = angle if height >= width else angle + 90
    size = (int(min(width, height)) + 6, int(max(width, height)) + 6)
    matrix = cv2.getRotationMatrix2D((x, y), turn, 1.0)
    matrix[0, 2] += size[0] / 2 - x
    matrix[1, 2] += size[1] / 2 - y
    turned = cv2.warpAffine(crop, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return _texture(np.asarray(turned, np.uint8), np.asarray(cv2.warpAffine(mask, matrix, size), np.uint8))


def _pale(pixels: NDArray[np.uint8]) -> bool:
    """Paper, not a finger: the middle pixel has little colour."""
    spread = pixels.max(1).astype(np.int64) - pixels.min(1)
    return bool(np.median(spread) < 0.3 * np.median(pixels.max(1)))


def _texture(crop: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Texture:
    """What the mask holds, with a soft edge and its light stretched."""
    rows, columns = np.nonzero(mask)
    area = np.s_[max(rows.min() - 2, 0) : rows.max() + 3, max(columns.min() - 2, 0) : columns.max() + 3]
    black, white = np.percentile(crop, 1), np.percentile(crop, 99)
    stretched = np.clip((crop[area].astype(np.float32) - black) / max(white - black, 30.0) * 255, 0, 255)
    shrunk = cv2.erode(mask[area], np.ones((3, 3), np.uint8)).astype(np.float32)
    alpha = cv2.GaussianBlur(shrunk, (0, 0), 1.0)
    return Texture(np.asarray(stretched, np.float32), np.asarray(alpha, np.float32), 1.0)
