"""Copies of photos for people, with a watermark that says where they come from."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from kitchenwatch.typeface import typeface

QUALITY = 85
LEAST_SIDE = 900  # pixels; a smaller picture is enlarged, so that its watermark can be read
LETTERS = 34  # Chinese ones to a line, at most
SMALLEST = 20  # pixels
LEADING = 1.35
BAND, BAR, INK = (8, 16, 14, 165), (45, 190, 165, 255), (255, 255, 255, 255)


def stamped(view: Image.Image, lines: Sequence[str]) -> bytes:
    """The picture as a JPEG without EXIF, these lines drawn on its lower edge.

    Args:
        view: RGB; left as it is.
    """
    picture = _large_enough(view)
    font = typeface(max(SMALLEST, picture.width // LETTERS))
    pad = int(font.size * 0.7)
    rows = [row for line in lines for row in _wrapped(_printable(line), font, picture.width - 3 * pad)]
    band = _band(rows, font, pad, picture.width)
    # A wide and low picture leaves no room: then the lines stand below it.
    room = picture.height >= 2 * band.height
    sheet = Image.new("RGB", (picture.width, picture.height + (0 if room else band.height)), "black")
    sheet.paste(picture, (0, 0))
    sheet.paste(band, (0, sheet.height - band.height), band)
    written = BytesIO()
    sheet.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()


def _large_enough(view: Image.Image) -> Image.Image:
    scale = LEAST_SIDE / max(view.size)
    if scale <= 1:
        return view
    return view.resize((max(1, round(view.width * scale)), max(1, round(view.height * scale))))


def _band(rows: Sequence[str], font: ImageFont.FreeTypeFont, pad: int, width: int) -> Image.Image:
    step = int(font.size * LEADING)
    band = Image.new("RGBA", (width, step * len(rows) + pad), BAND)
    draw = ImageDraw.Draw(band)
    draw.rectangle((0, 0, pad // 3, band.height), BAR)
    for place, row in enumerate(rows):
        draw.text((pad, pad // 2 + place * step), row, font=font, fill=INK)
    return band


def _printable(line: str) -> str:
    """Without breaks and control characters, such as an order of several sentences has: they cannot be drawn."""
    return "".join(letter if letter.isprintable() else " " for letter in line)


def _wrapped(line: str, font: ImageFont.FreeTypeFont, width: int) -> Iterator[str]:
    """The line broken between any two letters, as Chinese is."""
    row = ""
    for letter in line:
        if row and font.getlength(row + letter) > width:
            yield row
            row = ""
        row += letter
    yield row
