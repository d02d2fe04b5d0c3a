"""One picture of a clip, at a moment of it."""

from typing import BinaryIO

import av
import numpy as np
from numpy.typing import NDArray

from kitchenwatch.errors import SourceUnreadable
from kitchenwatch.sources.picture import DecodedPicture


def picture_at(clip: BinaryIO, t: float) -> tuple[NDArray[np.uint8], float]:
    """The picture that is shown `t` seconds after the first one, `(H, W, 3)` BGR, and its own time.

    Args:
        clip: an MP4, opened for reading and seekable.
        t: not negative; beyond the end it means the last picture.

    Raises:
        SourceUnreadable: the clip cannot be decoded.
    """
    try:
        with av.open(clip, "r", format="mp4") as container:
            video = container.streams.video[0]
            video.codec_context.thread_count = 1
            start = float((video.start_time or 0) * (video.time_base or 0))
            container.seek(round((start + t) * av.time_base), backward=True)
            shown = None
            for frame in container.decode(video):
                if shown is not None and (frame.time or 0.0) - start > t:
                    break
                shown = frame
            if shown is None:
                raise SourceUnreadable("none of the clip's pictures can be decoded")
            return DecodedPicture(shown).bgr(), (shown.time or 0.0) - start
    except (av.FFmpegError, OSError, IndexError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SourceUnreadable(f"no picture can be taken from this clip ({reason})") from None
