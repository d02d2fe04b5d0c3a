"""What a look costs: CPU time per picture by engine and precision, beside what stock Ultralytics takes for the same.

All ways of looking take turns picture by picture in one run, so that whatever else the machine does meanwhile falls on
all of them. Each does the whole of the work, from the picture as decoded to boxes in its pixels.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kitchenwatch.clock import cpu_seconds
from kitchenwatch.detect.engine_onnx import OnnxEngine
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.yolo import Detector
from kitchenwatch.errors import MissingExtra
from kitchenwatch.picture import ArrayPicture
from kitchenwatch.ports import Engine

Pictures = Sequence[NDArray[np.uint8]]
Looking = Callable[[Pictures, int, int], object]  # pictures, width and height of the network's input

STOCK = "stock Ultralytics"
MIN_SCORE = 0.05  # as look 2 asks; stock Ultralytics is given the same thresholds
MAX_IOU = 0.6
AT_WORK = 0  # OpenVINO has a network for each shape from the first run on, as it has in a service after a minute


@dataclass(frozen=True, slots=True)
class Way:
    """One way of looking.

    Attributes:
        engine: what runs the network.
        precision: of the computation.
        look: does it; None if it cannot be done here.
        missing: what it lacks, in words.
    """

    engine: str
    precision: str
    look: Looking | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """One look, given several times.

    Attributes:
        name: for people.
        batches: the pictures of each run of the network, all of one length.
        width, height: of the network's input.
    """

    name: str
    batches: Sequence[Pictures]
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LookCost:
    """What one way takes for one task: CPU milliseconds a picture."""

    task: str
    engine: str
    precision: str
    median_ms: float
    p90_ms: float


def ways(model: Path, int8: Path | None, stock: Path) -> list[Way]:
    """Every way of looking that can be tried here.

    Args:
        model: `.onnx` in single precision.
        int8: the same in 8-bit integers, if there is one.
        stock: what stock Ultralytics predicts with, `.pt` or `.onnx`.

    Raises ModelError.
    """
    found = [
        Way("onnxruntime", "f32", _detect(OnnxEngine(model))),
        _if_installed("openvino", "f32", lambda: _detect(OpenVinoEngine(model, precision="f32", often=AT_WORK))),
        _if_installed("openvino", "bf16", lambda: _detect(OpenVinoEngine(model, precision="bf16", often=AT_WORK))),
    ]
    if int8:
        found += [
            Way("onnxruntime", "int8", _detect(OnnxEngine(int8))),
            _if_installed("openvino", "int8", lambda: _detect(OpenVinoEngine(int8, often=AT_WORK))),
        ]
    return [*found, _if_installed(STOCK, f"f32, {stock.suffix}", lambda: _predict(stock))]


def _if_installed(engine: str, precision: str, make: Callable[[], Looking]) -> Way:
    try:
        return Way(engine, precision, make())
    except MissingExtra as missing:
        return Way(engine, precision, missing=str(missing))


def _detect(engine: Engine) -> Looking:
    detector = Detector(engine, MIN_SCORE, MAX_IOU)

    def look(pictures: Pictures, width: int, height: int) -> object:
        return detector.detect([ArrayPicture(picture) for picture in pictures], width, height)

    return look


def _predict(path: Path) -> Looking:
    """Ultralytics as its documentation shows it, on one thread where it lets us choose. Raises MissingExtra."""
    try:
        import torch
        from ultralytics import YOLO
    except ImportError as missing:
        raise MissingExtra(STOCK, "train") from missing
    torch.set_num_threads(1)
    model = YOLO(path, task="detect")

    def look(pictures: Pictures, width: int, height: int) -> object:
        asked = {"conf": MIN_SCORE, "iou": MAX_IOU, "device": "cpu", "verbose": False, "batch": len(pictures)}
        return model.predict(list(pictures), imgsz=(height, width), **asked)

    return look


def measure(tried: Sequence[Way], tasks: Sequence[Task], rounds: int) -> Iterator[tuple[int, list[LookCost]]]:
    """Give every task to every way, in turns; yields the rounds done, with the last of them the costs.

    Ways that cannot be tried are passed over.
    """
    spent: dict[tuple[str, Way], list[float]] = {
        (task.name, way): [] for task in tasks for way in tried if way.look is not None
    }
    for done in range(rounds + 1):
        for task in tasks:
            for way in tried:
                if way.look is not None:
                    spent[task.name, way].append(_milliseconds(way.look, task, done))
        yield done, [_cost(*key, each[1:]) for key, each in spent.items()] if done == rounds else []


def _milliseconds(look: Looking, task: Task, turn: int) -> float:
    pictures = task.batches[turn % len(task.batches)]
    since = cpu_seconds()
    look(pictures, task.width, task.height)
    return 1000 * (cpu_seconds() - since) / len(pictures)


def _cost(task: str, way: Way, spent: Sequence[float]) -> LookCost:
    """Without the first run, which allocates."""
    return LookCost(task, way.engine, way.precision, float(np.median(spent)), float(np.quantile(spent, 0.9)))
