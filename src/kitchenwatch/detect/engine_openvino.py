"""Runs the network with OpenVINO, faster on Intel processors (extra `openvino`)."""

import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.names import names_in
from kitchenwatch.errors import MissingExtra, ModelError

Precision = Literal["f32", "bf16"]

# Side of a picture that the network's coarsest level (1/32) still sees.
SMALLEST = 32

# Pictures in one run: three sizes are few enough to compile networks for.
PARTS = (4, 2, 1)
# What one run is made of at most, unless it is a single picture: two frames, or four people. More spares nothing, and
# the memory of the largest run is held for good.
RUN_PIXELS = 2 * 640 * 384
# Runs of one shape, then a network is compiled for it alone: that takes as long as it has lost by then, half a second.
OFTEN = 80
TAILORED = 8  # such networks at most: each holds 30 to 60 MB, and cameras of one shape need five


class OpenVinoEngine:
    """The same ONNX file as ONNX Runtime reads, or OpenVINO's own format.

    Left to itself, OpenVINO computes in bfloat16 where the processor has instructions for it: nearly twice as fast,
    scores differ by a few hundredths, and AP50 on our validation pictures stays the same.

    Attributes:
        labels: class names from the file's metadata, in order.
    """

    def __init__(
        self, path: Path, threads: int = 1, precision: Precision | None = None, runs: int = 1, often: int = OFTEN
    ) -> None:
        """Raises MissingExtra without OpenVINO, ModelError if the file is no network that it can run.

        Args:
            path: `.onnx`, or `.xml` with its `.bin` beside it.
            threads: of one run.
            precision: of the computation; what OpenVINO thinks best for this processor if None.
            runs: side by side at most; a thread that asks for one more waits.
            often: a shape that was run more often gets a network of its own.
        """
        try:
            import openvino
        except ImportError as missing:
            raise MissingExtra("the OpenVINO engine", "openvino") from missing
        self._own = threading.local()
        try:
            network = openvino.Core().read_model(path)
            self._networks = _Networks(network, _options(threads, precision, runs), often)
            # OpenVINO's bindings look for NumPy at the first run, and two threads in their first run lock up the
            # whole process: one waits for the other while it holds the interpreter. So the first run is made here.
            self.run(np.zeros(_smallest(network), np.float32))
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
        """`(B, 3, H, W)` in, the network's output out; each calling thread has requests of its own."""
        return np.concatenate([self._part(part) for part in _parts(batch)])

    def _part(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        network = self._networks.made_for(batch.shape)
        if not hasattr(self._own, "requests"):
            self._own.requests = {}
        if id(network) not in self._own.requests:  # networks are never dropped, so that no number comes twice
            self._own.requests[id(network)] = network.create_infer_request()
        return np.array(self._own.requests[id(network)].infer([batch])[0], np.float32)


class _Networks:
    """A network compiled for inputs of any shape, and as many for the shapes that come often.

    Where the shape is known before, OpenVINO plans memory and kernels once instead of at each run.
    """

    def __init__(self, network: Any, options: dict[str, int | str | bool], often: int) -> None:
        import openvino

        self._compile = openvino.compile_model
        self._network, self._options, self._often = network, options, often
        self._any = self._compile(network, "CPU", options)
        self._tailored: dict[tuple[int, ...], Any] = {}
        self._seen: Counter[tuple[int, ...]] = Counter()
        self._lock = threading.Lock()

    def made_for(self, shape: tuple[int, ...]) -> Any:
        """The best compiled network for inputs of that shape."""
        if (known := self._tailored.get(shape)) is not None:
            return known
        with self._lock:
            self._seen[shape] += 1
            if shape not in self._tailored and self._seen[shape] > self._often and len(self._tailored) < TAILORED:
                fitted = self._network.clone()
                fitted.reshape(shape)
                self._tailored[shape] = self._compile(fitted, "CPU", self._options)
            return self._tailored.get(shape, self._any)


def _smallest(network: Any) -> tuple[int, ...]:
    """Shape of the smallest input: one picture, of its own size if the network takes one size only."""
    _, planes, *sides = network.input().partial_shape
    return 1, planes.get_length(), *(side.get_length() if side.is_static else SMALLEST for side in sides)


def _parts(batch: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """The batch cut into `PARTS`, the largest first."""
    pixels = batch.shape[2] * batch.shape[3]
    start = 0
    while start < len(batch):
        most = min(len(batch) - start, max(1, RUN_PIXELS // pixels))
        size = next(size for size in PARTS if size <= most)
        yield batch[start : start + size]
        start += size


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
