"""Quantises a network to 8-bit integers after training, with NNCF (https://github.com/openvinotoolkit/nncf).

The result is an ONNX file with `QuantizeLinear` and `DequantizeLinear` nodes, which both engines read. Activations
are quantised symmetrically: with NNCF's mixed preset the file ran slower in OpenVINO than single precision.
"""

import logging
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from copy import deepcopy
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.errors import MissingExtra
from kitchenwatch.model import Detections
from kitchenwatch.training.export.agreement import Agreement, Tolerance, agreement, seen

if TYPE_CHECKING:
    from onnx import ModelProto

INPUTS = 400  # of which 300 tell the ranges of activations: as many as NNCF takes by itself
HELD_OUT = 4  # one input in so many chooses the layers that are left in single precision

Inputs = Sequence[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Quantised:
    """A network in 8-bit integers.

    Attributes:
        network: the ONNX graph.
        spared: what of the head was left in single precision.
        agreement: with the network in single precision.
    """

    network: "ModelProto"
    spared: str
    agreement: Agreement


def quantise(network: "ModelProto", given: Inputs, tolerance: Tolerance) -> Quantised:
    """Spare as little of the head as keeps the boxes within the tolerance; if nothing does, the nearest is taken.

    Args:
        network: in single precision; left as it is.
        given: inputs; some tell the ranges of activations, on the others the choices are compared.

    Raises MissingExtra without NNCF.
    """
    held_out = given[::HELD_OUT]
    calibration = [one for number, one in enumerate(given) if number % HELD_OUT]
    reference = _seen(network, held_out)
    tried: list[Quantised] = []
    for spared, patterns in _choices(network).items():
        found = _quantised(network, patterns, calibration)
        tried.append(Quantised(found, spared, agreement(reference, _seen(found, held_out))))
        if not tolerance.exceeded(tried[-1].agreement):
            return tried[-1]
    return min(tried, key=lambda one: (one.agreement.unmatched, one.agreement.score_mean))


def _choices(network: "ModelProto") -> dict[str, list[str]]:
    """Patterns of node names by what they spare, the least first. The head is the last block in Ultralytics' count."""
    head = f"/model\\.{max(_blocks(network))}"
    decoding = [rf"{head}/dfl/.*", rf"{head}/[A-Z][^/]*"]
    return {
        "nothing": [],
        "decoding of boxes": decoding,
        "decoding, last convolutions": [*decoding, rf"{head}/cv[23]\.\d/cv[23]\.\d\.2/.*"],
        "the whole head": [rf"{head}/.*"],
    }


def _blocks(network: "ModelProto") -> Iterator[int]:
    for node in network.graph.node:
        name = node.name.removeprefix("/model.").partition("/")[0]
        if name.isdecimal():
            yield int(name)


def _quantised(network: "ModelProto", patterns: list[str], calibration: Inputs) -> "ModelProto":
    try:
        import nncf
    except ImportError as missing:
        raise MissingExtra("quantisation", "train") from missing
    nncf.set_log_level(logging.ERROR)
    name = network.graph.input[0].name
    with redirect_stdout(StringIO()):  # progress bars, which are not for those who read our output
        return nncf.quantize(
            deepcopy(network),
            nncf.Dataset(calibration, lambda given: {name: given}),
            preset=nncf.QuantizationPreset.PERFORMANCE,
            subset_size=len(calibration),
            ignored_scope=nncf.IgnoredScope(patterns=patterns, validate=False),
        )


def _seen(network: "ModelProto", given: Inputs) -> list[Detections]:
    import onnx

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        onnx.save(network, path)
        return seen(OnnxEngine(path), given)
