"""Runs a `.pt` as training leaves it, with Ultralytics (extra `train`)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import MissingExtra, ModelError


class TorchEngine:
    """A checkpoint of Ultralytics, to try a training run before it is exported.

    Loading a `.pt` runs code that lies in the file: only load what you trained or trust.

    Attributes:
        labels: class names from the checkpoint, in order.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Raises MissingExtra without Ultralytics, ModelError if the file is no checkpoint that it can load."""
        try:
            import torch
            from ultralytics import YOLO
        except ImportError as missing:
            raise MissingExtra("a .pt model", "train") from missing
        torch.set_num_threads(threads)
        self._torch = torch
        try:
            self._network = YOLO(path).model.float().fuse(verbose=False).eval()
        except Exception as cause:  # unpickling can raise anything
            raise ModelError(f"{path}: not a checkpoint that can be loaded -> train again ({cause})") from cause
        names = self._network.names
        self.labels = tuple(str(names[index]) for index in sorted(names))

    @property
    def name(self) -> str:
        return "torch"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(B, 3, H, W)` in, `(B, 4 + labels, anchors)` out."""
        with self._torch.inference_mode():
            raw = self._network(self._torch.from_numpy(batch))[0]
        return np.asarray(raw.numpy(), np.float32)
