"""The network under training: Ultralytics' own, with our loss."""

from typing import Any

import torch
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils.loss import E2ELoss

from kitchenwatch.training.losses import KnownLoss
from kitchenwatch.training.precision import swift


class Network(DetectionModel):  # type: ignore[misc]  # Ultralytics is not typed
    """A detection model that learns with `KnownLoss`; `plain` makes it Ultralytics' own again."""

    def init_criterion(self) -> Any:
        """`KnownLoss`, twice for a network with an end-to-end head."""
        end_to_end = getattr(self.model[-1], "one2one_cv2", None) is not None
        return E2ELoss(self, KnownLoss) if end_to_end else KnownLoss(self)

    def loss(self, batch: dict[str, Any], preds: Any = None) -> Any:
        """The loss in single precision, of predictions that may be in half (`precision`)."""
        if preds is None:
            with swift(batch["img"].device):
                preds = self.forward(batch["img"].contiguous(memory_format=torch.channels_last))
        with torch.autocast(batch["img"].device.type, enabled=False):
            return super().loss(batch, _single(preds))


def plain(network: DetectionModel) -> DetectionModel:
    """The same weights in Ultralytics' own class, so that its tools read the checkpoint without kitchenwatch."""
    network.__class__ = DetectionModel
    network.criterion = None
    return network


def _single(preds: Any) -> Any:
    if isinstance(preds, torch.Tensor):
        return preds.float()
    if isinstance(preds, dict):
        return {key: _single(value) for key, value in preds.items()}
    return type(preds)(_single(value) for value in preds)
