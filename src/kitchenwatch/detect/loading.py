"""From a model file to a model that can be used: which file, which engine, and whether its labels fit."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Protocol

from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.engine_torch import TorchEngine
from kitchenwatch.detect.verifier import VERIFIED, Verifier
from kitchenwatch.errors import ModelError
from kitchenwatch.model import LABELS, Label
from kitchenwatch.ports import Engine

DEFAULT_MODEL = "kitchenwatch-yolo11n.onnx"

Preference = Literal["auto", "onnxruntime", "openvino", "cuda", "tensorrt"]


class LabelledEngine(Engine, Protocol):
    """An engine that tells the class names in its file."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model in use.

    Attributes:
        path: the file.
        sha256: hex digest of its files (see `digest`), for manifests and for the calibration that belongs to it.
        engine: what runs it.
        verifier: what looks again at what it finds; None if no such network lies beside it.
    """

    path: Path
    sha256: str
    engine: Engine
    verifier: Verifier | None = None

    @property
    def calibration(self) -> Path:
        """Where its calibration lies: beside it, `<name>.calibration.json`."""
        return self.path.with_suffix(".calibration.json")


def default_model() -> Path:
    """The model that ships with kitchenwatch: in `models/` of a source checkout, else where the wheel put it.

    Raises ModelError if it is in neither place.
    """
    for path in (Path(__file__).parents[3] / "models" / DEFAULT_MODEL, *_installed(DEFAULT_MODEL)):
        if path.is_file():
            return path
    raise ModelError(f"{DEFAULT_MODEL} is not installed -> name a model file, or install kitchenwatch again")


def _installed(name: str) -> list[Path]:
    try:
        return [Path(str(entry.locate())) for entry in files("kitchenwatch") or [] if entry.name == name]
    except PackageNotFoundError:
        return []


def load_model(path: Path | None = None, prefer: Preference = "auto", threads: int = 1, runs: int = 1) -> Model:
    """A model ready to run.

    Args:
        path: `.onnx`, OpenVINO's `.xml`, or `.pt` with the extra `train`; the shipped model if None.
        prefer: engine for `.onnx`; `auto` takes OpenVINO where it is installed, because it is faster. `cuda` and
            `tensorrt` are ONNX Runtime on an NVIDIA GPU.
        threads: of one run of the engine.
        runs: side by side: as many threads may run it without waiting for each other.

    Raises:
        ModelError: no such file, not a model, a model of other labels, or no such GPU.
        MissingExtra: the engine is not installed.
    """
    path = path or default_model()
    if not path.is_file():
        raise ModelError(f"{path}: no such file -> name a .onnx, .xml or .pt model")
    engine = load_engine(path, prefer, threads, runs)
    _check_labels(path, engine.labels, LABELS)
    return Model(path, digest(path), engine, _load_verifier(verifier_of(path), prefer, threads, runs))


def verifier_of(path: Path) -> Path:
    """Where the verifier of a model lies if it has one: beside it, `<name>.verifier.onnx`."""
    return path.with_suffix(".verifier.onnx")


def _load_verifier(path: Path, prefer: Preference, threads: int, runs: int) -> Verifier | None:
    if not path.is_file():
        return None
    # TensorRT would build a program for the shapes of both looks, of which close-ups have none.
    engine = load_engine(path, "cuda" if prefer == "tensorrt" else prefer, threads, runs)
    _check_labels(path, engine.labels, VERIFIED)
    return Verifier(engine)


def digest(path: Path) -> str:
    """SHA-256 of a model: of its file, in OpenVINO's format with the weights beside it, and of its verifier, if any."""
    parts = [path, path.with_suffix(".bin")] if path.suffix == ".xml" else [path]
    parts += [verifier_of(path)] if verifier_of(path).is_file() else []
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def load_engine(path: Path, prefer: Preference = "auto", threads: int = 1, runs: int = 1) -> LabelledEngine:
    """The engine for that file, its labels not yet checked. Raises ModelError, MissingExtra."""
    if path.suffix == ".pt":
        return TorchEngine(path, threads)
    if path.suffix == ".xml":
        return OpenVinoEngine(path, threads, runs=runs)
    if path.suffix != ".onnx":
        raise ModelError(f"{path}: unknown kind of model {path.suffix!r} -> use .onnx, .xml or .pt")
    if prefer == "openvino" or (prefer == "auto" and find_spec("openvino")):
        return OpenVinoEngine(path, threads, runs=runs)
    return OnnxEngine(path, threads, prefer if prefer == "cuda" or prefer == "tensorrt" else "cpu")


def _check_labels(path: Path, labels: tuple[str, ...], needed: tuple[Label, ...]) -> None:
    if labels != needed:
        raise ModelError(
            f"{path}: the model's labels are {', '.join(labels) or 'not stated'}, kitchenwatch needs "
            f"{', '.join(needed)} -> use a model trained on these labels and exported by `kitchenwatch export`"
        )
