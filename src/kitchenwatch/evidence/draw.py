"""Pictures for people: what was seen drawn into the frame, a person cut out of it, and both as JPEG."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from kitchenwatch.evidence.captions import Area, Colour, beside, caption, put
from kitchenwatch.geometry import Boxes, clip_box
from kitchenwatch.model import LABELS, Detections, Frame, Label, Look, Track, Violation
from kitchenwatch.picture import Image, Picture

# 90 of 100: no visible artefacts at some 0.4 MB for a 1080p picture.
JPEG_QUALITY = 90
# Of the person's width and height, on every side: hands and what they hold often reach out of the box.
MARGIN = 0.15

# Looks keep fainter boxes, because calibration knows what they are worth; to a person they are clutter.
SHOWN_FROM = 0.25

# BGR
RED: Colour = (40, 40, 230)
GREEN: Colour = (60, 170, 60)
GREY: Colour = (200, 200, 200)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_COLOURS = {Label.HAT: GREEN, Label.MASK: GREEN}

# Regulators read these pictures: their words, in the kinds' and labels' own terms.
NAMES = {
    "hat": "已戴帽",
    "no_hat": "未戴工作帽",
    "mask": "已戴口罩",
    "no_mask": "未戴口罩",
    "cigarette": "香烟",
    "phone": "手机",
    "smoking": "吸烟",
    "phone_use": "使用手机",
}


def annotated(
    frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], violation: Violation, zone: ZoneInfo
) -> Image:
    """The frame with boxes and labels, on a strip that tells kind, camera and local time.

    Returns:
        `(H + strip, W, 3)` uint8 BGR; the frame itself is left as it is.
    """
    image = frame.image.copy()
    for track in tracks:
        _outline(image, track.box, RED if track.id == violation.track else GREY)
    _name_all(image, sorted(looks, key=lambda look: look.track != violation.track))
    return np.vstack([image, _strip(frame, violation, zone)])


def person(picture: Picture, box: Boxes) -> Image | None:
    """The box with a margin, cut out as `(H, W, 3)`; None if it lies outside the picture."""
    margin = MARGIN * np.array([box[0] - box[2], box[1] - box[3], box[2] - box[0], box[3] - box[1]], np.float32)
    x1, y1, x2, y2 = clip_box(box + margin, *picture.size).round().astype(int).tolist()
    return picture.crop(x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def jpeg(image: Image) -> bytes:
    """The picture as JPEG of `JPEG_QUALITY`."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _name_all(image: Image, looks: Sequence[Look]) -> None:
    """Outlines what was seen, with a caption each, the first in the best places; people need no word."""
    height, width = image.shape[:2]
    named = [named for look in looks for named in _named(look.detections)]
    shown = [_outline(image, box, colour) for box, _, colour in named]
    taken: list[Area] = []
    for area, (_, text, colour) in zip(shown, named, strict=True):
        words = caption(text, max(11, height // 48), colour, WHITE)
        taken.append(beside(area, words, taken, shown, (width, height)))
        put(image, words, *taken[-1][:2])


def _named(found: Detections) -> Iterator[tuple[Boxes, str, Colour]]:
    for box, score, index in zip(found.boxes, found.scores, found.labels, strict=True):
        if score >= SHOWN_FROM and (label := LABELS[index]) is not Label.PERSON:
            yield box, f"{NAMES[label]} {score:.0%}", _COLOURS.get(label, RED)


def _outline(image: Image, box: Boxes, colour: Colour) -> Area:
    height, width = image.shape[:2]
    x1, y1, x2, y2 = clip_box(box, width - 1, height - 1).round().astype(int).tolist()
    cv2.rectangle(image, (x1, y1), (x2, y2), colour, max(1, height // 400))
    return x1, y1, x2, y2


def _strip(frame: Frame, violation: Violation, zone: ZoneInfo) -> Image:
    width, height = frame.size
    local = frame.at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
    named = f"{NAMES[violation.kind]} {violation.kind}" if violation.kind in NAMES else violation.kind
    text = f"{named} {violation.score:.0%}  |  摄像头 camera {frame.camera}  |  {local}"
    letters = max(12, height // 36)
    while (words := caption(text, letters, BLACK, WHITE)).shape[1] > width and letters > 1:
        letters = max(1, min(letters - 1, letters * width // words.shape[1]))
    strip = np.zeros((words.shape[0] + letters // 2, width, 3), np.uint8)
    put(strip, words, letters // 2 if words.shape[1] + letters <= width else 0, letters // 4)
    return strip
