"""A verifier that was trained is a file that lies beside its detector and is asked."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from commandline import Command, command_in
from kitchenwatch.detect.loading import default_model, load_model
from kitchenwatch.detect.picture import PictureDetector
from kitchenwatch.training.dataset import pictures

pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.chdir(tmp_path)
    return command_in(monkeypatch, capsys)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A detector of one's own, without a verifier."""
    for suffix in (".onnx", ".pt"):
        shutil.copy(default_model().with_suffix(suffix), tmp_path / f"own{suffix}")
    return tmp_path / "own.onnx"


def test_a_trained_verifier_is_asked_from_then_on(own: Path, kitchen_pictures: Path, command: Command) -> None:
    before = load_model(own, "onnxruntime")
    options = ("--model", own, "--shown", 128, "--workers", 0)
    said = command("train-verifier", kitchen_pictures, *options)
    assert (said.status, said.out.strip()) == (0, str(own.with_name("own.verifier.onnx")))
    after = load_model(own, "onnxruntime")
    assert after.sha256 != before.sha256
    assert after.verifier
    image = pictures(kitchen_pictures, "val")[0].image()
    plain = PictureDetector(after.engine, 0.01).detect(image)
    verified = PictureDetector(after.engine, 0.01, after.verifier).detect(image)
    assert not np.array_equal(plain.scores, verified.scores)


def test_the_same_seed_gives_the_same_file(own: Path, kitchen_pictures: Path, command: Command) -> None:
    for name in ("one", "two"):
        said = command(
            *("train-verifier", kitchen_pictures, "--model", own, "--shown", 64, "--workers", 0, "--seed", 5),
            *("--out", f"{name}.onnx"),
        )
        assert said.status == 0
    assert Path("one.onnx").read_bytes() == Path("two.onnx").read_bytes()


def test_a_detector_without_its_checkpoint_is_told(own: Path, kitchen_pictures: Path, command: Command) -> None:
    own.with_suffix(".pt").unlink()
    said = command("train-verifier", kitchen_pictures, "--model", own)
    assert said.status == 1
    assert "own.pt: no such file -> put the detector's checkpoint beside its .onnx" in said.err
