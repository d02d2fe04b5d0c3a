"""Writes the files of an export, one after the other."""

from dataclasses import dataclass
from pathlib import Path

from kitchenwatch.errors import Invalid
from kitchenwatch.training.export.check import INT8
from kitchenwatch.training.export.inputs import inputs
from kitchenwatch.training.export.int8 import INPUTS, Quantised, quantise
from kitchenwatch.training.export.onnx_file import float_network, write
from kitchenwatch.training.export.openvino_ir import write_ir


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        onnx: the file that both engines read.
        ir: the same in OpenVINO's own format, if asked for.
        int8: the same in 8-bit integers, if asked for.
        quantised: how `int8` came about.
    """

    onnx: Path
    ir: Path | None
    int8: Path | None
    quantised: Quantised | None


def export(checkpoint: Path, target: Path, ir: bool = False, dataset: Path | None = None) -> Exported:
    """Write `target`, and beside it what else is asked for.

    Args:
        checkpoint: `.pt`. Loading it runs code that lies in the file.
        target: `.onnx`; in 8-bit integers it becomes `.int8.onnx`, in OpenVINO's format `.xml` and `.bin`.
        ir: also write OpenVINO's own format.
        dataset: also quantise to 8-bit integers, calibrated on the split `train` of this folder in YOLO format.

    Raises Invalid, ModelError, DatasetError, MissingExtra.
    """
    if target.suffix != ".onnx":
        raise Invalid(f"{target}: not the name of an ONNX file -> end it in .onnx")
    given = inputs(dataset, "train", INPUTS) if dataset else []
    network = float_network(checkpoint)
    write(network, target)
    if ir:
        write_ir(target, target.with_suffix(".xml"))
    quantised = quantise(network, given, INT8) if given else None
    if quantised:
        write(quantised.network, target.with_suffix(".int8.onnx"))
    return Exported(
        onnx=target,
        ir=target.with_suffix(".xml") if ir else None,
        int8=target.with_suffix(".int8.onnx") if quantised else None,
        quantised=quantised,
    )
