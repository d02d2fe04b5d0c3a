"""The loss of Ultralytics' detection head, blind where a label is unknown."""

from typing import Any

import torch
from torch import Tensor
from ultralytics.utils.loss import v8DetectionLoss
from ultralytics.utils.ops import xywh2xyxy
from ultralytics.utils.tal import make_anchors


class KnownLoss(v8DetectionLoss):  # type: ignore[misc]  # Ultralytics is not typed
    """Detection loss that neither rewards nor punishes a label where nobody looked for it.

    The batch's class ids from `nc` on are unknown parts, as `kitchenwatch.training.dataset` tells. A label that is
    drawn inside an unknown part is learned all the same.
    """

    def get_assigned_targets_and_loss(self, preds: dict[str, Any], batch: dict[str, Any], **assign: Any) -> Any:
        """As in the parent; `class_weights` `(B, anchors, nc)` is zero where a label is unknown."""
        known = batch["cls"].view(-1) < self.nc
        points, strides = make_anchors(preds["feats"], self.stride, 0.5)
        height, width = (side * self.stride[0] for side in preds["feats"][0].shape[2:])
        places = points * strides / torch.stack([width, height]).to(points)
        shape = (preds["scores"].shape[0], len(places), self.nc)
        self.class_weights = _weights(batch, known, places, shape)
        drawn = {key: batch[key][known] for key in ("batch_idx", "cls", "bboxes")}
        return super().get_assigned_targets_and_loss(preds, {**batch, **drawn}, **assign)


def _weights(batch: dict[str, Any], known: Tensor, places: Tensor, shape: tuple[int, int, int]) -> Tensor:
    """`shape` of ones, zero for the labels that are unknown at an anchor.

    Args:
        batch: `batch_idx` `(N,)`, `cls` `(N, 1)`, `bboxes` `(N, 4)` as fractions.
        known: `(N,)` which of these are drawn boxes.
        places: `(anchors, 2)` the anchors' centres as fractions of the picture.
        shape: (pictures, anchors, labels).
    """
    weights = torch.ones(shape, device=places.device)
    if bool(known.all()):
        return weights
    index, label = batch["batch_idx"].long(), batch["cls"].view(-1).long()
    boxes = xywh2xyxy(batch["bboxes"])
    inside = ((places >= boxes[:, None, :2]) & (places <= boxes[:, None, 2:])).all(2)
    for row in torch.nonzero(~known).flatten():
        weights[index[row], inside[row], label[row] - shape[2]] = 0
    blind = torch.isin(index, index[~known])
    for row in torch.nonzero(known & blind).flatten():
        weights[index[row], inside[row], label[row]] = 1
    return weights
