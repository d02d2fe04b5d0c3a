"""A real run of small cameras over a real RTSP server, and what it adds up to."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any, cast

import av
import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from films import read_time
from kitchenwatch.attention.full import FullAttention
from kitchenwatch.bench.apart import Tell, apart
from kitchenwatch.bench.speed.course import SPANS, Course, Span, Thirds, longest_gap
from kitchenwatch.bench.speed.course_plot import draw_course, windows
from kitchenwatch.bench.speed.engine_threads import EngineThreads, threads_begun
from kitchenwatch.bench.speed.figures import OTHER, OURS, PLAIN, STAGES, STOCK, FilmCost, Measured, Run, Shares
from kitchenwatch.bench.speed.meter import Meter
from kitchenwatch.bench.speed.phases import begin_at
from kitchenwatch.bench.speed.plots import draw_cost
from kitchenwatch.bench.speed.table import notes, tables
from kitchenwatch.bench.speed.witness import KEPT_S, Arrivals
from kitchenwatch.cli.bench import app
from kitchenwatch.clock import ManualClock, cpu_seconds
from kitchenwatch.detect.engine_openvino import OFTEN
from kitchenwatch.detect.loading import load_model
from kitchenwatch.errors import Invalid, KitchenwatchError, SourceUnreadable
from kitchenwatch.model import Frame
from kitchenwatch.picture import ArrayPicture, Picture
from kitchenwatch.sources.picture import Converter
from kitchenwatch.sources.stream import Stream

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
SPAN = Span(
    until=10.0,
    seconds=10.0,
    cpu=1.0,
    memory=160,
    behind=(0.1, 0.2, 0.3),
    price=0.1,
    waited=0.0,
    overloaded=0.0,
    looks=(50, 50),
)
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
    course=Course((SPAN,), (0.2, 0.2)),
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


def test_a_keyframe_decoded_alone_counts_as_decoding(make_film: Callable[..., Path]) -> None:
    meter = Meter()
    with meter.open_stream(make_film(seconds=1)) as metered:
        keyframe = next(iter(metered.packets()))
        metered.decode(keyframe)  # only then is it known that the film is upright
        before = meter.stages()["decode"]
        assert metered.alone(keyframe, coarse=True)
    assert meter.stages()["decode"] > before


def test_what_an_engines_threads_do_is_charged_to_the_stage_that_asks() -> None:
    pytest.importorskip("openvino")
    # On a single core, or for one thread at a time, it computes in the thread that asks.
    engine, begun = threads_begun(lambda: load_model(None, "openvino", runs=2).engine)
    meter = Meter(EngineThreads(begun))
    batch = np.zeros((1, 3, 640, 640), np.float32)
    expected = engine.run(batch)  # makes itself ready for this size
    before = cpu_seconds()
    with meter.stage("look 1"):
        answers = [meter.engine(engine).run(batch) for _ in range(3)]
    spent = cpu_seconds() - before
    assert all(np.array_equal(answer, expected) for answer in answers)
    # Nothing else is at work here; this thread alone does next to nothing of it.
    assert meter.stages()["look 1"] == pytest.approx(spent, rel=0.2)


def test_threads_that_an_engine_begins_for_a_shape_that_comes_often_are_charged_too() -> None:
    pytest.importorskip("openvino")
    engine, begun = threads_begun(lambda: load_model(None, "openvino", runs=2).engine)
    meter = Meter(EngineThreads(begun))
    metered, batch = meter.engine(engine), np.zeros((1, 3, 320, 320), np.float32)
    with meter.stage("look 1"):
        for _ in range(OFTEN + 1):
            metered.run(batch)
    before, charged = cpu_seconds(), meter.stages()["look 1"]
    with meter.stage("look 1"):
        for _ in range(10):
            metered.run(batch)
    assert meter.stages()["look 1"] - charged == pytest.approx(cpu_seconds() - before, rel=0.2)


def test_a_thread_that_has_ended_disturbs_nothing() -> None:
    ended = threading.Thread(target=lambda: None)
    ended.start()
    ended.join()
    threads = EngineThreads({cast(int, ended.native_id)})
    with threads.run("look 1"):
        pass
    assert threads.seconds == {"look 1": 0.0}


def test_threads_are_charged_in_equal_parts_to_what_runs_at_once() -> None:
    asked, done, end = threading.Semaphore(0), threading.Semaphore(0), threading.Event()

    def compute() -> None:
        while asked.acquire() and not end.is_set():
            sum(range(1_000_000))
            done.release()

    thread = threading.Thread(target=compute)
    _, begun = threads_begun(thread.start)
    threads = EngineThreads(begun)

    def work() -> None:
        asked.release()
        done.acquire()

    work()  # for nobody
    assert not threads.seconds
    with threads.run("look 1"), threads.run("look 2"):
        work()
    both = threads.seconds.copy()
    with threads.run("look 2"):
        work()
    end.set()
    asked.release()
    thread.join()
    assert both["look 1"] == pytest.approx(both["look 2"], rel=0.05)
    assert threads.seconds["look 1"] == both["look 1"]
    assert threads.seconds["look 2"] > both["look 2"]


# --- what is noted ---


def picture(t: float) -> Frame:
    return Frame("camera-1", "run", t, BEGAN, ArrayPicture(np.zeros((2, 2, 3), np.uint8)))


def test_a_delay_counts_from_when_the_source_last_had_to_wait_for_a_packet() -> None:
    clock = ManualClock(BEGAN)
    arrivals = Arrivals(FullAttention(5.0), clock)
    for t, late in ((1.0, 0.0), (1.2, 0.5)):
        arrivals.attention.late(late)
        assert arrivals.attention.decodes(t, True, 1000)
    clock.advance(1.0)
    assert arrivals.since(picture(1.0)) == 1.0
    assert arrivals.since(picture(1.2)) == 1.5
    arrivals.attention.decodes(1.1 + KEPT_S, True, 1000)
    assert arrivals.since(picture(1.0)) == 0.0  # long forgotten
    assert arrivals.since(picture(1.2)) == 1.5


class Recalling(FullAttention):
    """Wants keyframes alone, and all that was passed over once they have come."""

    def decodes(self, t: float, key: bool, size: int) -> bool:
        return key

    def recalls(self, t: float, picture: Picture) -> bool:
        return True


def test_a_recalled_picture_is_behind_since_the_keyframe_that_recalled_it() -> None:
    clock, shown = ManualClock(BEGAN), picture(0.0).picture
    arrivals = Arrivals(Recalling(5.0), clock)
    for t in (1.0, 2.0, 3.0, 4.0, 5.0):
        arrivals.attention.decodes(t, t in (1.0, 3.0, 5.0), 1000)
        if t in (3.0, 5.0):
            arrivals.attention.recalls(t, shown)
        clock.advance(1.0)
    assert [arrivals.behind(picture(t)) for t in (1.0, 2.0, 3.0, 4.0, 5.0)] == [5.0, 3.0, 3.0, 1.0, 1.0]
    assert arrivals.since(picture(2.0)) == 4.0  # alarms are told from when things happened


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


# --- the course of a run ---


def course() -> Course:
    """Nine spans of ten seconds: memory and delay grow, nothing is judged in the last, one camera is seldom seen."""
    late = [(0.1, n / 10, 1.0) for n in range(8)]
    spans = [replace(SPAN, until=10.0 * (n + 1), memory=100 * n, looks=(10, 1 + n % 2, 12)) for n in range(9)]
    pairs = zip(spans, [*late, None], strict=True)
    return Course(tuple(replace(span, behind=behind) for span, behind in pairs), (1.0, 9.0, 1.0))


def test_growth_is_told_by_the_first_and_the_last_third() -> None:
    told = course()
    assert told.memory == Thirds(100, 700)
    assert told.late is not None
    assert (told.late.first, told.late.last) == pytest.approx((0.1, 0.65))
    blind = Course(tuple(replace(span, memory=None, behind=None) for span in told.spans), told.gaps)
    assert blind.memory is blind.late is None


def test_looks_are_told_of_every_camera() -> None:
    assert course().looks_a_minute == pytest.approx([60, 13 / 1.5, 72])
    counted = windows(course().spans)
    assert [until for until, _ in counted] == [30, 40, 50, 60, 70, 80, 90]
    assert counted[0][1] == pytest.approx([60, 8, 72])


def test_a_gap_lasts_until_the_next_look_or_the_end() -> None:
    assert longest_gap([1.0, 2.0, 5.5], until=7.0) == 3.5
    assert longest_gap([1.0, 2.0], until=7.0) == 5.0


def test_a_course_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    draw_course(replace(RUN, course=course()), tmp_path / "course.png")
    assert (tmp_path / "course.png").read_bytes().startswith(b"\x89PNG")


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
    assert told_over_time(run)
    assert 0 < run["behind"][0] <= run["behind"][2]
    assert min(run["course"]["gaps"]) > 0
    assert run["per_core"] == pytest.approx(run["seconds"] / run["cpu"])
    assert json.loads((tmp_path / "speed.json").read_text("utf-8")) == told
    assert (tmp_path / "cost.png").exists()
    assert (tmp_path / "course.png").exists()


def told_over_time(run: dict[str, Any]) -> bool:
    """Whether the spans hold what the whole run holds."""
    spans = run["course"]["spans"]
    looks = sum(sum(span["looks"]) for span in spans)
    cpu = sum(span["cpu"] for span in spans)
    return len(spans) == SPANS and looks == run["frames"] and cpu == pytest.approx(run["cpu"])


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
