"""What looks cost: every way gets the same pictures, in turns."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kitchenwatch.bench.looks import Pictures, Task, Way, measure, ways
from kitchenwatch.bootstrap.look_bench import look_tasks, look_ways
from kitchenwatch.detect.loading import default_model
from kitchenwatch.errors import Invalid

FILM = Path(__file__).parents[2] / "sample_videos" / "two_cooks" / "two_cooks.mp4"


def test_ways_take_turns_at_the_same_pictures() -> None:
    seen: list[tuple[str, int, int, int]] = []

    def way(name: str) -> Way:
        def look(pictures: Pictures, width: int, height: int) -> None:
            seen.append((name, int(pictures[0][0, 0, 0]), width, height))

        return Way(name, "f32", look)

    pictures = [np.full((4, 4, 3), value, np.uint8) for value in range(2)]
    task = Task("look", [[each] for each in pictures], 64, 32)
    steps = list(measure([way("a"), way("b"), Way("c", "f32", missing="no c here")], [task], rounds=2))
    assert [done for done, _ in steps] == [0, 1, 2]
    assert seen == [(name, turn % 2, 64, 32) for turn in range(3) for name in "ab"]
    assert [cost.engine for cost in steps[-1][1]] == ["a", "b"]


def test_cost_is_of_one_picture_and_leaves_out_the_first_run() -> None:
    runs = []

    def look(pictures: Pictures, width: int, height: int) -> None:
        runs.append(len(pictures))
        for _ in range(2_000_000 if len(runs) == 1 else 1000):
            pass

    eight = [np.zeros((4, 4, 3), np.uint8)] * 8
    *_, (_, (cost,)) = measure([Way("a", "f32", look)], [Task("look", [eight], 32, 32)], rounds=5)
    assert runs == [8] * 6
    assert 0 <= cost.median_ms <= cost.p90_ms < 2


def test_looks_are_taken_from_films_as_the_line_takes_them() -> None:
    tasks = look_tasks([FILM], None)
    assert [task.name for task in tasks[:2]] == ["look 1, 640×384", "look 1, 640×384, 4 at once"]
    assert [{len(batch) for batch in task.batches} for task in tasks] == [{1}, {4}, {8}] * 2
    frame, crop = (task.batches[0][0] for task in (tasks[0], tasks[3]))
    assert max(crop.shape[:2]) < frame.shape[0]


def test_films_without_people_are_refused(make_film: Callable[..., Path]) -> None:
    with pytest.raises(Invalid, match="nobody is found"):
        look_tasks([make_film("empty.mp4", seconds=1)], None)


def test_what_is_not_installed_is_said_and_the_rest_is_measured() -> None:
    tried = look_ways(None, None, None)
    stock = tried[-1]
    try:
        import ultralytics  # noqa: F401
    except ImportError:
        assert stock.look is None
        assert "kitchenwatch[train]" in stock.missing
    assert tried[0].look is not None


def test_stock_ultralytics_looks_at_the_same_pictures() -> None:
    pytest.importorskip("ultralytics", reason="needs the extra: pip install 'kitchenwatch[train]'")
    stock = ways(default_model(), default_model(), default_model())[-1]
    assert stock.look is not None
    results: Any = stock.look([np.zeros((90, 160, 3), np.uint8)], 640, 384)
    assert [found.orig_shape for found in results] == [(90, 160)]
