"""Writes an ONNX file as OpenVINO's own pair of files, `.xml` and `.bin`.

OpenVINO reads the ONNX file as well and runs it as fast; its own format is for devices and tools that take no other.
"""

from pathlib import Path

from kitchenwatch.errors import MissingExtra


def write_ir(source: Path, target: Path) -> None:
    """Store the network of an ONNX file, with weights in half precision.

    Args:
        source: `.onnx`.
        target: `.xml`; the weights go beside it into `.bin`.

    Raises MissingExtra without OpenVINO.
    """
    try:
        import openvino
    except ImportError as missing:
        raise MissingExtra("export to OpenVINO", "train") from missing
    openvino.save_model(openvino.Core().read_model(source), target, compress_to_fp16=True)
