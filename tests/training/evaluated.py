"""Pictures that were looked at, made by hand: boxes drawn and found, without a network."""

from pathlib import Path

import numpy as np

from kitchenwatch.model import LABELS, Detections, Label
from kitchenwatch.training.dataset import Picture, Truth
from kitchenwatch.training.evaluate.run import Examined

Box = tuple[float, float, float, float]


def boxes(*these: tuple[Label, Box] | tuple[Label, Box, float]) -> Detections:
    """From label, x1 y1 x2 y2 and a score, which is 1 if left out."""
    return Detections(
        np.array([one[1] for one in these], np.float32).reshape(-1, 4),
        np.array([one[2] if len(one) == 3 else 1.0 for one in these], np.float32),
        np.array([LABELS.index(one[0]) for one in these], np.int64),
    )


def examined(
    drawn: Detections, found: Detections, unknown: Detections | None = None, name: str = "kitchen_1"
) -> Examined:
    """One picture after the look at it; there is no file."""
    picture = Picture(Path(f"{name}.jpg"), Path(f"{name}.txt"))
    return Examined(picture, Truth(drawn, unknown or Detections.none()), found)


def crowd(seed: int, pictures: int = 30) -> list[Examined]:
    """Random people and hats; most are found somewhat aside, and much is found that is not there."""
    rng = np.random.default_rng(seed)
    return [_random_picture(rng, number) for number in range(pictures)]


def _random_picture(rng: np.random.Generator, number: int) -> Examined:
    count = int(rng.integers(0, 6))
    corners = rng.uniform(0, 400, (count, 2))
    drawn_boxes = np.concatenate([corners, corners + rng.uniform(10, 80, (count, 2))], axis=1).astype(np.float32)
    labels = rng.integers(0, 2, count)
    shown = rng.random(count) < 0.8
    moved = drawn_boxes[shown] + rng.normal(0, 4, (int(shown.sum()), 4)).astype(np.float32)
    extra = rng.uniform(0, 400, (4, 2))
    wrong = np.concatenate([extra, extra + 30], axis=1).astype(np.float32)
    found = Detections(
        np.concatenate([moved, wrong]),
        np.concatenate([rng.uniform(0.2, 1, len(moved)), rng.uniform(0, 0.8, 4)]).astype(np.float32),
        np.concatenate([labels[shown], rng.integers(0, 2, 4)]),
    )
    drawn = Detections(drawn_boxes, np.ones(count, np.float32), labels)
    return examined(drawn, found, name=f"{'ab'[number % 2]}_{number}")
