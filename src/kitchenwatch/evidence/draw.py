"""Pictures for people: what was seen drawn into the frame, a person cut out of it, and both as JPEG."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import cv2
import numpy as np

from kitchenwatch.geometry import Boxes, clip_box
from kitchenwatch.model import LABELS, Detections, Frame, Label, Look, Track, Violation
from kitchenwatch.picture import Image, Picture

Colour = tuple[int, int, int]

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
_COLOURS = {Label.HAT: GREEN, Label.MASK: GREEN, Label.PERSON: GREY}

# OpenCV's built-in font holds ASCII only, hence English labels.
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_PX = 22  # height of its capital letters at scale 1


def annotated(
    frame: Frame, tracks: Sequence[Track], looks: Sequence[Look], violation: Violation, zone: ZoneInfo
) -> Image:
    """The frame with boxes and labels, on a strip that tells kind, camera and local time.

    Returns:
        `(H + strip, W, 3)` uint8 BGR; the frame itself is left as it is.
    """
    image = frame.image.copy()
    for track in tracks:
        _box(image, track.box, f"person {track.score:.2f}", RED if track.id == violation.track else GREY)
    for look in looks:
        _boxes(image, look.detections[look.detections.scores >= SHOWN_FROM])
    return np.vstack([image, _strip(frame, violation, zone)])


def person(picture: Picture, box: Boxes) -> Image | None:
    """The box with a margin, cut out as `(H, W, 3)`; None if it lies outside the picture."""
    margin = MARGIN * np.array([box[0] - box[2], box[1] - box[3], box[2] - box[0], box[3] - box[1]], np.float32)
    x1, y1, x2, y2 = clip_box(box + margin, *picture.size).round().astype(int).tolist()
    return picture.crop(x1, y1, x2, y2) if x2 > x1 and y2 > y1 else None


def jpeg(image: Image) -> bytes:
    """The picture as JPEG of `JPEG_QUALITY`."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def _boxes(image: Image, detections: Detections) -> None:
    for box, score, index in zip(detections.boxes, detections.scores, detections.labels, strict=True):
        label = LABELS[index]
        _box(image, box, f"{label} {score:.2f}", _COLOURS.get(label, RED))


def _box(image: Image, box: Boxes, text: str, colour: Colour) -> None:
    height, width = image.shape[:2]
    thick = max(1, height // 400)
    x1, y1, x2, y2 = clip_box(box, width - 1, height - 1).round().astype(int).tolist()
    cv2.rectangle(image, (x1, y1), (x2, y2), colour, thick)
    letters = max(8, height // 60)
    wide = cv2.getTextSize(text, _FONT, letters / _FONT_PX, thick)[0][0]
    # Above the box, or inside it where there is no room above; never out of the picture.
    x, y = max(0, min(x1, width - wide)), y1 - 4 if y1 > 2 * letters else y1 + letters + 4
    cv2.rectangle(image, (x, y - letters - 2), (x + wide, y + 3), colour, cv2.FILLED)
    cv2.putText(image, text, (x, y), _FONT, letters / _FONT_PX, BLACK, thick, cv2.LINE_AA)


def _strip(frame: Frame, violation: Violation, zone: ZoneInfo) -> Image:
    width, height = frame.size
    local = frame.at.astimezone(zone).isoformat(sep=" ", timespec="milliseconds")
    text = f"{violation.kind} {violation.score:.2f} | camera {frame.camera} | {local}"
    letters = max(10, height // 45)
    scale = letters / _FONT_PX
    wide = cv2.getTextSize(text, _FONT, scale, 1)[0][0]
    scale *= min(1.0, (width - 2 * letters) / wide)
    strip = np.zeros((2 * letters, width, 3), np.uint8)
    thick = max(1, height // 700)
    cv2.putText(strip, text, (letters, letters * 3 // 2), _FONT, scale, WHITE, thick, cv2.LINE_AA)
    return strip
