"""The verifier's network: the detector's own backbone, and a small classifier behind it."""

from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from torch import nn

from kitchenwatch.detect.verifier import SIDE, VERIFIED
from kitchenwatch.errors import ModelError
from kitchenwatch.training.checkpoint import read

BACKBONE = 11  # layers of YOLO11 before its neck (https://docs.ultralytics.com/models/yolo11/)
FINE = 6  # the layer whose output, at a sixteenth of the input, shows the thing itself in detail
CENTRE = SIDE // 16 // 2  # of that output; the thing covers the middle third to half
HIDDEN = 128
DROPPED = 0.2


class VerifierNetwork(nn.Module):  # type: ignore[misc]  # Torch is not typed
    """`(B, 3, SIDE, SIDE)` in, `(B, 6)` logits out."""

    def __init__(self, backbone: nn.Sequential) -> None:
        super().__init__()
        self.backbone = backbone
        with torch.no_grad():
            width = self._seen(torch.zeros(1, 3, SIDE, SIDE)).shape[1]
        self.judge = nn.Sequential(
            nn.Dropout(DROPPED),
            nn.Linear(width, HIDDEN),
            nn.SiLU(),
            nn.Dropout(DROPPED),
            nn.Linear(HIDDEN, len(VERIFIED)),
        )

    def forward(self, batch: Any) -> Any:
        """See the class."""
        return self.judge(self._seen(batch))

    def _seen(self, batch: Any) -> Any:
        """`(B, features)`: of the whole close-up, of its middle, and of its middle in detail."""
        fine = self.backbone[: FINE + 1](batch)
        coarse = self.backbone[FINE + 1 :](fine)
        middle = coarse.shape[-1] // 2
        detail = fine[:, :, CENTRE - 2 : CENTRE + 2, CENTRE - 2 : CENTRE + 2]
        return torch.cat([coarse.mean((2, 3)), coarse[:, :, middle, middle], detail.mean((2, 3))], 1)


def from_detector(checkpoint: Path) -> VerifierNetwork:
    """A network that begins with what a detector's `.pt` has learned; loads and raises as `checkpoint.read` does."""
    layers = list(read(checkpoint).model)[:BACKBONE]
    network = VerifierNetwork(nn.Sequential(*layers))
    network.requires_grad_(True)
    network.to(memory_format=torch.channels_last)
    return network


def save(network: VerifierNetwork, target: Path) -> None:
    """Write its weights in half precision, as `load` reads them. They hold no code."""
    weights = network.state_dict().items()
    torch.save({name: value.half() if value.is_floating_point() else value for name, value in weights}, target)


def load(checkpoint: Path, detector: Path) -> VerifierNetwork:
    """The network of which `save` wrote the weights; `detector` is the `.pt` that it began with, or a descendant.

    Raises ModelError if the weights are of no such network.
    """
    network = from_detector(detector)
    try:
        network.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True))
    except (OSError, RuntimeError, UnpicklingError) as cause:
        raise ModelError(
            f"{checkpoint}: not a verifier of {detector.name} -> train one with `kitchenwatch train-verifier`"
        ) from cause
    return network
