"""What a business's phone sends: photos as cameras write them, and what is none."""

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from installation import Installation
from PIL import Image
from PIL.ExifTags import IFD, Base

from kitchenwatch.lifecycle import Act, Severity
from kitchenwatch.model import Role
from kitchenwatch.store.loop import Actor, Move

EAST = Actor("east", Role.REGULATOR)
ASKED = "请操作人员规范佩戴工作帽，并上传整改照片。"


def ordered(shop: Installation, case: UUID) -> UUID:
    """Confirm the case and send it to the business, with three days to answer."""
    act(shop, case, Act.CONFIRM)
    deadline = shop.clock.now() + timedelta(days=3)
    act(shop, case, Act.DISPATCH, severity=Severity.ORDINARY, deadline=deadline, asked=ASKED)
    return case


def act(shop: Installation, case: UUID, what: Act, **said: object) -> None:
    """The regulator of the district does that to a case as it is now."""
    shop.loop.act(case, Move(what, revision(shop, case), **said), EAST)  # type: ignore[arg-type]


def revision(shop: Installation, case: UUID) -> int:
    """Which the case stands at."""
    from kitchenwatch.model import Scope

    return shop.reading.case(Scope("x", Role.ADMIN), case).revision


def scene(seed: int, width: int = 1200, height: int = 900) -> Image.Image:
    """A picture unlike those of other seeds."""
    coarse = np.random.default_rng(seed).integers(0, 255, (9, 12, 3), np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def taken(
    seed: int = 1,
    *,
    at: datetime | None = None,
    camera: str = "HUAWEI",
    software: str = "",
    orientation: int = 1,
    size: tuple[int, int] = (1200, 900),
    quality: int = 90,
) -> bytes:
    """A JPEG as a phone's camera writes it; `at` as its own clock shows it."""
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    if camera:
        exif[Base.Make], exif[Base.Model] = camera, "P60"
    if software:
        exif[Base.Software] = software
    if at:
        exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = at.strftime("%Y:%m:%d %H:%M:%S")
        exif.get_ifd(IFD.Exif)[Base.OffsetTimeOriginal] = "+00:00" if at.tzinfo is UTC else "+08:00"
    written = io.BytesIO()
    scene(seed, *size).save(written, "JPEG", quality=quality, exif=exif)
    return written.getvalue()


def encoded(image: Image.Image, format: str) -> bytes:
    """A picture in a file of that format."""
    written = io.BytesIO()
    image.save(written, format)
    return written.getvalue()


def huge_png(width: int = 20_000, height: int = 10_000) -> bytes:
    """A grey PNG of 200 megapixels in less than 1 MB, made a row at a time."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    squeeze, row = zlib.compressobj(1), bytes(width + 1)
    data = b"".join([*(squeeze.compress(row) for _ in range(height)), squeeze.flush()])
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def endless(boundary: str, limit: int) -> Iterator[bytes]:
    """A form whose photo does not end before `limit` bytes."""
    yield (
        f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    ).encode()
    piece = b"\xff\xd8\xff\xe0" + bytes(65_532)
    for _ in range(limit // len(piece)):
        yield piece


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
