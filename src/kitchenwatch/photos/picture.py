"""Decoding pictures of strangers: known formats only, bounded in size, whole or not at all."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from kitchenwatch.photos.refusal import PhotoRefused, Unfit

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # the largest that phones take by default; 150 MB once decoded
SIDE = 1600  # pixels; of the copy for people
# What Pillow's readers raise on files that are not what they should be.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, IndexError, KeyError, TypeError, OverflowError)


def opened(stream: BinaryIO) -> Image.Image:
    """A picture of which only the header has been read. Raises PhotoRefused."""
    stream.seek(0)
    try:
        image = Image.open(stream, formats=FORMATS)
    except Image.DecompressionBombError:
        raise PhotoRefused(Unfit.TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise PhotoRefused(Unfit.NOT_A_PICTURE) from None
    except BROKEN:
        raise PhotoRefused(Unfit.BROKEN) from None
    if image.width * image.height > MOST_PIXELS:
        raise PhotoRefused(Unfit.TOO_MANY_PIXELS)
    return image


def upright(image: Image.Image) -> Image.Image:
    """The picture as RGB, as people see it, at most `SIDE` pixels wide and high. Raises PhotoRefused."""
    with whole():
        # A large JPEG is decoded at half or a quarter of its size at once, for which `thumbnail` alone would be too
        # careful; the others are decoded whole.
        image.draft(None, (SIDE, SIDE))
        image.load()
        if image.mode == "P":
            image = image.convert("RGBA")
        image.thumbnail((SIDE, SIDE))
        return _on_white(ImageOps.exif_transpose(image))


def small(stream: BinaryIO) -> Image.Image:
    """A picture, upright and small. Raises PhotoRefused."""
    return upright(opened(stream))


@contextmanager
def whole() -> Iterator[None]:
    """Damage found on the way becomes a refusal."""
    try:
        yield
    except PhotoRefused:
        raise
    except BROKEN:
        raise PhotoRefused(Unfit.BROKEN) from None


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands():
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    return Image.alpha_composite(white, seen).convert("RGB")
