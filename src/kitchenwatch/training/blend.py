"""A share of the new weights, the rest of the old: what a few pictures taught, without unlearning all else.

Between the weights before and after fine-tuning lie some that keep most of what either is good at (WiSE-FT, Wortsman
et al., CVPR 2022): fine-tuned on thirty pictures alone, a network learns them and forgets what they do not show.
"""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kitchenwatch.errors import MissingExtra, ModelError
from kitchenwatch.training import checkpoint

if TYPE_CHECKING:
    import torch
    from ultralytics.nn.tasks import DetectionModel


def blend(old: Path, new: Path, share: float, target: Path) -> None:
    """Write `share` of the new weights and the rest of the old ones.

    Args:
        old, new: checkpoints of one network.
        share: 0 gives the old, 1 the new.
        target: `.pt`, in half precision.

    Raises:
        MissingExtra: Ultralytics is not installed.
        ModelError: one of them is no checkpoint, or they are not of one network.
    """
    if find_spec("ultralytics") is None:
        raise MissingExtra("blending", "train")
    before, network = _network(old).state_dict(), _network(new)
    after = network.state_dict()
    if {name: value.shape for name, value in before.items()} != {name: value.shape for name, value in after.items()}:
        raise ModelError(f"{new} is not a descendant of {old} -> fine-tune the model that you want to improve")
    network.load_state_dict(between(before, after, share))
    checkpoint.write(network, target)


def _network(checkpoint: Path) -> "DetectionModel":
    """In single precision. Loading it runs code that lies in the file."""
    from ultralytics.nn.tasks import load_checkpoint

    if not checkpoint.is_file():
        raise ModelError(f"{checkpoint}: no such file -> name the .pt of a training run")
    try:
        return load_checkpoint(checkpoint)[0].float()
    except Exception as cause:  # unpickling can raise anything
        raise ModelError(f"{checkpoint}: cannot be read -> name the .pt of a training run ({cause})") from cause


def between(
    before: "Mapping[str, torch.Tensor]", after: "Mapping[str, torch.Tensor]", share: float
) -> "dict[str, torch.Tensor]":
    """Weights of that share of the way. Counters of batches are whole numbers and stay as they are."""
    return {
        name: before[name].lerp(value, share) if value.is_floating_point() else value for name, value in after.items()
    }
