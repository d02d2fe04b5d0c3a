"""Imitates what ceiling cameras do to a picture.

Every function takes one picture, `(H, W, 3)` uint8 BGR, and gives one of the same kind, leaving its own alone; what is
random comes from the generator that is handed in. `imitate` chains them in the order in which light meets them: lens,
movement, steam, pixels, darkness, noise, compression.
"""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

UNTOUCHED = 0.3  # share of pictures that `imitate` leaves alone: near and well-lit cameras exist as well
MILD = (1.5, 3.0)  # strengths are drawn from this Beta distribution: mean 1/3, one in twenty above 0.7
# How often each thing happens to a picture that is not left alone. Every camera compresses; nearly all see people who
# are few pixels high; one kitchen camera in some six looks through steam or into a dark room at a time.
OFTEN = {"defocus": 0.4, "motion": 0.25, "steam": 0.15, "resolution": 0.5, "dark": 0.2, "noise": 0.5, "blocks": 0.85}
SMALLEST_HEAD = 12.0  # pixels: hats and masks on smaller heads cannot be told apart, so they are shrunk no further
SHRUNK = 2.2  # at most, where no head is known: a crop of 320 px around a person of 150 px
QUALITY = (78, 22)  # of JPEG, mild and strong: blocks and lost colour as in H.264 at quantisers of about 26 to 38
CHROMA = 4  # cameras smooth and subsample colour: its noise is in blotches this many pixels wide


def imitate(image: Picture, rng: Generator, head_px: float | None = None) -> Picture:
    """A random chain, of the same size: most pictures mildly, some strongly, three in ten not at all.

    Args:
        head_px: height of the smallest head that shall stay recognisable; None if there is none or nobody knows.
    """
    if rng.random() < UNTOUCHED:
        return image
    strength = float(rng.beta(*MILD))
    happens = {name: rng.random() < often for name, often in OFTEN.items()}
    if happens["defocus"]:
        image = defocus(image, 0.3 + 1.2 * strength)
    if happens["motion"]:
        image = motion_blur(image, 2 + 8 * strength, rng.uniform(0, np.pi))
    if happens["steam"]:
        image = steam(image, rng, 0.3 + 0.5 * strength)
    factor = _bearable(1 + 2.5 * strength, head_px) if happens["resolution"] else 1.0
    height, width = image.shape[:2]
    return enlarged(_sensed(shrunk(image, factor), rng, strength, happens), width, height)


def _sensed(image: Picture, rng: Generator, strength: float, happens: dict[str, bool]) -> Picture:
    """What happens in the camera, on its own pixels."""
    if happens["dark"]:
        image = low_light(image, rng, strength)
    elif happens["noise"]:
        image = sensor_noise(image, rng, 1 + 6 * strength)
    return block_noise(image, round(np.interp(strength, (0, 1), QUALITY))) if happens["blocks"] else image


def _bearable(factor: float, head_px: float | None) -> float:
    return min(factor, SHRUNK) if head_px is None else max(1.0, min(factor, head_px / SMALLEST_HEAD))


def defocus(image: Picture, sigma: float) -> Picture:
    """A lens out of focus; `sigma` of the Gaussian in pixels."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def motion_blur(image: Picture, length: float, angle: float) -> Picture:
    """Movement in a straight line while the shutter is open.

    Args:
        length: in pixels; below 1 nothing moves.
        angle: of the line against the rows, in radians.
    """
    side = 2 * int(np.ceil(length / 2)) + 1
    line = np.zeros((side, side), np.float32)
    middle, reach = side // 2, length / 2
    for step in np.linspace(-reach, reach, 4 * side):
        line[round(middle + step * np.sin(angle)), round(middle + step * np.cos(angle))] += 1
    return np.asarray(cv2.filter2D(image, -1, line / line.sum()), np.uint8)


def shrunk(image: Picture, factor: float) -> Picture:
    """The picture on larger pixels: both sides divided by `factor` (at least 1)."""
    if factor <= 1:
        return image
    height, width = image.shape[:2]
    size = max(1, round(width / factor)), max(1, round(height / factor))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def enlarged(image: Picture, width: int, height: int) -> Picture:
    """The picture at that size, smoothed as a crop is when the detector is handed it."""
    if image.shape[:2] == (height, width):
        return image
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def steam(image: Picture, rng: Generator, strength: float) -> Picture:
    """A soft white veil over a part of the picture.

    Args:
        strength: share of the picture's own light that is lost where the veil is thickest.
    """
    height, width = image.shape[:2]
    clouds = rng.random((6, 8), np.float32)
    row, column = np.mgrid[0:6, 0:8] / np.array([5, 7]).reshape(2, 1, 1)  # fractions of the picture
    apart = (row - rng.random()) ** 2 + (column - rng.random()) ** 2
    near = np.exp(-apart / (2 * rng.uniform(0.2, 0.5) ** 2)).astype(np.float32)
    coarse = strength * near * (0.4 + 0.6 * clouds)
    veil = np.clip(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), 0, 1)
    white = np.full_like(image, round(rng.uniform(190, 235)))
    return np.asarray(cv2.blendLinear(image, white, 1 - veil, veil), np.uint8)


def low_light(image: Picture, rng: Generator, strength: float) -> Picture:
    """Too little light: darker, flatter in the shadows, paler, and noisier because the camera amplifies it.

    Args:
        strength: 0 for a dull day, 1 for a room lit from next door.
    """
    gain, gamma = 0.9 - 0.35 * strength, 1.1 + 0.5 * strength  # the camera has lifted it as far as it can
    curve = 255 * gain * (np.arange(256) / 255) ** gamma + 6  # black is never 0: the sensor's offset is amplified, too
    dark = np.asarray(cv2.LUT(image, curve.astype(np.uint8)), np.uint8)
    grey = cv2.cvtColor(cv2.cvtColor(dark, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    pale = cv2.addWeighted(dark, 1 - 0.5 * strength, grey, 0.5 * strength, 0)
    return sensor_noise(np.asarray(pale, np.uint8), rng, 2.5 + 7 * strength)


def sensor_noise(image: Picture, rng: Generator, sigma: float) -> Picture:
    """Grain, finer and stronger in brightness than in colour.

    Args:
        sigma: standard deviation of the brightness, in grey levels.
    """
    height, width = image.shape[:2]
    bright, *colours = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb))
    grain = rng.standard_normal((height, width), np.float32) * np.float32(sigma)
    noisy = [cv2.add(bright, grain, dtype=cv2.CV_8U)]
    for colour in colours:
        patches = rng.standard_normal((height // CHROMA + 1, width // CHROMA + 1), np.float32) * np.float32(sigma / 2)
        smooth = cv2.resize(patches, (width, height), interpolation=cv2.INTER_LINEAR)
        noisy.append(cv2.add(colour, smooth, dtype=cv2.CV_8U))
    return np.asarray(cv2.cvtColor(cv2.merge(noisy), cv2.COLOR_YCrCb2BGR), np.uint8)


def block_noise(image: Picture, quality: int) -> Picture:
    """Compression in blocks, the cheap way: JPEG of that quality (1 to 100). `ceiling.h264` is the true one."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
