"""Export: the same checkpoint gives the same file, and all engines see the same in it."""

from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.loading import default_model, load_model
from kitchenwatch.errors import DatasetError, Invalid, MissingExtra, ModelError
from kitchenwatch.model import LABELS
from kitchenwatch.ports import Engine
from kitchenwatch.training.dataset import write_picture
from kitchenwatch.training.export.agreement import Agreement, Tolerance, agreement, seen
from kitchenwatch.training.export.check import HALF, SINGLE, check
from kitchenwatch.training.export.inputs import inputs
from kitchenwatch.training.export.onnx_file import float_network, write
from kitchenwatch.training.export.run import export

FILMS = Path(__file__).parents[2] / "sample_videos"


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frames of the sample films with one person drawn on each, in both splits."""
    root = tmp_path_factory.mktemp("dataset")
    for film in sorted(FILMS.glob("*/*.mp4")):
        reader = cv2.VideoCapture(str(film))
        for second, split in ((4, "train"), (8, "train"), (12, "val")):
            reader.set(cv2.CAP_PROP_POS_MSEC, second * 1000)
            there, image = reader.read()
            if there:
                person = np.array([[0, 0.5, 0.5, 0.3, 0.9]], np.float32)
                write_picture(root, split, f"film_{film.stem}{second}", np.asarray(image, np.uint8), person)
    return root


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network of ours, as training leaves it."""
    return _checkpoint(tmp_path_factory.mktemp("run") / "best.pt", "yolo11n.yaml", LABELS)


def _checkpoint(path: Path, architecture: str, labels: tuple[str, ...]) -> Path:
    ultralytics = pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")
    import_module("torch").manual_seed(0)
    fresh = ultralytics.YOLO(architecture)
    fresh.model = import_module("ultralytics.nn.tasks").DetectionModel(architecture, nc=len(labels), verbose=False)
    fresh.model.names = {index: str(label) for index, label in enumerate(labels)}
    fresh.save(path)
    return path


def _needs(package: str) -> None:
    pytest.importorskip(package, reason="needs the extra: pip install 'kitchenwatch[train]'")


def _held_together(reference: Engine, other: Engine, dataset: Path) -> Agreement:
    given = inputs(dataset, "train", 8)
    return agreement(seen(reference, given), seen(other, given))


class Shifted:
    """An engine that moves every box to the right and takes something off every score."""

    name = "shifted"

    def __init__(self, engine: OnnxEngine, pixels: float, score: float) -> None:
        self._engine, self._pixels, self._score = engine, pixels, score

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        raw = self._engine.run(batch).copy()
        raw[:, 0] += self._pixels
        raw[:, 4:] = np.maximum(raw[:, 4:] - self._score, 0)
        return raw


class Relabelled:
    """An engine that calls everything by the next label's name."""

    name = "relabelled"

    def __init__(self, engine: OnnxEngine) -> None:
        self._engine = engine

    def run(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        raw = self._engine.run(batch)
        return np.concatenate([raw[:, :4], np.roll(raw[:, 4:], 1, axis=1)], axis=1)


def test_inputs_are_the_shipped_looks_and_always_the_same(dataset: Path) -> None:
    first, second = inputs(dataset, "train", 8), inputs(dataset, "train", 8)
    assert [one.shape for one in first] == [(1, 3, 384, 640)] * 2 + [(1, 3, 320, 320)] * 6
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))


def test_inputs_without_people_are_refused(tmp_path: Path) -> None:
    write_picture(tmp_path, "train", "film_empty", np.zeros((90, 160, 3), np.uint8), np.zeros((0, 5), np.float32))
    with pytest.raises(DatasetError, match="no people drawn in train -> "):
        inputs(tmp_path, "train", 4)


def test_an_engine_agrees_with_itself(dataset: Path) -> None:
    engine = OnnxEngine(default_model())
    found = _held_together(engine, engine, dataset)
    assert found.boxes > 10
    assert (found.unmatched, found.score_max, found.shift_px) == (0, 0, 0)
    assert not SINGLE.exceeded(found)


def test_what_an_engine_gets_wrong_is_measured_and_named(dataset: Path) -> None:
    engine = OnnxEngine(default_model())
    found = _held_together(engine, Shifted(engine, 3.0, 0.1), dataset)
    assert found.score_mean == pytest.approx(0.1, abs=0.02)
    assert found.shift_px >= 3.0
    assert any("mean score" in fault for fault in HALF.exceeded(found))


def test_boxes_that_are_gone_have_no_counterpart(dataset: Path) -> None:
    engine = OnnxEngine(default_model())
    found = _held_together(engine, Shifted(engine, 0.0, 1.0), dataset)
    assert found.unmatched == found.boxes > 5
    assert found.unmatched_share == 1
    assert HALF.exceeded(found)[0] == "share unmatched 1.0000 > 0.01"


