"""Holds every engine that can run an export against ONNX Runtime on the file that ships.

Tolerances stand a little above what the baseline showed on 48 inputs made of our validation pictures (some 440 boxes).
The mean difference of scores is what tells engines apart: 0.0004 for torch, whose weights were not halved, 0.007 in
bfloat16, and 0.04 for the baseline in 8-bit integers. The greatest differences come from single places
where another of two nearly equal boxes survives suppression, even in single precision (7 px); they only catch what is
grossly wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.engine_torch import TorchEngine
from kitchenwatch.ports import Engine
from kitchenwatch.training.export.agreement import Agreement, Tolerance, agreement, seen

SINGLE = Tolerance(unmatched_share=0.005, score_mean=0.001, score_max=0.02, shift_px=16.0)
HALF = Tolerance(unmatched_share=0.01, score_mean=0.01, score_max=0.5, shift_px=64.0)
INT8 = Tolerance(unmatched_share=0.02, score_mean=0.02, score_max=0.5, shift_px=64.0)


@dataclass(frozen=True, slots=True)
class Checked:
    """One engine beside ONNX Runtime in single precision.

    Attributes:
        engine: what ran which file in which precision, in words.
        agreement: how far it is.
        tolerance: how far it may be.
    """

    engine: str
    agreement: Agreement
    tolerance: Tolerance

    @property
    def faults(self) -> list[str]:
        """What is beyond the tolerance, in words."""
        return self.tolerance.exceeded(self.agreement)


def check(
    checkpoint: Path, onnx: Path, ir: Path | None, int8: Path | None, given: Sequence[NDArray[np.float32]]
) -> Iterator[Checked]:
    """One engine after the other.

    Args:
        checkpoint: what `onnx` was made of.
        onnx, ir, int8: the files of the export; None where there is none.
        given: inputs of the network, `(1, 3, H, W)` each.

    Raises MissingExtra if an engine is not installed, ModelError if one cannot run its file.
    """
    reference = seen(OnnxEngine(onnx), given)
    for name, tolerance, engine in _engines(checkpoint, onnx, ir, int8):
        yield Checked(name, agreement(reference, seen(engine, given)), tolerance)


def _engines(
    checkpoint: Path, onnx: Path, ir: Path | None, int8: Path | None
) -> Iterator[tuple[str, Tolerance, Engine]]:
    yield "torch f32", SINGLE, TorchEngine(checkpoint)
    yield "openvino f32", SINGLE, OpenVinoEngine(onnx, precision="f32")
    yield "openvino bf16", HALF, OpenVinoEngine(onnx, precision="bf16")
    if ir:
        yield "openvino f32, its own format", SINGLE, OpenVinoEngine(ir, precision="f32")
    if int8:
        yield "onnxruntime int8", INT8, OnnxEngine(int8)
        yield "openvino int8", INT8, OpenVinoEngine(int8)
