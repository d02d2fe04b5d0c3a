"""Key points of people, from a pose model of Ultralytics (extra `train`)."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import MissingExtra, ModelError


class Poses:
    """Finds the 17 key points of COCO.

    Args:
        weights: `.pt` of a pose model; None finds nothing.

    Raises MissingExtra if Ultralytics is not installed, ModelError if there is no such file.
    """

    def __init__(self, weights: Path | None) -> None:
        self._model = None if weights is None else _load(weights)

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """`(N, 17, 3)`: x, y in pixels, certainty.

        Args:
            image: `(H, W, 3)` uint8 BGR.
        """
        if self._model is None:
            return np.zeros((0, 17, 3), np.float32)
        found = self._model.predict(image, imgsz=320, device="cpu", verbose=False)[0].keypoints
        return np.asarray(found.data.cpu().numpy(), np.float32).reshape(-1, 17, 3)


def _load(weights: Path) -> Any:
    if not weights.is_file():
        raise ModelError(f"{weights}: no such file -> name a pose model's weights, a .pt")
    try:
        from ultralytics import YOLO
    except ImportError as missing:
        raise MissingExtra("finding hands", "train") from missing
    return YOLO(weights)