def test_a_box_of_another_label_is_no_counterpart(dataset: Path) -> None:
    engine = OnnxEngine(default_model())
    found = _held_together(engine, Relabelled(engine), dataset)
    assert found.unmatched > found.boxes / 2 > 5


def test_nothing_seen_is_no_disagreement() -> None:
    assert Agreement(0, 0, 0.0, 0.0, 0.0).unmatched_share == 0
    assert not Tolerance(0, 0, 0, 0).exceeded(Agreement(0, 0, 0.0, 0.0, 0.0))


def test_openvino_in_single_precision_is_the_same_engine_and_in_bfloat16_nearly(dataset: Path) -> None:
    pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    reference = OnnxEngine(default_model())
    single = _held_together(reference, OpenVinoEngine(default_model(), precision="f32"), dataset)
    half = _held_together(reference, OpenVinoEngine(default_model(), precision="bf16"), dataset)
    assert not SINGLE.exceeded(single)
    assert not HALF.exceeded(half)


def test_a_file_of_another_kind_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"model\.pb: not the name of an ONNX file -> "):
        export(tmp_path / "gone.pt", tmp_path / "model.pb")


def test_without_the_extra_export_says_which(tmp_path: Path) -> None:
    try:
        import ultralytics  # noqa: F401
    except ImportError:
        with pytest.raises(MissingExtra, match=r"kitchenwatch\[train\]"):
            float_network(tmp_path / "best.pt")
    else:
        pytest.skip("Ultralytics is installed")


def test_the_same_checkpoint_gives_the_same_file_in_half_the_room(checkpoint: Path, tmp_path: Path) -> None:
    _needs("onnx")
    network = float_network(checkpoint)
    write(network, tmp_path / "one.onnx")
    write(float_network(checkpoint), tmp_path / "two.onnx")
    assert (tmp_path / "one.onnx").read_bytes() == (tmp_path / "two.onnx").read_bytes()
    assert (tmp_path / "one.onnx").stat().st_size < 0.55 * network.ByteSize()
    assert [path.name for path in checkpoint.parent.iterdir()] == [checkpoint.name]


def test_other_labels_are_refused(tmp_path: Path) -> None:
    _needs("onnx")
    wrong = _checkpoint(tmp_path / "dogs.pt", "yolo11n.yaml", ("dog", "cat"))
    with pytest.raises(ModelError, match=r"dogs\.pt: gives 6 numbers a box, kitchenwatch needs 11 -> "):
        float_network(wrong)


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    _needs("ultralytics")
    _needs("onnx")
    (tmp_path / "best.pt").write_text("hello")
    with pytest.raises(ModelError, match=r"best\.pt: cannot be exported -> "):
        float_network(tmp_path / "best.pt")


def test_yolo26_gives_the_boxes_of_every_anchor(tmp_path: Path) -> None:
    _needs("onnx")
    write(float_network(_checkpoint(tmp_path / "best.pt", "yolo26n.yaml", LABELS)), tmp_path / "26.onnx")
    raw = load_model(tmp_path / "26.onnx", "onnxruntime").engine.run(np.zeros((2, 3, 320, 320), np.float32))
    assert raw.shape == (2, 4 + len(LABELS), 2100)


def test_all_files_of_an_export_are_run_and_held_together(checkpoint: Path, dataset: Path, tmp_path: Path) -> None:
    for package in ("onnx", "openvino", "nncf"):
        _needs(package)
    made = export(checkpoint, tmp_path / "model.onnx", ir=True, dataset=dataset)
    assert made.ir is not None
    assert made.int8 is not None
    assert load_model(made.ir).engine.name == "openvino"
    assert made.int8.stat().st_size < made.onnx.stat().st_size
    checked = list(check(checkpoint, made.onnx, made.ir, made.int8, inputs(dataset, "val", 2)))
    assert [one.engine.split()[0] for one in checked] == ["torch", *["openvino"] * 3, "onnxruntime", "openvino"]


def test_a_model_in_openvinos_format_is_known_by_its_weights(checkpoint: Path, tmp_path: Path) -> None:
    for package in ("onnx", "openvino"):
        _needs(package)
    made = export(checkpoint, tmp_path / "model.onnx", ir=True)
    assert made.ir is not None
    before = load_model(made.ir).sha256
    weights = bytearray(made.ir.with_suffix(".bin").read_bytes())
    weights[len(weights) // 2] ^= 1
    made.ir.with_suffix(".bin").write_bytes(weights)
    assert load_model(made.ir).sha256 != before
