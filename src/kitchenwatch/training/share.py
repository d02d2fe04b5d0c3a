"""A share of a dataset by scene: what a learning curve is made of, accuracy against the pictures that were used.

Scenes rather than pictures, because frames of one film teach little that its other frames do not. Shares are nested:
what is in a tenth is also in a half.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from kitchenwatch.training.dataset import Picture
from kitchenwatch.training.groups import difference_hash, groups


def share_of(pictures: Sequence[Picture], share: float) -> frozenset[str]:
    """Names of the pictures of about that share (0-1) of the scenes. Raises DatasetError if one cannot be read."""
    if share >= 1:
        return frozenset(picture.name for picture in pictures)
    scenes = groups([difference_hash(picture.image()) for picture in pictures])
    first = {scene: pictures[index].name for scene, index in zip(*np.unique(scenes, return_index=True), strict=True)}
    return frozenset(
        picture.name for picture, scene in zip(pictures, scenes, strict=True) if _turn(first[scene]) < share
    )


def _turn(name: str) -> float:
    """Between 0 and 1, the same on every machine."""
    return int.from_bytes(sha256(name.encode()).digest()[:6]) / 2**48
