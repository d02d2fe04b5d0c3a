"""Pictures that a network learns at once."""

from pathlib import Path

import cv2
import numpy as np

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.dataset import write_picture


def write_squares(root: Path, label: Label, count: int, colour: tuple[int, int, int]) -> Path:
    """A few pictures with one square (of that colour, BGR) each, drawn as `label`; the folder they are in."""
    rng = np.random.default_rng(1)
    for number in range(count):
        image = np.full((96, 96, 3), 90, np.uint8)
        x, y = (int(side) for side in rng.integers(8, 48, 2))
        cv2.rectangle(image, (x, y), (x + 40, y + 40), colour, -1)
        row = np.array([[LABELS.index(label), (x + 20) / 96, (y + 20) / 96, 40 / 96, 40 / 96]], np.float32)
        write_picture(root, "train", f"squares_{number}", image, row)
    return root
