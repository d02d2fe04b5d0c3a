"""OpenVINO: batches in parts, and networks made for the shapes that come often."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("openvino", reason="needs the extra: pip install 'kitchenwatch[openvino]'")

from kitchenwatch.detect import engine_openvino
from kitchenwatch.detect.engine_openvino import OpenVinoEngine
from kitchenwatch.detect.loading import default_model


@pytest.fixture
def engine() -> OpenVinoEngine:
    """Single precision; three runs are often."""
    return OpenVinoEngine(default_model(), precision="f32", often=3)


def pictures(count: int, height: int = 64, width: int = 96) -> NDArray[np.float32]:
    return np.random.default_rng(count).random((count, 3, height, width), np.float32)


@pytest.mark.parametrize(
    ("count", "side", "parts"),
    [(1, 320, [1]), (3, 320, [2, 1]), (8, 320, [4, 4]), (7, 320, [4, 2, 1]), (3, 640, [1, 1, 1]), (6, 64, [4, 2])],
)
def test_a_batch_is_cut_into_few_sizes(count: int, side: int, parts: list[int]) -> None:
    batch = np.arange(count, dtype=np.float32).reshape(-1, 1, 1, 1) + np.zeros((count, 3, side, side), np.float32)
    cut = list(engine_openvino._parts(batch))
    assert [len(part) for part in cut] == parts
    assert np.array_equal(np.concatenate(cut), batch)


def test_each_picture_of_a_batch_gets_its_own_answer(engine: OpenVinoEngine) -> None:
    batch = pictures(7)
    together, alone = engine.run(batch), np.concatenate([engine.run(picture[None]) for picture in batch])
    np.testing.assert_allclose(together, alone, atol=1e-3)


def test_a_network_made_for_a_shape_says_the_same(engine: OpenVinoEngine) -> None:
    batch = pictures(2)
    before = engine.run(batch)
    made = engine._networks.made_for(batch.shape)
    for _ in range(3):
        engine.run(batch)
    assert engine._networks.made_for(batch.shape) is not made
    np.testing.assert_allclose(engine.run(batch), before, atol=1e-3)


def test_no_more_networks_are_made_than_memory_allows(engine: OpenVinoEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_openvino, "TAILORED", 2)
    made: set[Any] = set()
    for width in (64, 96, 128, 160):
        for _ in range(5):
            engine.run(pictures(1, width=width))
        made.add(engine._networks.made_for((1, 3, 64, width)))
    assert len(made) == 3  # two of their own, and the one for all others
