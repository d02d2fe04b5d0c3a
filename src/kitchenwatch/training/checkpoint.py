"""Checkpoints as Ultralytics reads them without kitchenwatch."""

from pathlib import Path
from typing import TYPE_CHECKING

from kitchenwatch.errors import MissingExtra, ModelError

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel


def read(path: Path) -> "DetectionModel":
    """The network of a `.pt`, in single precision. Loading it runs code that lies in the file.

    Raises MissingExtra if Ultralytics is not installed, ModelError if it is no checkpoint.
    """
    try:
        from ultralytics.nn.tasks import load_checkpoint
    except ImportError as missing:
        raise MissingExtra("reading a checkpoint", "train") from missing
    if not path.is_file():
        raise ModelError(f"{path}: no such file -> name the .pt of a training run")
    try:
        return load_checkpoint(path)[0].float()
    except Exception as cause:  # unpickling can raise anything
        raise ModelError(f"{path}: cannot be read -> name the .pt of a training run ({cause})") from cause


def write(network: "DetectionModel", target: Path) -> None:
    """Write the weights in half precision, without the optimizer.

    Args:
        network: changed: it is in half precision afterwards.
        target: `.pt`.
    """
    import torch

    network.half().to(memory_format=torch.contiguous_format)
    torch.save({"model": network, "train_args": {}, "license": "AGPL-3.0"}, target)
