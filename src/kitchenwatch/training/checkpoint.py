"""Checkpoints as Ultralytics reads them without kitchenwatch."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ultralytics.nn.tasks import DetectionModel


def write(network: "DetectionModel", target: Path) -> None:
    """Write the weights in half precision, without the optimizer.

    Args:
        network: changed: it is in half precision afterwards.
        target: `.pt`.
    """
    import torch

    network.half().to(memory_format=torch.contiguous_format)
    torch.save({"model": network, "train_args": {}, "license": "AGPL-3.0"}, target)
