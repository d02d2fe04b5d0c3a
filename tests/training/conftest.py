"""A small data set in YOLO format, out of the rendered films; its boxes are drawn by hand."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.model import LABELS, Label
from kitchenwatch.training.dataset import write_picture

FILMS = Path(__file__).parents[2] / "sample_videos"
WIDTH, HEIGHT = 480, 400  # of a picture, cut out of a frame of 1280 × 720
TOP = 60  # of the cut
BEGINS = {"train": 8.0, "val": 13.0}  # the people sway with a period of 5 s: the same boxes fit both


@dataclass(frozen=True)
class Scene:
    """A part of a film's frame, with boxes x1 y1 x2 y2 in pixels of the whole frame."""

    film: str
    left: int
    boxes: tuple[tuple[Label, tuple[int, int, int, int]], ...]


SCENES = (
    Scene(
        "compliant",
        400,
        (
            (Label.PERSON, (557, 162, 725, 460)),
            (Label.HAT, (615, 197, 667, 270)),
            (Label.MASK, (615, 216, 667, 270)),
        ),
    ),
    Scene(
        "no_hat",
        400,
        (
            (Label.PERSON, (556, 152, 724, 460)),
            (Label.NO_HAT, (610, 153, 668, 245)),
            (Label.MASK, (615, 179, 667, 245)),
        ),
    ),
    Scene(
        "no_mask",
        400,
        (
            (Label.PERSON, (556, 127, 724, 460)),
            (Label.HAT, (613, 173, 666, 245)),
            (Label.NO_MASK, (613, 183, 666, 245)),
        ),
    ),
    Scene(
        "phone_use",
        400,
        (
            (Label.PERSON, (558, 161, 717, 460)),
            (Label.HAT, (615, 200, 668, 276)),
            (Label.MASK, (615, 218, 668, 276)),
            (Label.PHONE, (627, 301, 660, 352)),
        ),
    ),
    Scene(
        "smoking",
        400,
        (
            (Label.PERSON, (531, 127, 724, 460)),
            (Label.HAT, (613, 174, 667, 244)),
            (Label.NO_MASK, (613, 183, 667, 244)),
            (Label.CIGARETTE, (612, 223, 637, 235)),
        ),
    ),
    Scene(
        "two_cooks",
        190,
        (
            (Label.PERSON, (347, 187, 502, 460)),
            (Label.NO_HAT, (398, 188, 453, 271)),
            (Label.NO_MASK, (402, 212, 451, 271)),
        ),
    ),
)


@pytest.fixture(scope="session")
def kitchen_pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`kitchen_set`, shared by all tests: read only."""
    root = tmp_path_factory.mktemp("kitchen_set")
    for scene in SCENES:
        for split, begins in BEGINS.items():
            image = _frame(scene.film, begins)[TOP : TOP + HEIGHT, scene.left : scene.left + WIDTH]
            name = f"film_{scene.film.replace('_', '')}"  # of the source "film"
            write_picture(root, split, name, np.ascontiguousarray(image), _rows(scene))
    names = "".join(f"  {number}: {label}\n" for number, label in enumerate(LABELS))
    (root / "data.yaml").write_text(f"train: images/train\nval: images/val\nnames:\n{names}", encoding="utf-8")
    return root


@pytest.fixture
def kitchen_set(kitchen_pictures: Path, tmp_path: Path) -> Path:
    """A data set of the test's own: six pictures in `train`, the same scenes five seconds later in `val`.

    480 × 400 pixels, heads 70–90 pixels high, each label at least once in each split.
    """
    return shutil.copytree(kitchen_pictures, tmp_path / "kitchen_set")


def _frame(film: str, t: float) -> NDArray[np.uint8]:
    """BGR picture of a film at `t` seconds."""
    with av.open(str(FILMS / film / f"{film}.mp4")) as container:
        container.seek(int(t * av.time_base))
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= t - 0.01:
                return frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    raise AssertionError(f"{film} ends before {t} s")


def _rows(scene: Scene) -> NDArray[np.float32]:
    rows = [
        (
            LABELS.index(label),
            ((x1 + x2) / 2 - scene.left) / WIDTH,
            ((y1 + y2) / 2 - TOP) / HEIGHT,
            (x2 - x1) / WIDTH,
            (y2 - y1) / HEIGHT,
        )
        for label, (x1, y1, x2, y2) in scene.boxes
    ]
    return np.array(rows, np.float32)
