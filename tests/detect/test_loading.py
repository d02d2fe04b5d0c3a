"""Model files: which is taken, what runs it, and what is refused."""

import hashlib
import os
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import onnxruntime  # type: ignore[import-untyped]
import pytest
from numpy.typing import NDArray

from kitchenwatch.detect.engine_onnx import PROVIDERS, OnnxEngine
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.loading import Model, Preference, default_model, load_model, verifier_of
from kitchenwatch.detect.names import names_in
from kitchenwatch.detect.verifier import SIDE, VERIFIED
from kitchenwatch.detect.yolo import as_batch, letterbox
from kitchenwatch.errors import MissingExtra, ModelError
from kitchenwatch.model import LABELS
from kitchenwatch.picture import ArrayPicture


def renamed(source: Path, target: Path, old: bytes, new: bytes) -> Path:
    """The shipped model with one of its class names replaced by another of the same length."""
    data = source.read_bytes()
    assert old in data
    assert len(old) == len(new)
    target.write_bytes(data.replace(old, new))
    return target


def test_the_shipped_model_loads_and_knows_its_hash(shipped: Model) -> None:
    assert shipped.engine.name == "onnxruntime"
    assert shipped.path == default_model()
    files = shipped.path, shipped.path.with_name("kitchenwatch-yolo11n.verifier.onnx")
    assert shipped.sha256 == hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_a_verifier_is_taken_from_beside_the_model_or_there_is_none(shipped: Model, tmp_path: Path) -> None:
    alone = Path(shutil.copy(shipped.path, tmp_path / "own.onnx"))
    bare = load_model(alone, "onnxruntime")
    assert bare.verifier is None
    shutil.copy(verifier_of(shipped.path), tmp_path / "own.verifier.onnx")
    both = load_model(alone, "onnxruntime")
    assert both.verifier
    assert both.sha256 == shipped.sha256 != bare.sha256
    assert both.verifier.engine.run(np.zeros((2, 3, SIDE, SIDE), np.float32)).shape == (2, len(VERIFIED))


def test_a_verifier_of_other_labels_is_refused_by_name(shipped: Model, tmp_path: Path) -> None:
    alone = Path(shutil.copy(shipped.path, tmp_path / "own.onnx"))
    renamed(verifier_of(shipped.path), tmp_path / "own.verifier.onnx", b"'cigarette'", b"'chopstick'")
    with pytest.raises(ModelError, match=r"own\.verifier\.onnx: the model's labels are hat.*chopstick.*needs hat.*"):
        load_model(alone, "onnxruntime")


def test_both_looks_run_on_one_file(shipped: Model) -> None:
    frame = shipped.engine.run(np.zeros((1, 3, 384, 640), np.float32))
    crops = shipped.engine.run(np.zeros((3, 3, 320, 320), np.float32))
    assert frame.shape == (1, 4 + len(LABELS), 5040)
    assert crops.shape == (3, 4 + len(LABELS), 2100)


def test_engines_agree(shipped: Model, noise: NDArray[np.uint8]) -> None:
    pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    other = load_model(prefer="openvino")
    assert other.engine.name == "openvino"
    batch = as_batch([letterbox(ArrayPicture(noise), 320, 320)[0]])
    mine, theirs = shipped.engine.run(batch), other.engine.run(batch)
    assert mine.shape == theirs.shape
    assert np.abs(mine[:, 4:] - theirs[:, 4:]).max() < 0.1  # OpenVINO may compute in bfloat16
    assert np.abs(mine[:, :4] - theirs[:, :4]).mean() < 2


def test_engines_agree_on_close_ups(shipped: Model) -> None:
    pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    other = load_model(prefer="openvino")
    assert shipped.verifier
    assert other.verifier
    batch = np.random.default_rng(1).random((5, 3, SIDE, SIDE), np.float32)
    mine, theirs = shipped.verifier.engine.run(batch), other.verifier.engine.run(batch)
    assert np.abs(mine - theirs).max() < 0.1  # OpenVINO may compute in bfloat16


def test_openvino_takes_as_many_runs_side_by_side_as_it_is_asked_for() -> None:
    pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    engine = load_model(prefer="openvino", runs=2).engine
    assert isinstance(engine, OpenVinoEngine)
    # Never more than there are processors, which a container may be given few of.
    assert engine._networks.made_for((1, 3, 32, 32)).get_property("NUM_STREAMS") == min(2, len(os.sched_getaffinity(0)))
    assert engine._networks.made_for((1, 3, 32, 32)).get_property("ENABLE_CPU_PINNING") is False


