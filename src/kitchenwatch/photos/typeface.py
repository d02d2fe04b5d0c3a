"""The typeface of watermarks: Droid Sans Fallback, which comes with PyMuPDF, so that no machine need have one."""

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
