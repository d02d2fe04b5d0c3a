"""A fingerprint of what a picture looks like: those of nearly the same pictures differ in few bits."""

from typing import BinaryIO

from PIL import Image

from kitchenwatch.photos.picture import small


def likeness(picture: Image.Image) -> str:
    """The perceptual hash (pHash) as 16 hex digits."""
    import imagehash  # late: it brings SciPy

    return str(imagehash.phash(picture))


def likeness_of(stream: BinaryIO) -> str:
    """The same of a picture of ours. Raises PhotoRefused."""
    return likeness(small(stream))
