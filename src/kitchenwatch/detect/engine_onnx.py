"""Runs the network with ONNX Runtime, the engine of the base install."""

from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from kitchenwatch.detect.names import names_in
from kitchenwatch.errors import ModelError


class OnnxEngine:
    """An ONNX file with dynamic batch, height and width, on the CPU.

    One thread a run by default: cameras run side by side, and ONNX Runtime's own threads spin while they
    wait, so more of them buy latency for one camera with CPU time of all.

    Attributes:
        labels: class names from the file's metadata, in order.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        """Raises ModelError if the file is no network that we can run."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        except Exception as cause:  # its errors share no public base below Exception
            raise ModelError(f"{path}: not a model that can be loaded -> export it again ({cause})") from cause
        self._input = self._session.get_inputs()[0].name
        self.labels = names_in(self._session.get_modelmeta().custom_metadata_map.get("names", ""))

    @property
    def name(self) -> str:
        return "onnxruntime"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(B, 3, H, W)` in, `(B, 4 + labels, anchors)` out; may be called from several threads."""
        (raw,) = self._session.run(None, {self._input: batch})
        return np.asarray(raw, np.float32)
