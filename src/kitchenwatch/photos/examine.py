"""Looks at a photo that somebody has sent, and says what it is."""

import os
from dataclasses import dataclass
from datetime import tzinfo
from typing import BinaryIO

from PIL import Image
from PIL.ExifTags import Base

from kitchenwatch.photos.exif import Said, read_said
from kitchenwatch.photos.likeness import likeness
from kitchenwatch.photos.picture import opened, upright, whole
from kitchenwatch.photos.refusal import PhotoRefused, Unfit
from kitchenwatch.photos.stowaway import carries_more

# By content; Pillow calls a JPEG with a second picture in it (a depth map, mostly) MPO.
TYPES = {
    "JPEG": ("image/jpeg", "jpg"),
    "MPO": ("image/jpeg", "jpg"),
    "PNG": ("image/png", "png"),
    "WEBP": ("image/webp", "webp"),
}
LARGEST = 15 * 1024**2  # bytes; phones' photos have 2 to 8 MB
LYING = range(5, 9)  # EXIF orientations that swap width and height


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that may be taken in.

    Attributes:
        media_type, suffix: by its content.
        width, height: in pixels, as people see it.
        said: what it says of itself.
        phash: what it looks like (see `likeness`).
        view: the picture, upright, as RGB, at most 1600 pixels wide and high.
    """

    media_type: str
    suffix: str
    width: int
    height: int
    said: Said
    phash: str
    view: Image.Image


def examine(stream: BinaryIO, zone: tzinfo) -> Photo:
    """Look at a photo from the beginning of a seekable stream.

    Nothing is decoded before the header has told how large the picture is.

    Args:
        zone: of the place where it was taken, for the time that it tells.

    Raises:
        PhotoRefused: it is no picture, too large, damaged, or something else as well.
    """
    if stream.seek(0, os.SEEK_END) > LARGEST:
        raise PhotoRefused(Unfit.TOO_LARGE)
    image = opened(stream)
    media_type, suffix = TYPES[image.format or "JPEG"]
    if carries_more(stream):
        raise PhotoRefused(Unfit.CARRIES_MORE)
    with whole():
        said = read_said(image, zone)
        width, height = image.size
        if image.getexif().get(Base.Orientation) in LYING:
            width, height = height, width
    view = upright(image)
    return Photo(media_type, suffix, width, height, said, likeness(view), view)
