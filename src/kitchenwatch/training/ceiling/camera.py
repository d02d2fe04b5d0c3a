"""What happens to a frame between the light and the computer: lens, air, darkness, noise, and H.264."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from kitchenwatch.training import degrade
from kitchenwatch.training.ceiling.h264 import sent

Picture = NDArray[np.uint8]

MILD = (1.5, 2.5)  # strengths are drawn from this Beta distribution: mean 0.38, one in ten above 0.67
BLUR = (0.35, 1.0)  # sigma in pixels: a sharp lens, and one set to the wrong distance or greasy
MOVED = 4.0  # pixels at most while the shutter is open: a head turned or an arm swung at 1/50 s
OFTEN = {"motion": 0.2, "steam": 0.25, "dark": 0.25}  # of all frames
# Of P pictures. On 1080p at 25 pictures a second full of people, a tenth to a third of it moving, noise of 1 to 2 grey
# levels, our encoder made 2.0-5.1 Mbit/s with 22, 1.4-2.5 with 25, 1.0-1.6 with 28, 0.8-1.1 with 31. Cameras are set
# to 1.5-6, but make less of each bit, and have nothing to spare at night: hence the upper end.
QUANTISERS = (22, 32)
PICTURES = 4  # sent: one whole and three of what changed, after which the quality of P pictures is reached


def arrived(scene: Picture, rng: Generator) -> Picture:
    """The frame as it arrives.

    Args:
        scene: `(H, W, 3)` uint8 BGR, both sides even; what is on it stays in its place.
    """
    scene = degrade.defocus(scene, np.interp(rng.beta(*MILD), (0, 1), BLUR))
    if rng.random() < OFTEN["motion"]:
        scene = degrade.motion_blur(scene, rng.uniform(1, MOVED), rng.uniform(0, np.pi))
    if rng.random() < OFTEN["steam"]:
        scene = degrade.steam(scene, rng, 0.2 + 0.6 * rng.beta(*MILD))
    dark, strength = rng.random() < OFTEN["dark"], float(rng.beta(*MILD))
    step = rng.integers(-2, 3, 2)
    taken = []
    for back in range(PICTURES - 1, -1, -1):
        picture = _shifted(scene, int(back * step[0]), int(back * step[1]))
        noisy = degrade.low_light if dark else degrade.sensor_noise
        taken.append(noisy(picture, rng, strength if dark else 0.5 + 3 * strength))
    return sent(taken, int(rng.integers(QUANTISERS[0], QUANTISERS[1] + 1)))


def _shifted(image: Picture, x: int, y: int) -> Picture:
    """Where everything was a moment ago."""
    if not (x or y):
        return image
    by = np.array([[1, 0, x], [0, 1, y]], np.float32)
    return np.asarray(
        cv2.warpAffine(image, by, image.shape[1::-1], flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE),
        np.uint8,
    )
