"""The typeface of pictures for people: Droid Sans Fallback, which comes with PyMuPDF."""

from functools import cache
from io import BytesIO

from PIL import ImageFont


def typeface(size: int) -> ImageFont.FreeTypeFont:
    """Chinese and Latin letters, `size` pixels high."""
    return ImageFont.truetype(BytesIO(_font()), size)


@cache
def _font() -> bytes:
    import pymupdf  # late: it is large

    return bytes(pymupdf.Font("china-s").buffer)
