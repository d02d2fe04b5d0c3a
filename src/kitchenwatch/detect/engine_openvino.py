"""Runs the network with OpenVINO, faster on Intel processors (extra `openvino`)."""

import threading
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.names import names_in
from kitchenwatch.errors import MissingExtra, ModelError

Precision = Literal["f32", "bf16"]

# Side of a picture that the network's coarsest level (1/32) still sees.
SMALLEST = 32


class OpenVinoEngine:
    """The same ONNX file as ONNX Runtime reads, or OpenVINO's own format.

    Left to itself, OpenVINO computes in bfloat16 where the processor has instructions for it: nearly twice as fast,
    scores differ by a few hundredths, and AP50 on our validation pictures stays the same.

    Attributes:
        labels: class names from the file's metadata, in order.
    """

    def __init__(self, path: Path, threads: int = 1, precision: Precision | None = None, runs: int = 1) -> None:
        """Raises MissingExtra without OpenVINO, ModelError if the file is no network that it can run.

        Args:
            path: `.onnx`, or `.xml` with its `.bin` beside it.
            threads: of one run.
            precision: of the computation; what OpenVINO thinks best for this processor if None.
            runs: side by side at most; a thread that asks for one more waits.
        """
        try:
            import openvino
        except ImportError as missing:
            raise MissingExtra("the OpenVINO engine", "openvino") from missing
        self._own = threading.local()
        try:
            network = openvino.Core().read_model(path)
            self._compiled = openvino.compile_model(network, "CPU", _options(threads, precision, runs))
            # OpenVINO's bindings look for NumPy at the first run, and two threads in their first run lock up the
            # whole process: one waits for the other while it holds the interpreter. So the first run is made here.
            self.run(np.zeros((1, 3, SMALLEST, SMALLEST), np.float32))
        except RuntimeError as cause:
            # It lists all that it tried, a line each; the first says what happened.
            reason = str(cause).partition("\n")[0]
            raise ModelError(f"{path}: not a model that can be loaded -> export it again ({reason})") from cause
        place = ["framework", "names"]
        self.labels = names_in(network.get_rt_info(place).astype(str) if network.has_rt_info(place) else "")

    @property
    def name(self) -> str:
        return "openvino"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(B, 3, H, W)` in, `(B, 4 + labels, anchors)` out; each calling thread has a request of its own."""
        if not hasattr(self._own, "request"):
            self._own.request = self._compiled.create_infer_request()
        return np.array(self._own.request.infer([batch])[0], np.float32)


def _options(threads: int, precision: Precision | None, runs: int) -> dict[str, int | str | bool]:
    options: dict[str, int | str | bool] = {
        "INFERENCE_NUM_THREADS": threads * runs,
        "PERFORMANCE_HINT": "LATENCY",
        # One stream takes one run at a time, whatever the number of requests.
        "NUM_STREAMS": runs,
        # Pinned, a run waits for its own core while a reader decodes there and another core idles.
        "ENABLE_CPU_PINNING": False,
    }
    return options | {"INFERENCE_PRECISION_HINT": precision} if precision else options
