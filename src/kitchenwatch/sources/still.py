"""A frame as a small JPEG for a screen."""

import cv2
import numpy as np
from numpy.typing import NDArray

# Of 100. Enough for a tile of a wall; evidence has its own.
QUALITY = 75


def still(image: NDArray[np.uint8], width: int) -> bytes:
    """`(H, W, 3)` BGR as JPEG, scaled down to `width` pixels if it is wider."""
    height = round(image.shape[0] * width / image.shape[1])
    small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA) if width < image.shape[1] else image
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
