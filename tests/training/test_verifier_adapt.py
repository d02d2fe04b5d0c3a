"""A verifier that was shown verdicts takes their word, and keeps its own on all else."""

import shutil
from pathlib import Path
from uuid import UUID

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.loading import Model, default_model, load_model, verifier_of
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.errors import ModelError
from kitchenwatch.geometry import Boxes
from kitchenwatch.model import CaseStatus, Kind, Label, VerdictReason
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.training.dataset import Picture, as_truth, pictures
from kitchenwatch.training.run import Machine
from kitchenwatch.training.verdicts import Reviewed, export

pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "no_hat" / "no_hat.mp4"
COOK = np.array([509, 152, 677, 480], np.float32)  # bare-headed, at 6 s
OLD = verifier_of(default_model()).with_suffix(".pt")


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare head that somebody calls covered, so that there is something to learn."""
    root = tmp_path_factory.mktemp("verdicts")
    with av.open(str(SAMPLE)) as film:
        frame = next(frame for frame in film.decode(video=0) if frame.time and frame.time >= 6.1)
        snapshot: NDArray[np.uint8] = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
    status, reason = CaseStatus.DISMISSED, VerdictReason.FALSE_ALARM
    cases = [Reviewed(UUID(int=1), "canteen", Kind.NO_HAT, status, reason, COOK, snapshot)]
    export(cases, PictureDetector(load_model(prefer="onnxruntime").engine), root)
    return root


def part(root: Path, name: str) -> Model:
    return load_model(root / name, "onnxruntime")


def head_of(picture: Picture) -> tuple[ArrayPicture, Boxes]:
    image = picture.image()
    height, width = image.shape[:2]
    return ArrayPicture(image), as_truth(picture.rows(), width, height).drawn.of(Label.HAT).boxes[:1]


def test_it_believes_the_verdict_and_sees_other_things_as_before(verdicts: Path, tmp_path: Path) -> None:
    from kitchenwatch.training.verifier import adapt

    learned = tmp_path / "learned.pt"
    shares = list(adapt.adapt(verdicts, default_model(), OLD, learned, Machine(threads=1, workers=0), shown=1280))
    assert shares[-1] == 1
    detector = default_model().with_suffix(".pt")
    for share in (0.0, 1.0):
        made = tmp_path / f"{share:.0f}.onnx"
        shutil.copy(default_model(), made)
        adapt.mixed(OLD, learned, share, detector, verifier_of(made))
    old, new = (part(tmp_path, name).verifier for name in ("0.onnx", "1.onnx"))
    shipped = load_model(prefer="onnxruntime").verifier
    assert old
    assert new
    assert shipped
    (seen,) = pictures(verdicts, "train")
    picture, head = head_of(seen)
    bare, covered = [Label.NO_HAT], [Label.HAT]
    assert old.beliefs(picture, head, bare) == pytest.approx(shipped.beliefs(picture, head, bare), abs=0.01)
    assert new.beliefs(picture, head, covered) > old.beliefs(picture, head, covered) + 0.3
    assert new.beliefs(picture, head, bare) < old.beliefs(picture, head, bare) - 0.3
    elsewhere = [Label.MASK, Label.NO_MASK, Label.CIGARETTE, Label.PHONE]
    boxes = np.repeat(head, len(elsewhere), axis=0)
    assert new.beliefs(picture, boxes, elsewhere) == pytest.approx(old.beliefs(picture, boxes, elsewhere), abs=0.25)


def test_weights_of_something_else_are_told(tmp_path: Path) -> None:
    from kitchenwatch.training.verifier.network import load

    stray = tmp_path / "stray.pt"
    for content in (b"no weights at all", default_model().with_suffix(".pt").read_bytes()):
        stray.write_bytes(content)
        with pytest.raises(ModelError, match=r"stray\.pt: not a verifier of .* -> train one"):
            load(stray, default_model().with_suffix(".pt"))
