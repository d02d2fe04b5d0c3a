"""Runs the network with ONNX Runtime, the engine of the base install."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
from numpy.typing import NDArray

from kitchenwatch.detect.names import names_in
from kitchenwatch.errors import ModelError

Device = Literal["cpu", "cuda", "tensorrt"]

CPU, CUDA, TENSORRT = "CPUExecutionProvider", "CUDAExecutionProvider", "TensorrtExecutionProvider"
# What ONNX Runtime may use for each, best first: TensorRT leaves to CUDA what it cannot do, CUDA to the processor.
PROVIDERS: dict[Device, tuple[str, ...]] = {"cpu": (CPU,), "cuda": (CUDA, CPU), "tensorrt": (TENSORRT, CUDA, CPU)}

# TensorRT builds its own program for a range of shapes, in minutes: one for all shapes of both looks, kept beside the
# model. `images` is what Ultralytics calls the input.
SHAPES = {"min": "images:1x3x32x32", "opt": "images:8x3x384x640", "max": "images:8x3x640x640"}


class OnnxEngine:
    """An ONNX file with dynamic batch, height and width, on the CPU or an NVIDIA GPU.

    One thread a run by default: cameras run side by side, and ONNX Runtime's own threads spin while they
    wait, so more of them buy latency for one camera with CPU time of all.

    Attributes:
        labels: class names from the file's metadata, in order.
        name: `onnxruntime`, on a GPU `onnxruntime-cuda` or `onnxruntime-tensorrt`.
    """

    def __init__(self, path: Path, threads: int = 1, device: Device = "cpu") -> None:
        """Raises ModelError if the file is no network that we can run, or this machine has no such device."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        if device != "cpu":
            _prepare(device)
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=_providers(path, device))
        except Exception as cause:  # its errors share no public base below Exception
            raise ModelError(f"{path}: not a model that can be loaded -> export it again ({cause})") from cause
        # Where a GPU's libraries are missing, ONNX Runtime goes on without it and only logs that.
        _require(device, self._session.get_providers())
        self._input = self._session.get_inputs()[0].name
        self.labels = names_in(self._session.get_modelmeta().custom_metadata_map.get("names", ""))
        self.name = "onnxruntime" if device == "cpu" else f"onnxruntime-{device}"

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(B, 3, H, W)` in, the network's output out; may be called from several threads."""
        (raw,) = self._session.run(None, {self._input: batch})
        return np.asarray(raw, np.float32)


def _prepare(device: Device) -> None:
    _require(device, onnxruntime.get_available_providers())
    onnxruntime.preload_dlls()  # those of NVIDIA's pip packages, where they are installed


def _require(device: Device, offered: list[str]) -> None:
    if PROVIDERS[device][0] not in offered:
        raise ModelError(
            f"engine {device}: ONNX Runtime offers {', '.join(offered)} here, not {PROVIDERS[device][0]} -> install "
            "'onnxruntime-gpu[cuda,cudnn]' in place of onnxruntime (for tensorrt also tensorrt-cu12), see that "
            "nvidia-smi finds the GPU, or set detector.engine to auto"
        )


def _providers(path: Path, device: Device) -> list[str | tuple[str, dict[str, Any]]]:
    built = {
        "trt_fp16_enable": True,
        "trt_engine_cache_enable": True,
        "trt_engine_cache_path": str(path.parent),
        **{f"trt_profile_{end}_shapes": shape for end, shape in SHAPES.items()},
    }
    return [(name, built) if name == TENSORRT else name for name in PROVIDERS[device]]
