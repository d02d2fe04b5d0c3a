"""From decoded pictures to BGR arrays."""

from typing import cast

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray


class Converter:
    """Turns pictures of one stream into `(H, W, 3)` uint8 BGR; keeps swscale's context from one to the next."""

    def __init__(self) -> None:
        self._reformatter = VideoReformatter()

    def bgr(self, picture: VideoFrame) -> NDArray[np.uint8]:
        """A copy that owns its memory."""
        return cast(NDArray[np.uint8], self._reformatter.reformat(picture, format="bgr24", threads=1).to_ndarray())
