"""`kitchenwatch evaluate` as a person calls it, on frames of our own films."""

import json
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from commandline import Command, command_in, widen
from kitchenwatch.detect.loading import default_model, load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.model import LABELS, Detections
from kitchenwatch.training.corrections import Correction
from kitchenwatch.training.dataset import Truth, as_rows, pictures, write_picture
from kitchenwatch.training.evaluate.run import examine

pytest.importorskip("faster_coco_eval", reason="needs the extra: pip install 'kitchenwatch[evaluate]'")

FILMS = Path(__file__).parents[2] / "sample_videos"
SURE = 0.4


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    widen(monkeypatch, 80)
    return command_in(monkeypatch, capsys)


@pytest.fixture
def own_answers(tmp_path: Path) -> Path:
    """Four frames, on which the shipped model's own sure detections are drawn as the truth."""
    model = load_model(prefer="onnxruntime")
    detector = PictureDetector(model.engine, verifier=model.verifier)
    for film in ("no_hat", "compliant"):
        with av.open(FILMS / film / f"{film}.mp4") as container:
            for number, frame in enumerate(islice(container.decode(video=0), 100, 300, 100)):
                image = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
                write_picture(tmp_path / "set", "val", f"{film}_{number}", image, np.zeros((0, 5), np.float32))
    for picture in pictures(tmp_path / "set", "val"):
        image = picture.image()  # as it is after the JPEG
        found = detector.detect(image)
        truth = Truth(found[found.scores >= SURE], Detections.none())
        write_picture(tmp_path / "set", "val", picture.name, image, as_rows(truth, image.shape[1], image.shape[0]))
    return tmp_path / "set"


def width(name: str) -> int:
    """Of a picture that was written, in px."""
    return int(np.asarray(cv2.imread(f"out/{name}.png")).shape[1])


def test_a_model_agrees_with_its_own_answers(own_answers: Path, command: Command) -> None:
    said = command("evaluate", own_answers, "--json", "--engine", "onnxruntime", "--out", "out")
    report = json.loads(said.out)
    assert (said.status, said.err.count("wrote")) == (0, 3 + len(LABELS))
    assert report["about"]["pictures"] == 4
    assert report["labels"]["person"]["boxes"] >= 2
    assert report["labels"]["person"]["ap50"] > 0.99
    assert report["labels"]["person"]["recall"] == 1
    assert report["sources"].keys() == {"compliant", "no_hat"}
    assert report["states"]["no_hat"]["all"]["heads"] == sum(
        report["labels"][one]["boxes"] for one in ("hat", "no_hat")
    )
    assert 0 < report["reliability"]["person"]["ece"] < 1
    assert json.loads(Path("out/report.json").read_text(encoding="utf-8")) == report
    assert width("precision-recall") > 1000
    assert all(width(f"mistakes-{label}") == 1596 for label in LABELS)


def test_tables_fit_a_terminal_of_80_columns(own_answers: Path, command: Command) -> None:
    said = command("evaluate", own_answers, "--engine", "onnxruntime")
    assert (said.status, said.err) == (0, "")
    assert "未戴口罩 no_mask" in said.out
    assert "…" not in said.out
    assert not Path("out").exists()


def test_corrections_are_applied_and_their_drops_left_out(own_answers: Path) -> None:
    model = load_model(prefer="onnxruntime")
    there = pictures(own_answers, "val")
    dropped = Correction(there[0].name, "drop_picture", None, None, None)
    row = Correction(there[1].name, "drop", 0, None, None)
    mended = list(examine(there[:2], model, {there[0].name: [dropped], there[1].name: [row]}))
    plain = list(examine(there[:2], model, {}))
    assert mended[0] is None
    assert plain[0] is not None
    assert mended[1] is not None
    assert plain[1] is not None
    assert len(mended[1].truth.drawn) == len(plain[1].truth.drawn) - 1


def test_two_threads_see_what_one_sees(own_answers: Path) -> None:
    there, model = pictures(own_answers, "val"), load_model(prefer="onnxruntime", runs=2)
    alone, both = (list(examine(there, model, {}, threads=threads)) for threads in (1, 2))
    assert [one and one.picture for one in both] == there
    for one, other in zip(alone, both, strict=True):
        assert one is not None
        assert other is not None
        assert (one.found.boxes == other.found.boxes).all()
        assert (one.found.scores == other.found.scores).all()


def test_what_is_wrong_is_told_in_a_line(own_answers: Path, command: Command, tmp_path: Path) -> None:
    said = command("evaluate", own_answers, "--split", "test")
    assert (said.status, len(said.faults), "images/test" in said.err) == (1, 1, True)
    (tmp_path / "taken").write_text("a file")
    said = command("evaluate", own_answers, "--out", "taken")
    assert (said.status, len(said.faults), "taken" in said.err) == (1, 1, True)
    said = command("evaluate", own_answers, "--model", "none.onnx")
    assert (said.status, len(said.faults), "none.onnx: no such file" in said.err) == (1, 1, True)


def test_the_calibration_of_another_model_is_refused(own_answers: Path, command: Command, tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    other.write_bytes(default_model().read_bytes())
    calibration = json.loads(default_model().with_suffix(".calibration.json").read_text(encoding="utf-8"))
    other.with_suffix(".calibration.json").write_text(json.dumps(calibration | {"model_sha256": "0" * 64}))
    said = command("evaluate", own_answers, "--model", other)
    assert (said.status, "fitted for model" in said.err) == (1, True)
