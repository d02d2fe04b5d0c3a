"""Captions on pictures: a word or two on a coloured ground, beside what they name and not on each other."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from PIL import Image as Canvas
from PIL import ImageDraw

from kitchenwatch.picture import Image
from kitchenwatch.typeface import typeface

Colour: TypeAlias = tuple[int, int, int]
Area: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""

PAD = 0.25  # of the letters' height, on both sides of a line
KEPT = 256  # captions that are kept: the same few words with scores of two digits


@lru_cache(maxsize=KEPT)
def caption(text: str, letters: int, colour: Colour, ink: Colour) -> Image:
    """One line `(H, W, 3)` uint8 BGR.

    Args:
        text: Chinese or Latin; what cannot be printed is left out.
        letters: their height in pixels.
        colour, ink: of ground and letters, BGR.
    """
    font = typeface(letters)
    line = "".join(letter for letter in text if letter.isprintable())
    pad = max(1, round(PAD * letters))
    mask = Canvas.new("L", (int(font.getlength(line)) + 2 * pad, letters + 2 * pad))
    ImageDraw.Draw(mask).text((pad, mask.height // 2), line, fill=255, font=font, anchor="lm")
    share = np.asarray(mask, np.float32)[..., None] / 255
    return np.asarray(share * np.array(ink, np.float32) + (1 - share) * np.array(colour, np.float32), np.uint8)


def put(image: Image, caption: Image, left: int, top: int) -> None:
    """Onto the picture, in place; what reaches out of it is cut off."""
    height, width = image.shape[:2]
    x1, y1 = max(0, left), max(0, top)
    x2, y2 = min(width, left + caption.shape[1]), min(height, top + caption.shape[0])
    if x2 > x1 and y2 > y1:
        image[y1:y2, x1:x2] = caption[y1 - top : y2 - top, x1 - left : x2 - left]


def beside(box: Area, caption: Image, taken: Sequence[Area], shown: Sequence[Area], picture: tuple[int, int]) -> Area:
    """Where a caption stands by its box: in the picture, on no other caption, and if it can be on nothing shown.

    Args:
        box: what it names.
        taken: where captions stand already.
        shown: what should be seen: the boxes, this one as well.
        picture: width and height.
    """
    height, width = caption.shape[:2]
    inside = [_within((x, y, x + width, y + height), picture) for x, y in _places(box, width, height)]
    free = [area for area in inside if not any(_meet(area, other) for other in taken)]
    clear = [area for area in free if not any(_meet(area, other) for other in shown)]
    return (clear or free or inside)[0]


def _places(box: Area, width: int, height: int) -> Iterator[tuple[int, int]]:
    """Left and top, the best first: above the box or below it, at its sides, and ever further above or below."""
    x1, y1, x2, y2 = box
    yield from ((x1, y1 - height), (x1, y2), (x2 - width, y1 - height))
    for further in range(1, 5):
        yield x1, y2 + further * height // 4
    yield from ((x2, y1), (x1 - width, y1), (x2, y2 - height), (x1 - width, y2 - height))
    for further in range(1, 17):
        yield x1, y1 - height - further * height // 4
        yield x1, y2 + height + further * height // 4


def _within(area: Area, picture: tuple[int, int]) -> Area:
    """Moved into the picture, as far as it fits there."""
    left = max(0, min(area[0], picture[0] - (area[2] - area[0])))
    top = max(0, min(area[1], picture[1] - (area[3] - area[1])))
    return left, top, left + area[2] - area[0], top + area[3] - area[1]


def _meet(one: Area, other: Area) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
