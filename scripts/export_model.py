"""Exports a trained checkpoint to the ONNX file that kitchenwatch ships and runs.

    pip install 'kitchenwatch[train]' onnx onnxslim
    python scripts/export_model.py runs/train/weights/best.pt models/kitchenwatch-baseline-yolo11n.onnx

One file serves both looks: batch, height and width are dynamic. Weights are stored in half precision, which
halves the file; ONNX Runtime and OpenVINO turn them back into single precision while loading, so a run takes
as long as before.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from ultralytics import YOLO

OPSET = 17  # ONNX Runtime since 1.12
SMALL = 256  # constants up to this many numbers stay as they are: shapes, strides, biases
PRIVATE = {"description", "date", "author"}  # paths and moments of the training machine


def halve_weights(model: onnx.ModelProto) -> None:
    """Store large float32 constants as float16, each behind a `Cast`."""
    for constant in list(model.graph.initializer):
        values = numpy_helper.to_array(constant)
        if values.dtype == np.float32 and values.size > SMALL:
            stored = f"{constant.name}_half"
            model.graph.initializer.remove(constant)
            model.graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), stored))
            model.graph.node.insert(0, helper.make_node("Cast", [stored], [constant.name], to=TensorProto.FLOAT))


def strip(model: onnx.ModelProto) -> None:
    """Drop what nobody reads and what differs from one export to the next, so that the same checkpoint has one hash."""
    del model.graph.value_info[:]
    kept = [prop for prop in model.metadata_props if prop.key not in PRIVATE]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)


def export(checkpoint: Path, target: Path) -> None:
    """Write `target` from `checkpoint`; the intermediate file stays beside the checkpoint."""
    exported = YOLO(checkpoint).export(format="onnx", dynamic=True, simplify=True, opset=OPSET, imgsz=(384, 640))
    model = onnx.load(exported)
    halve_weights(model)
    strip(model)
    onnx.checker.check_model(model)
    onnx.save(model, target)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("checkpoint", type=Path)
    arguments.add_argument("target", type=Path)
    asked = arguments.parse_args()
    export(asked.checkpoint, asked.target)
