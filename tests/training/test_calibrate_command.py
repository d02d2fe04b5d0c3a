"""`kitchenwatch calibrate`: from drawn boxes to the file beside the model."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from commandline import Command, command_in
from kitchenwatch.detect.loading import load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.model import Detections
from kitchenwatch.rules.calibration import Calibration
from kitchenwatch.training.dataset import Truth, as_rows, write_picture

FILMS = Path(__file__).parents[2] / "sample_videos"


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """`command("calibrate", folder)`."""
    return command_in(monkeypatch, capsys)


def frames(name: str) -> list[NDArray[np.uint8]]:
    """Three of a film, half a second apart in its middle."""
    found = []
    with av.open(str(FILMS / name / f"{name}.mp4")) as film:
        for seconds in (7.0, 8.0, 9.0):
            film.seek(int(seconds * av.time_base))
            found.append(np.asarray(next(film.decode(video=0)).to_ndarray(format="bgr24"), np.uint8))
    return found


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of two films, each cut differently, so that the one kitchen makes several scenes.

    What the shipped model is sure of counts as drawn.
    """
    root = tmp_path_factory.mktemp("drawn")
    model = load_model(prefer="onnxruntime")
    detector = PictureDetector(model.engine, 0.5, model.verifier)
    for film in ("no_hat", "compliant"):
        for number, frame in enumerate(frames(film)):
            image = np.ascontiguousarray(frame[40 * number :, 160 * number :])
            truth = Truth(detector.detect(image), Detections.none())
            height, width = image.shape[:2]
            write_picture(root, "val", f"{film}_{number}", image, as_rows(truth, width, height))
    return root


def test_the_file_is_for_that_model_and_charts_lie_beside_it(command: Command, drawn: Path, tmp_path: Path) -> None:
    said = command("calibrate", drawn, "--out", tmp_path)
    assert said.status == 0, said.err
    shipped = load_model(prefer="onnxruntime")
    calibration = Calibration.load(tmp_path / shipped.calibration.name)
    calibration.require(shipped.sha256)
    assert calibration.fitted_on.startswith(f"{drawn.name} (val): 6 pictures of ")
    assert calibration.kinds.phone_use.fit.by_hand
    assert calibration.labels.person.fit.positive >= 6
    for chart in ("labels", "kinds", "states"):
        picture = cv2.imread(str(tmp_path / f"{shipped.path.stem}.calibration.{chart}.png"))
        assert picture is not None
        assert picture.std() > 10
    assert "heads of 16 to 40 px" in said.out


def test_pictures_without_anybody_are_told(command: Command, tmp_path: Path) -> None:
    grey = np.full((120, 160, 3), 128, np.uint8)
    write_picture(tmp_path, "val", "empty_1", grey, np.zeros((0, 5), np.float32))
    said = command("calibrate", tmp_path, "--out", tmp_path)
    assert (said.status, said.out) == (1, "")
    assert said.err == ("error: people were seen in fewer than two scenes -> add pictures of people with drawn boxes\n")
