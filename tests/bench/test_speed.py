"""A real run of small cameras over a real RTSP server, and what it adds up to."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import av
import pytest
from rich.console import Console
from typer.testing import CliRunner

from films import read_time
from kitchenwatch.bench.apart import Tell, apart
from kitchenwatch.bench.speed.figures import OTHER, OURS, PLAIN, STAGES, STOCK, FilmCost, Measured, Run, Shares
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.bench.speed.phases import begin_at
from kitchenwatch.bench.speed.plots import draw_cost
from kitchenwatch.bench.speed.table import notes, tables
from kitchenwatch.cli.bench import app
from kitchenwatch.errors import Invalid, KitchenwatchError, SourceUnreadable
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.stream import Stream

STAGES_EACH = dict.fromkeys((*STAGES, OTHER), 0.5)
RUN = Run(
    cameras=2,
    wall=10.0,
    seconds=20.0,
    cpu=1.0,
    stages=STAGES_EACH,
    frames=100,
    skipped=0,
    people=1.0,
    behind=(0.1, 0.2, 0.3),
    memory=(100, 160),
    alarms=(),
    states={"quiet": 1.0},
    price=0.1,
    waited=0.0,
)


def cost(way: str, cpu: float, film: str = "a.mp4") -> FilmCost:
    return FilmCost(film, way, 10.0, cpu, 1.0, 50, 1.0, dict(STAGES_EACH))


# --- the meter ---


def busy(meter: Meter, stage: str, turns: int) -> None:
    with meter.stage(stage):
        sum(range(turns * 100_000))


def test_a_stage_within_another_is_charged_to_itself_alone() -> None:
    meter = Meter()
    with meter.stage("outer"):
        busy(meter, "inner", 40)
        sum(range(40 * 100_000))
    stages = meter.stages()
    # The same work in both: each has about half, whatever else the machine does.
    assert 0.2 < stages["inner"] / (stages["inner"] + stages["outer"]) < 0.8


def test_every_thread_is_charged() -> None:
    meter = Meter()
    busy(meter, "sum", 10)
    alone = meter.stages()["sum"]
    threads = [threading.Thread(target=busy, args=(meter, "sum", 10)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.stages()["sum"] > 2 * alone


def test_a_fitted_part_does_what_it_did() -> None:
    meter = Meter()
    part = meter.fit([3, 1, 2], "sorting")
    part.sort()
    assert part.index(1) == 0
    assert set(meter.stages()) == {"sorting"}


def test_a_metered_stream_gives_what_a_stream_gives(make_film: Callable[..., Path]) -> None:
    meter, film = Meter(), make_film(seconds=1)
    with Stream(film) as plain, meter.open_stream(film) as metered:
        expected = [len(plain.decode(packet)) for packet in plain.packets()]
        assert [len(metered.decode(packet)) for packet in metered.packets()] == expected
    assert meter.stages()["decode"] > 0
    assert meter.stages()["demux"] > 0


# --- work apart ---


def halfway(tell: Tell) -> str:
    tell(0.001)
    tell(0.5)
    return "done"


def refuse(tell: Tell) -> str:
    raise SourceUnreadable("kitchen.mp4: no film -> give one")


def test_work_apart_tells_how_far_it_is_and_returns_what_it_made() -> None:
    told: list[float] = []
    assert apart(halfway, told.append) == "done"
    assert told == [0.5]


def test_what_goes_wrong_apart_is_told_here() -> None:
    with pytest.raises(KitchenwatchError, match=r"kitchen\.mp4: no film -> give one"):
        apart(refuse, lambda share: None)


# --- phases ---


def test_a_copy_begins_elsewhere_and_holds_the_whole_film(make_film: Callable[..., Path], tmp_path: Path) -> None:
    film = make_film(seconds=4, gop=1.0, codec="libx264", b_frames=2)
    copy = begin_at(film, 0.6, tmp_path)
    converter = Converter()
    with av.open(str(copy)) as container:
        times = [(float(p.time or 0), read_time(converter.bgr(p))) for p in container.decode(video=0)]
    begin = times[0][0]
    assert [round(t - begin, 2) for t, _ in times] == [round(n / 25, 2) for n in range(100)]
    assert [shown for _, shown in times] == [round((2 + n / 25) % 4, 2) for n in range(100)]


# --- what follows from figures ---


def test_ratios_are_to_the_same_film_and_for_cameras_to_all_of_them() -> None:
    films = (cost(OURS, 1.0), cost(PLAIN, 3.0), cost(OURS, 1.0, "b.mp4"), cost(PLAIN, 5.0, "b.mp4"))
    measured = Measured({}, films, (RUN,), ())
    assert measured.ratio(films[0], PLAIN) == pytest.approx(3)
    assert measured.ratio(films[2], PLAIN) == pytest.approx(5)
    assert measured.ratio(RUN, PLAIN) == pytest.approx(0.4 / 0.05)
    assert measured.ratio(RUN, STOCK) is None


def test_a_core_serves_as_many_cameras_as_their_cost_allows() -> None:
    assert RUN.per_second == pytest.approx(0.05)
    assert RUN.per_core == pytest.approx(20)


def test_what_a_camera_adds_to_memory_is_told_by_runs_of_few_and_many() -> None:
    few, many = replace(RUN, cameras=1, memory=(100, 150)), replace(RUN, cameras=5, memory=(110, 280))
    assert Measured({}, (), (few, many), ()).bytes_per_camera == pytest.approx((170 - 50) / 4)
    assert Measured({}, (), (few,), ()).bytes_per_camera is None
    assert Measured({}, (), (few, replace(many, memory=None)), ()).bytes_per_camera is None


@pytest.mark.parametrize("late", [{"skipped": 2}, {"behind": (0.1, 1.5, 2.0)}, {"seconds": 19.0}])
def test_a_run_that_skips_or_lags_or_misses_footage_is_not_real_time(late: dict[str, object]) -> None:
    assert RUN.real_time
    slow = replace(RUN, **late)  # type: ignore[arg-type]
    assert not slow.real_time
    assert any("not in real time" in note for note in notes(Measured({}, (), (slow,), ())))


def test_shares_of_time_add_up() -> None:
    shares = Shares()
    for name, seconds in (("quiet", 3.0), ("watching", 1.0), ("quiet", 4.0)):
        shares.add(name, seconds)
    assert shares.all() == {"quiet": 7 / 8, "watching": 1 / 8}


def test_tables_fit_a_terminal_of_80_columns() -> None:
    films = tuple(cost(way, 1.0, "a_long_name_of_a_film_from_a_kitchen.mp4") for way in (OURS, PLAIN, STOCK))
    runs = tuple(replace(RUN, cameras=number, cpu=123.4) for number in (1, 2, 4, 8, 16, 32))
    screen = Console(width=80, file=StringIO())
    for table in tables(Measured({}, films, runs, ())):
        screen.print(table)
    assert isinstance(screen.file, StringIO)
    shown = screen.file.getvalue()
    assert "…" not in shown.replace("a_long_name_of_a_film_f…", "")
    assert "32 cams" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_costs_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw_cost([RUN, replace(RUN, cameras=4, skipped=50)], tmp_path / "cost.png")
    assert (tmp_path / "cost.png").read_bytes().startswith(b"\x89PNG")


# --- everything real ---


def measured(*arguments: str | Path) -> Any:
    asked = ["speed", *map(str, arguments), "--json", "--engine", "onnxruntime", "--full"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def adds_up(cost: dict[str, Any]) -> bool:
    stages: dict[str, float] = cost["stages"]
    spent = all(stages[name] > 0 for name in ("demux", "decode", "convert", "look 1"))
    return spent and sum(stages.values()) == pytest.approx(cost["cpu"]) and sum(cost["states"].values()) == 1


def test_two_cameras_over_rtsp(make_film: Callable[..., Path], tmp_path: Path) -> None:
    pytest.importorskip("aio_rtsp_toolkit")
    film = make_film("stove.mp4", seconds=4, fps=5)
    told = measured(film, "--cameras", "2", "--seconds", "2", "--warm-up", "0", "--no-against", "--out", tmp_path)
    assert [film["film"] for film in told["films"]] == ["stove.mp4"]
    (run,) = told["cameras"]
    assert run["cameras"] == 2
    assert run["seconds"] == pytest.approx(2 * run["wall"], abs=2)
    assert run["frames"] > 0
    assert adds_up(run)
    assert run["per_core"] == pytest.approx(run["seconds"] / run["cpu"])
    assert json.loads((tmp_path / "speed.json").read_text("utf-8")) == told
    assert (tmp_path / "cost.png").exists()


def test_a_film_beside_its_yardsticks(make_film: Callable[..., Path]) -> None:
    film = make_film("stove.mp4", seconds=2, fps=5)
    told = measured(film, "--files")
    costs = {cost["way"]: cost for cost in told["films"]}
    assert not told["cameras"]
    assert adds_up(costs[OURS])
    assert costs[OURS]["seconds"] == pytest.approx(2, abs=0.3)
    ratio = costs[PLAIN]["per_second"] / costs[OURS]["per_second"]
    assert costs[OURS]["times_less_than"][PLAIN] == pytest.approx(ratio)
    if STOCK in costs:
        assert costs[STOCK]["frames"] == 9
    else:
        assert "kitchenwatch[train]" in told["missing"][0]


def test_no_number_of_cameras_is_refused_before_anything_is_timed() -> None:
    result = CliRunner().invoke(app, ["speed", "none.mp4", "--cameras", "1,many"])
    assert isinstance(result.exception, Invalid)
    assert "--cameras 1,many" in str(result.exception)
