"""Writes a trained checkpoint as the ONNX file that kitchenwatch ships and runs.

One file serves both looks: batch, height and width are dynamic. Weights are stored in half precision, which
halves the file; ONNX Runtime and OpenVINO turn them back into single precision while loading, so a run takes
as long as before.
"""

import logging
import shutil
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from kitchenwatch.errors import MissingExtra, ModelError
from kitchenwatch.model import LABELS

if TYPE_CHECKING:
    from onnx import ModelProto

OPSET = 17  # ONNX Runtime since 1.12
SMALL = 256  # constants up to this many numbers stay as they are: shapes, strides, biases
PRIVATE = {"description", "date", "author"}  # paths and moments of the training machine
SIDES = (384, 640)  # height and width of the trial run; the file takes any multiples of 32


def float_network(checkpoint: Path) -> "ModelProto":
    """The network of a `.pt` in single precision.

    YOLO26 is taken with the head that gives boxes for each anchor, not with the one that suppresses doubles itself:
    doubt between `hat` and `no_hat` must reach those who judge.

    Raises:
        MissingExtra: Ultralytics or ONNX is not installed.
        ModelError: no checkpoint, or one of other labels or of another output.
    """
    try:
        import onnx
        import onnxslim  # noqa: F401  # else Ultralytics would install it by itself
        from ultralytics import YOLO
        from ultralytics.utils import LOGGER
    except ImportError as missing:
        raise MissingExtra("export", "train") from missing
    if not checkpoint.is_file():
        raise ModelError(f"{checkpoint}: no such file -> name the .pt of a training run")
    LOGGER.setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        # Ultralytics writes beside the checkpoint, where nothing may be left and perhaps nothing may be written.
        own = shutil.copyfile(checkpoint, Path(folder) / "checkpoint.pt")
        try:
            exported = YOLO(own).export(format="onnx", dynamic=True, simplify=True, opset=OPSET, imgsz=SIDES)
        except Exception as cause:  # unpickling can raise anything
            raise ModelError(f"{checkpoint}: cannot be exported -> train again ({cause})") from cause
        network = onnx.load(exported)
    _check_output(checkpoint, network)
    return network


def _check_output(checkpoint: Path, network: "ModelProto") -> None:
    rows = network.graph.output[0].type.tensor_type.shape.dim[1].dim_value
    if rows != 4 + len(LABELS):
        raise ModelError(
            f"{checkpoint}: gives {rows} numbers a box, kitchenwatch needs {4 + len(LABELS)} -> use a detector "
            f"trained on the labels {', '.join(LABELS)}"
        )


def write(network: "ModelProto", target: Path) -> None:
    """Store a network so that the same checkpoint always gives the same file. Raises ModelError."""
    import onnx

    stored = deepcopy(network)
    halve_weights(stored)
    strip(stored)
    onnx.checker.check_model(stored)
    try:
        onnx.save(stored, target)
    except OSError as error:
        raise ModelError(f"{target}: {error.strerror} -> name a file in a folder that can be written") from None


def halve_weights(network: "ModelProto") -> None:
    """Store large float32 constants as float16, each behind a `Cast`."""
    from onnx import TensorProto, helper, numpy_helper

    for constant in list(network.graph.initializer):
        values = numpy_helper.to_array(constant)
        if values.dtype == np.float32 and values.size > SMALL:
            stored = f"{constant.name}_half"
            network.graph.initializer.remove(constant)
            network.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), stored))
            network.graph.node.insert(0, helper.make_node("Cast", [stored], [constant.name], to=TensorProto.FLOAT))


def strip(network: "ModelProto") -> None:
    """Drop what nobody reads and what differs from one export to the next, so that the same checkpoint has one hash."""
    del network.graph.value_info[:]
    kept = [prop for prop in network.metadata_props if prop.key not in PRIVATE]
    del network.metadata_props[:]
    network.metadata_props.extend(kept)
