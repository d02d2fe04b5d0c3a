"""What a picture says of itself: when it was taken, by what, and what has changed it since."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from PIL import Image
from PIL.ExifTags import IFD, Base

LONGEST = 100  # characters of a text that anybody may have written
WRITTEN = "%Y:%m:%d %H:%M:%S"
OFFSET = re.compile(r"[+-]\d\d:\d\d")
# Programs that change pictures; most phones write their own firmware's name here, which says nothing.
EDITORS = re.compile(
    r"photoshop|lightroom|gimp|snapseed|picsart|canva|pixlr|paint|affinity|capture one|meitu|美图|醒图|faceapp",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Said:
    """Anybody can write this, so it only ever raises doubts.

    Attributes:
        taken_at: UTC moment; None where the picture says none.
        camera: maker and model; empty for screenshots, and for pictures that went through a chat.
        editor: the program that changed it, where it is a known one.
    """

    taken_at: datetime | None = None
    camera: str = ""
    editor: str = ""


def read_said(image: Image.Image, zone: tzinfo) -> Said:
    """What the picture's EXIF says; `zone` is where it was taken, for the many that name none."""
    exif = image.getexif()
    detail = exif.get_ifd(IFD.Exif)
    written = _text(detail.get(Base.DateTimeOriginal)) or _text(exif.get(Base.DateTime))
    software = _text(exif.get(Base.Software))
    return Said(
        taken_at=_moment(written, _text(detail.get(Base.OffsetTimeOriginal)), zone),
        camera=" ".join(filter(None, (_text(exif.get(Base.Make)), _text(exif.get(Base.Model))))),
        editor=software if EDITORS.search(software) else "",
    )


def _text(value: object) -> str:
    """A tag as a line of text; tags of other types, and what cannot be printed, are left out."""
    if not isinstance(value, str):
        return ""
    return "".join(filter(str.isprintable, value)).strip()[:LONGEST]


def _moment(written: str, offset: str, zone: tzinfo) -> datetime | None:
    try:
        if OFFSET.fullmatch(offset):
            return datetime.strptime(written + offset, f"{WRITTEN}%z").astimezone(UTC)
        return datetime.strptime(written, WRITTEN).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
