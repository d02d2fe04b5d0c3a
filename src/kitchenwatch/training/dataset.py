"""Training pictures with their drawn boxes, as they lie on disk.

The folder is in the YOLO format: `images/<split>/*.jpg` and `labels/<split>/<same name>.txt` with one box a line,
`id centre_x centre_y width height` as fractions of the picture. Ids 0 to 6 are `LABELS`. Ids 7 to 13 say where nobody
looked for a label, or where nobody could tell: `7 + i` covers a part of the picture (often all of it) in which label
`i` is unknown. Nothing found there is learned from or counted as a mistake.

A file's name begins with its source: `web_kitchen_0a1b2c3d4e.jpg` is of `web_kitchen`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import DatasetError
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import LABELS, Detections, Label

SUFFIXES = (".jpg", ".jpeg", ".png")
JPEG_QUALITY = 90  # what we write is read once more by training: little loss on top of the source's own


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about a picture.

    Attributes:
        drawn: the boxes that a person drew or accepted, in pixels; scores are 1.
        unknown: parts in which a label is unknown, in pixels; scores are 1.
    """

    drawn: Detections
    unknown: Detections


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture of a dataset.

    Attributes:
        path: of the image file.
        labels: of the text file; it may be missing, then nothing is drawn on the picture.
    """

    path: Path
    labels: Path

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    @property
    def source(self) -> str:
        """Where the picture came from, by its name."""
        return self.name.rpartition("_")[0]

    def image(self) -> NDArray[np.uint8]:
        """`(H, W, 3)` uint8 BGR. Raises DatasetError if it cannot be read."""
        data = np.fromfile(self.path, np.uint8)
        image = cv2.imdecode(data, cv2.IMREAD_COLOR) if data.size else None
        if image is None:
            raise DatasetError(f"{self.path}: not a picture that can be read -> remove it, or put it back whole")
        return np.asarray(image, np.uint8)

    def rows(self) -> NDArray[np.float32]:
        """`(N, 5)`: id, then the box as fractions. Raises DatasetError naming the line that is wrong."""
        if not self.labels.exists():
            return np.zeros((0, 5), np.float32)
        try:
            text = self.labels.read_text(encoding="utf-8-sig")
        except (UnicodeDecodeError, OSError):
            raise DatasetError(f"{self.labels}: not a text in UTF-8 -> save it as one") from None
        lines = enumerate(text.splitlines(), 1)
        found = [_row(self.labels, number, line) for number, line in lines if line.strip()]
        return np.array(found, np.float32).reshape(-1, 5)

    def truth(self, width: int, height: int) -> Truth:
        """What is known, in pixels of a picture of that size."""
        return as_truth(self.rows(), width, height)


def pictures(root: Path, split: str) -> list[Picture]:
    """The pictures of a split, by name. Raises DatasetError if there are none."""
    found = sorted(path for path in (root / "images" / split).glob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        kinds = ", ".join(SUFFIXES)
        raise DatasetError(f"{root}: no pictures ({kinds}) in images/{split} -> name a folder in YOLO format")
    return [Picture(path, root / "labels" / split / f"{path.stem}.txt") for path in found]


def write_picture(root: Path, split: str, name: str, image: NDArray[np.uint8], rows: NDArray[np.float32]) -> None:
    """Add a picture: the image first, then its labels.

    Args:
        root: of the dataset.
        split: `train` or `val`.
        name: without suffix; begins with the source and an underscore.
        image: `(H, W, 3)` uint8 BGR.
        rows: `(N, 5)` as `Picture.rows` gives them.
    """
    (root / "images" / split).mkdir(parents=True, exist_ok=True)
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    (root / "images" / split / f"{name}.jpg").write_bytes(data.tobytes())
    write_rows(root, split, name, rows)


def write_rows(root: Path, split: str, name: str, rows: NDArray[np.float32]) -> None:
    """Write the label file of a picture: `rows` `(N, 5)` as `Picture.rows` gives them."""
    (root / "labels" / split).mkdir(parents=True, exist_ok=True)
    (root / "labels" / split / f"{name}.txt").write_text("".join(_lines(rows)), encoding="utf-8")


def as_truth(rows: NDArray[np.float32], width: int, height: int) -> Truth:
    """Rows `(N, 5)` of a label file in pixels of a picture of that size."""
    size = np.array([width, height], np.float32)
    middle, half = rows[:, 1:3] * size, rows[:, 3:5] * size / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    ids = rows[:, 0].astype(np.int64)
    known = ids < len(LABELS)
    return Truth(_detections(boxes[known], ids[known]), _detections(boxes[~known], ids[~known] - len(LABELS)))


def as_rows(truth: Truth, width: int, height: int) -> NDArray[np.float32]:
    """What `as_truth` took, from boxes in pixels."""
    boxes = np.concatenate([truth.drawn.boxes, truth.unknown.boxes])
    ids = np.concatenate([truth.drawn.labels, truth.unknown.labels + len(LABELS)])
    size = np.array([width, height], np.float32)
    middle, sides = (boxes[:, :2] + boxes[:, 2:]) / 2 / size, (boxes[:, 2:] - boxes[:, :2]) / size
    return np.column_stack([ids, middle, sides]).astype(np.float32).reshape(-1, 5)


def unknown_everywhere(labels: tuple[Label, ...]) -> NDArray[np.float32]:
    """Rows `(N, 5)` that say: nobody looked for these labels in this picture."""
    return np.array([[len(LABELS) + LABELS.index(label), 0.5, 0.5, 1, 1] for label in labels], np.float32).reshape(
        -1, 5
    )


def _detections(boxes: Boxes, ids: NDArray[np.int64]) -> Detections:
    return Detections(boxes.astype(np.float32), np.ones(len(ids), np.float32), ids)


def _row(path: Path, number: int, line: str) -> list[float]:
    try:
        row = [float(part) for part in line.split()]
    except ValueError:
        row = []
    inside = len(row) == 5 and row[0] in range(2 * len(LABELS)) and all(0 <= value <= 1 for value in row[1:])
    if not inside:
        raise DatasetError(f"{path}: line {number}: {line!r} is no box -> write: id centre_x centre_y width height")
    return row


def _lines(rows: NDArray[np.float32]) -> Iterator[str]:
    for row in rows:
        yield f"{int(row[0])} " + " ".join(f"{value:.6f}" for value in row[1:]) + "\n"