@pytest.mark.parametrize("engine", ["cuda", "tensorrt"])
def test_a_gpu_that_is_not_there_is_told_with_the_remedy(engine: Preference) -> None:
    if PROVIDERS[engine][0] in onnxruntime.get_available_providers():  # type: ignore[index]
        pytest.skip("this ONNX Runtime offers it")
    with pytest.raises(
        ModelError, match=rf"engine {engine}: .*offers .*CPUExecutionProvider.* -> install 'onnxruntime-gpu"
    ):
        load_model(prefer=engine)


# The profiler makes threads take turns at every call, where they would only seldom meet.
FIRST_RUNS = """
import threading, time
import numpy as np
from kitchenwatch.detect.loading import load_model
engine = load_model(prefer="openvino").engine
threading.setprofile(lambda *_: time.sleep(0.0005))
threads = [threading.Thread(target=engine.run, args=[np.zeros((1, 3, 32, 32), np.float32)]) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_two_threads_may_run_a_network_for_the_first_time_at_once() -> None:
    pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    # In a process of its own, for it locked up as a whole.
    subprocess.run([sys.executable, "-c", FIRST_RUNS], check=True, timeout=60)


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_an_engine_tells_nobody_that_it_runs(engine: str, tmp_path: Path) -> None:
    pytest.importorskip(engine, reason=f"needs the extra: pip install 'kitchenwatch[{engine}]'")
    program = f'from kitchenwatch.detect.loading import load_model; load_model(prefer="{engine}")'
    # Their telemetry keeps a number of the machine in the user's home before it sends anything.
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, env={"HOME": str(tmp_path)})
    assert not list(tmp_path.iterdir())


def test_a_checkpoint_of_ultralytics_runs_as_it_is(tmp_path: Path) -> None:
    ultralytics = pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")
    network = import_module("ultralytics.nn.tasks").DetectionModel("yolo11n.yaml", nc=len(LABELS), verbose=False)
    network.names = {index: str(label) for index, label in enumerate(LABELS)}
    fresh = ultralytics.YOLO("yolo11n.yaml")
    fresh.model = network
    fresh.save(tmp_path / "fresh.pt")
    raw = load_model(tmp_path / "fresh.pt").engine.run(np.zeros((2, 3, 320, 320), np.float32))
    assert raw.shape == (2, 4 + len(LABELS), 2100)


def test_other_labels_are_refused_by_name(tmp_path: Path, shipped: Model) -> None:
    wrong = renamed(shipped.path, tmp_path / "dogs.onnx", b"'cigarette'", b"'chopstick'")
    with pytest.raises(ModelError, match=r"dogs\.onnx: the model's labels are .*chopstick.*needs .*cigarette.* -> "):
        load_model(wrong, "onnxruntime")


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino"])
def test_a_file_that_is_no_model_is_refused(tmp_path: Path, engine: str) -> None:
    if engine == "openvino":
        pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")
    broken = tmp_path / "broken.onnx"
    broken.write_text("hello")
    with pytest.raises(ModelError, match=r"broken\.onnx: not .* -> "):
        load_model(broken, engine)  # type: ignore[arg-type]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.onnx: no such file"):
        load_model(tmp_path / "gone.onnx")


def test_an_unknown_suffix_is_named(tmp_path: Path) -> None:
    strange = tmp_path / "model.tflite"
    strange.touch()
    with pytest.raises(ModelError, match=r"\.tflite"):
        load_model(strange)


def test_torch_without_its_extra_says_which(tmp_path: Path) -> None:
    try:
        import ultralytics  # noqa: F401
    except ImportError:
        checkpoint = tmp_path / "best.pt"
        checkpoint.touch()
        with pytest.raises(MissingExtra, match=r"kitchenwatch\[train\]"):
            load_model(checkpoint)
    else:
        pytest.skip("Ultralytics is installed")


def test_names_are_read_only_from_a_literal() -> None:
    assert names_in("{1: 'hat', 0: 'person'}") == ("person", "hat")
    assert names_in("__import__('os')") == ()
    assert names_in("") == ()


def test_the_engine_tells_the_labels_in_its_file(shipped: Model) -> None:
    assert OnnxEngine(shipped.path).labels == LABELS
