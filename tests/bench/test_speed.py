from collections.abc import Callable
from pathlib import Path

import pytest
from kitchenwatch.bootstrap.bench import film_cost

from kitchenwatch.bench.speed import Bill, metered
from kitchenwatch.bootstrap.films import films_config
from kitchenwatch.bootstrap.sight import build_sight


def test_a_meter_passes_everything_on_and_charges_the_stage() -> None:
    bill = Bill()
    part = metered([3, 1, 2], bill, "sorting")
    part.sort()
    assert part.index(1) == 0
    assert bill.stages["sorting"] >= 0


def test_a_films_cost_is_split_by_stage_and_set_beside_decoding(make_film: Callable[..., Path]) -> None:
    film = make_film("kitchen.mp4", seconds=2)
    *_, (seconds, cost) = film_cost(film, films_config([film]), build_sight(engine="onnxruntime"))
    assert cost is not None
    assert seconds == cost.seconds == pytest.approx(2, abs=0.3)
    assert {"source", "health", "look 1", "tracks", "rules"} <= set(cost.stages)
    assert sum(cost.stages.values()) == pytest.approx(cost.cpu)
    assert cost.cpu > cost.stages["look 1"] > 0
    assert cost.people == 0
    assert cost.ratio == pytest.approx(cost.cpu / cost.decode)
