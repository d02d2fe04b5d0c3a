"""Which pictures show the same scene, so that none is measured by what was fitted on its twin.

Pictures are of one group if their difference hashes (64 bits, of 9 × 8 grey pixels: https://github.com/JohannesBuchner/
imagehash calls it dHash) differ in few bits, mirrored or not, directly or through a third.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

ALIKE_BITS = 7  # of 64; the delivered pictures were split into train and val by the same distance


def difference_hash(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """`(8, 8)`: where a pixel of the shrunken picture is darker than its right neighbour.

    Args:
        image: `(H, W, 3)` uint8 BGR.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    return np.asarray(small[:, :-1] < small[:, 1:])


def groups(hashes: Sequence[NDArray[np.bool_]]) -> NDArray[np.int64]:
    """`(N,)`: the number of each picture's group."""
    found = np.arange(len(hashes))
    for index, one in enumerate(hashes[1:], 1):
        earlier = np.stack(hashes[:index])
        for twin in (one, ~one[:, ::-1]):
            alike = np.count_nonzero(twin != earlier, axis=(1, 2)) <= ALIKE_BITS
            found[np.isin(found, found[:index][alike])] = index
    return np.asarray(np.unique(found, return_inverse=True)[1], np.int64)
