"""Draws mistakes as a contact sheet: each with its surroundings, what was drawn and what was found."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.geometry import Boxes, centre, iou
from kitchenwatch.model import Detections, Label
from kitchenwatch.training.evaluate.mistakes import TOUCHING, Mistake
from kitchenwatch.training.evaluate.run import Examined

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]

COLUMNS = 6
TILE = 266  # px: six of them are 1,596 wide
CAPTION = 40
HEADING = 44
AROUND = 3.0  # sides of the box that a tile shows
LEAST = 96.0  # px of the picture that a tile shows at least
SHOWN_FROM = 0.1  # fainter detections are left out of the tiles

# BGR
WHITE: Colour = (255, 255, 255)
RED: Colour = (60, 60, 255)
ORANGE: Colour = (0, 165, 255)
PAPER: Colour = (32, 32, 32)

_FONT = cv2.FONT_HERSHEY_SIMPLEX  # ASCII only


def sheet(examined: Sequence[Examined], label: Label, false: Sequence[Mistake], lost: Sequence[Mistake]) -> Image:
    """The mistakes of one label, `(H, 1596, 3)` uint8 BGR.

    Drawn boxes are white. What is falsely found is red; what was found near a missed box is orange.
    """
    rows = [_heading(f"{label}: found where it is not, most confident first, one a picture (red; white: drawn)")]
    rows += _rows([_tile(examined[one.picture], label, one, RED) for one in false])
    rows += [_heading(f"{label}: missed, least seen first, one a picture (white; orange: found there)")]
    rows += _rows([_tile(examined[one.picture], label, one, WHITE) for one in lost])
    return np.vstack(rows)


def _rows(tiles: Sequence[Image]) -> list[Image]:
    if not tiles:
        return [_text("none", COLUMNS * TILE, CAPTION, 0.5)]
    blank = np.full_like(tiles[0], PAPER)
    padded = [*tiles, *[blank] * (-len(tiles) % COLUMNS)]
    return [np.hstack(padded[start : start + COLUMNS]) for start in range(0, len(padded), COLUMNS)]


def _tile(one: Examined, label: Label, mistake: Mistake, colour: Colour) -> Image:
    corner, scale, image = _surroundings(one.picture.image(), mistake.box)

    def outline(boxes: Boxes, colour: Colour, thick: int) -> None:
        for x1, y1, x2, y2 in np.round((boxes - np.tile(corner, 2)) * scale).astype(int).tolist():
            cv2.rectangle(image, (x1, y1), (x2, y2), colour, thick, cv2.LINE_AA)

    outline(_like(one.truth.drawn, label).boxes, WHITE, 1)
    if colour is WHITE:
        outline(_near(_like(one.found, label), mistake.box), ORANGE, 1)
    outline(mistake.box[None], colour, 2)
    image[:, -2:] = PAPER  # a seam between tiles
    name = _text(one.picture.name, TILE, CAPTION // 2, 0.42)
    return np.vstack([image, name, _text(mistake.said, TILE, CAPTION // 2, 0.42)])


def _surroundings(image: Image, box: Boxes) -> tuple[NDArray[np.float32], float, Image]:
    """Upper left corner and scale of a tile, and the tile itself; beyond the picture's edges it is paper."""
    sides = np.array([image.shape[1], image.shape[0]], np.float32)
    wide = float((box[2:] - box[:2]).max())
    side = max(wide, min(max(AROUND * wide, LEAST), float(sides.min())))
    # Within the picture where it fits, else centred on it.
    corner = np.where(sides < side, (sides - side) / 2, np.clip(centre(box) - side / 2, 0, np.maximum(sides - side, 0)))
    scale = TILE / side
    place = np.array([[scale, 0, -scale * corner[0]], [0, scale, -scale * corner[1]]], np.float64)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    tile = cv2.warpAffine(image, place, (TILE, TILE), flags=how, borderMode=cv2.BORDER_CONSTANT, borderValue=PAPER)
    return corner, scale, np.asarray(tile, np.uint8)


def _like(boxes: Detections, label: Label) -> Detections:
    """People on a sheet of people, all else on the others: else every tile is full of frames."""
    return boxes.of(Label.PERSON) if label is Label.PERSON else boxes.of(*(one for one in Label if one != "person"))


def _near(found: Detections, box: Boxes) -> Boxes:
    shown = found[found.scores >= SHOWN_FROM].boxes
    return shown[iou(shown, box[None])[:, 0] >= TOUCHING]


def _heading(text: str) -> Image:
    return _text(text, COLUMNS * TILE, HEADING, 0.75)


def _text(text: str, width: int, height: int, scale: float) -> Image:
    strip = np.full((height, width, 3), PAPER, np.uint8)
    wide = cv2.getTextSize(text, _FONT, scale, 1)[0][0]
    scale *= min(1.0, (width - 10) / max(wide, 1))
    cv2.putText(strip, text, (4, round(height * 0.7)), _FONT, scale, WHITE, 1, cv2.LINE_AA)
    return strip
