"""Writes a trained verifier as the ONNX file that lies beside its detector."""

import tempfile
import warnings
from pathlib import Path

import onnx
import torch

from kitchenwatch.detect.verifier import SIDE, VERIFIED
from kitchenwatch.training.export.onnx_file import OPSET, write
from kitchenwatch.training.verifier.network import VerifierNetwork


def export(network: VerifierNetwork, target: Path) -> None:
    """Write it with beliefs, 0 to 1, as its output, for any number of close-ups at once. Raises ModelError."""
    believing = torch.nn.Sequential(network, torch.nn.Sigmoid()).eval().to(memory_format=torch.contiguous_format)
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of this exporter: the newer one wants another package
        raw = Path(folder) / "verifier.onnx"
        torch.onnx.export(
            believing,
            (torch.zeros(1, 3, SIDE, SIDE),),
            raw,
            opset_version=OPSET,
            input_names=["images"],
            output_names=["beliefs"],
            dynamic_axes={"images": {0: "batch"}, "beliefs": {0: "batch"}},
            dynamo=False,
        )
        model = onnx.load(raw)
    onnx.helper.set_model_props(model, {"names": str(dict(enumerate(map(str, VERIFIED)))), "license": "AGPL-3.0"})
    write(model, target)
