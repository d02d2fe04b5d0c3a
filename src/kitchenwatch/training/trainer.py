"""A thin layer over Ultralytics' trainer: our network, our augmentation, no look at the held-out pictures."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ultralytics.data.dataset import YOLODataset
from ultralytics.models.yolo.detect import DetectionTrainer
from ultralytics.nn.tasks import load_checkpoint

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training import checkpoint
from kitchenwatch.training.ceiling.run import SOURCE
from kitchenwatch.training.degrade import imitate
from kitchenwatch.training.network import Network, plain

HEADS = [LABELS.index(label) for label in (Label.HAT, Label.NO_HAT)]


class CeilingView:
    """An augmentation in Ultralytics' chain: the picture as a ceiling camera would show it.

    Pictures that `dataset ceiling` composed have been through such a camera already.
    """

    def __call__(self, labels: dict[str, Any]) -> dict[str, Any]:
        """`labels["img"]` is `(H, W, 3)` uint8 BGR; boxes stay where they are."""
        rng = np.random.default_rng(random.getrandbits(63))  # Ultralytics seeds `random` in every worker
        if not Path(labels["im_file"]).name.startswith(SOURCE):
            labels["img"] = imitate(labels["img"], rng, _smallest_head(labels))
        return labels


def _smallest_head(labels: dict[str, Any]) -> float | None:
    """In pixels of `labels["img"]`; None if no head is drawn there."""
    heads = np.isin(labels["cls"].reshape(-1), HEADS)
    if not heads.any():
        return None
    instances = labels["instances"]
    instances.convert_bbox("xywh")
    instances.denormalize(*labels["img"].shape[1::-1])
    return float(instances.bboxes[heads, 3].min())


class KitchenDataset(YOLODataset):  # type: ignore[misc]  # Ultralytics is not typed
    """Training pictures that pass through `CeilingView` last, when they have their final size."""

    def build_transforms(self, hyp: Any = None) -> Any:
        """As in the parent, with `CeilingView` before the picture becomes a tensor."""
        chain = super().build_transforms(hyp)
        if self.augment:
            chain.insert(len(chain.transforms) - 1, CeilingView())
        return chain


class KitchenTrainer(DetectionTrainer):  # type: ignore[misc]  # Ultralytics is not typed
    """Trains `Network`. What it makes is measured by `kitchenwatch evaluate`, never by what it was trained on.

    The last epoch's weights (their running mean) are the result: choosing an epoch by the held-out pictures would
    make their figures too good.

    Attributes:
        last: where the checkpoint is written after each epoch.
    """

    last: Path

    def __init__(self, overrides: dict[str, Any], threads: int, workers: int) -> None:
        """`threads` of torch and `workers` that load pictures: Ultralytics leaves a CPU one and none."""
        super().__init__(overrides=overrides)
        self.args.workers = workers
        torch.set_num_threads(threads)

    def build_dataset(self, img_path: str, mode: str = "train", batch: int | None = None) -> KitchenDataset:
        """The pictures of one split; ids of `data` include what is unknown."""
        return KitchenDataset(
            img_path=img_path,
            imgsz=self.args.imgsz,
            batch_size=batch,
            augment=mode == "train",
            hyp=self.args,
            cache=(self.args.cache or None) if mode == "train" else None,  # nothing is measured: see `validate`
            stride=32,
            data=self.data,
        )

    def get_model(self, cfg: Any = None, weights: Any = None, verbose: bool = True) -> Network:
        """A network of our seven labels, from `weights` where they fit."""
        network = Network(cfg, nc=len(LABELS), ch=3, verbose=verbose)
        if weights is not None:
            network.load(weights)
        network.to(memory_format=torch.channels_last)
        return network

    def set_model_attributes(self) -> None:
        """Names of the labels without those of what is unknown."""
        self.model.nc = len(LABELS)
        self.model.names = dict(enumerate(map(str, LABELS)))
        self.model.args = self.args

    def _model_train(self) -> None:
        """As in the parent; a network that keeps layers (`freeze`) also keeps all the statistics it normalises by.

        Those of a few dozen pictures are not those of all kitchens: with them, what the pictures do not show is
        forgotten without a single weight being taught (batch normalisation, Ioffe and Szegedy, ICML 2015).
        """
        super()._model_train()
        if self.args.freeze:
            for layer in self.model.modules():
                if isinstance(layer, torch.nn.BatchNorm2d):
                    layer.eval()

    def set_class_weights(self) -> None:
        """None: rare labels are shown more often instead (`prepare`)."""

    def plot_training_labels(self) -> None:
        """None: unknown parts have no names there."""

    def validate(self) -> tuple[dict[str, float], float]:
        """Nothing is measured while training; a constant keeps the newest weights as the best."""
        return {}, 0.0

    def save_model(self) -> bool:
        """As in the parent, but whole: a run that is killed while it writes keeps the checkpoint before."""
        last = self.last
        self.last = last.with_suffix(".writing")
        try:
            saved: bool = super().save_model()
            self.last.replace(last)
        finally:
            self.last = last
        return saved

    def final_eval(self) -> None:
        """Nothing is measured here either, and the last checkpoint stays whole so that the run can go on."""


def write_plain(last: Path, target: Path) -> None:
    """The running mean of a run's weights as a checkpoint that Ultralytics reads without kitchenwatch.

    Args:
        last: `weights/last.pt` of a run.
        target: written in half precision, without the optimizer.
    """
    checkpoint.write(plain(load_checkpoint(last)[0]), target)
