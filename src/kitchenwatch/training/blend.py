"""A share of the new weights, the rest of the old: what a few pictures taught, without unlearning all else.

Between the weights before and after fine-tuning lie some that keep most of what either is good at (WiSE-FT, Wortsman
et al., CVPR 2022): fine-tuned on thirty pictures alone, a network learns them and forgets what they do not show.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kitchenwatch.errors import ModelError
from kitchenwatch.training import checkpoint

if TYPE_CHECKING:
    import torch


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
    before, network = checkpoint.read(old).state_dict(), checkpoint.read(new)
    after = network.state_dict()
    if {name: value.shape for name, value in before.items()} != {name: value.shape for name, value in after.items()}:
        raise ModelError(f"{new} is not a descendant of {old} -> fine-tune the model that you want to improve")
    network.load_state_dict(between(before, after, share))
    checkpoint.write(network, target)


def between(
    before: "Mapping[str, torch.Tensor]", after: "Mapping[str, torch.Tensor]", share: float
) -> "dict[str, torch.Tensor]":
    """Weights of that share of the way. Counters of batches are whole numbers and stay as they are."""
    return {
        name: before[name].lerp(value, share) if value.is_floating_point() else value for name, value in after.items()
    }
