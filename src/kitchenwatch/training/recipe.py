"""How we train: the figures that a run is made of, each with its reason."""

from dataclasses import asdict, dataclass
from typing import Any

WARM_UP = 0.05  # share of a run in which the rate rises; Ultralytics takes at least 100 steps for it
WHOLE = 0.25  # share of a run, its end, that shows whole pictures instead of mosaics of four


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a run.

    Attributes:
        epochs: times that every picture is shown, rare ones more often (`prepare`).
        side: of the square input in pixels; every batch is drawn between `1 - breath` and `1 + breath` of it.
        batch: pictures in a step.
        rate: learning rate of AdamW after the warm-up; it falls along a cosine to a hundredth.
        seed: of weights, order and augmentation.
        frozen: so many first layers keep their weights.
        share: of the scenes that are used, 0-1: for a learning curve.
    """

    epochs: int = 60
    side: int = 320
    batch: int = 16
    rate: float = 0.001
    seed: int = 1
    breath: float = 0.2  # both looks and all cameras: one model must bear 256 to 384
    frozen: int = 0
    share: float = 1.0

    def as_ultralytics(self) -> dict[str, Any]:
        """The same in Ultralytics' words (https://docs.ultralytics.com/usage/cfg/)."""
        return {
            "epochs": self.epochs,
            "imgsz": self.side,
            "multi_scale": self.breath,
            "batch": self.batch,
            "nbs": self.batch,  # a step a batch: on small machines epochs are few, and steps are what teaches
            "optimizer": "AdamW",
            "lr0": self.rate,
            "cos_lr": True,
            "warmup_epochs": WARM_UP * self.epochs,
            "warmup_bias_lr": 0.0,
            "seed": self.seed,
            "freeze": self.frozen or None,
            # Cameras hang level and look down: small turns, much zoom. Zooming out makes look 1's small people,
            # zooming in look 2's upper bodies.
            "mosaic": 0.5,
            "close_mosaic": max(1, round(WHOLE * self.epochs)),
            "degrees": 6.0,
            "shear": 3.0,
            "scale": 0.6,
            "translate": 0.15,
            "hsv_h": 0.015,
            "hsv_s": 0.6,
            "hsv_v": 0.4,
        }

    def as_json(self) -> dict[str, Any]:
        """For the report of a run."""
        return asdict(self)
