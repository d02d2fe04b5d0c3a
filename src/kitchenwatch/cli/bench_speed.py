"""`kitchenwatch bench speed`: what cameras cost on this machine."""

import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TaskID

from kitchenwatch import __version__
from kitchenwatch.bench.speed import plots
from kitchenwatch.bench.speed.course_plot import draw_course
from kitchenwatch.bench.speed.figures import OURS, PLAIN, STOCK, FilmCost, Measured, Run
from kitchenwatch.bench.speed.report import as_json as reported
from kitchenwatch.bench.speed.table import notes, tables
from kitchenwatch.bench.speed.yardsticks import require_stock
from kitchenwatch.bootstrap.sight import build_sight
from kitchenwatch.bootstrap.speed_bench import Setup, cameras_cost, film_cost, playing_apart
from kitchenwatch.cli.screen import explain, log_to_screen, progress, say_written, stdout
from kitchenwatch.detect.loading import Preference
from kitchenwatch.errors import Invalid, MissingExtra, StorageError


def speed(
    films: Annotated[list[Path], typer.Argument(help="Films as cameras would send them; played again and again.")],
    cameras: Annotated[str, typer.Option(help="How many at once; several runs: 1,2,4,8.")] = "1",
    rtsp: Annotated[list[str] | None, typer.Option(help="Where a server plays them; may be given again.")] = None,
    only_files: Annotated[bool, typer.Option("--files", help="Straight from the files alone, no cameras.")] = False,
    seconds: Annotated[float | None, typer.Option(min=1, help="Of each film and run; else all, and 60.")] = None,
    warm_up: Annotated[float, typer.Option(min=0, help="Seconds that cameras run unmeasured at first.")] = 5.0,
    against: Annotated[bool, typer.Option(help="Time the yardsticks on the same films.")] = True,
    stock: Annotated[Path | None, typer.Option(help="What stock Ultralytics runs, .pt; else our model.")] = None,
    model: Annotated[Path | None, typer.Option(help=".onnx; else the model that ships.")] = None,
    engine: Annotated[Preference, typer.Option(help="What runs the network.")] = "auto",
    fps: Annotated[float, typer.Option(min=0.1, help="Frames looked at a second, at most.")] = 5.0,
    full: Annotated[bool, typer.Option("--full", help="Decode everything, look always; no attention.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report on stdout, instead of tables.")] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for the report and its plots.")] = None,
) -> None:
    """What live cameras and films cost, beside two yardsticks in the same run."""
    log_to_screen(logging.WARNING)
    films = [film.absolute() for film in films]  # each is measured in a process and a folder of its own
    numbers = [] if only_files else _numbers(cameras)
    if out:
        _prepare(out)
    setup = Setup(model, engine, fps, "full" if full else "adaptive", seconds, warm_up, stock)
    about, (ways, missing) = _about(setup), _ways(against)
    with progress() as bar:
        costs = [_film(bar, film, way, setup) for film in films for way in ways]
        runs = list(_runs(bar, films, rtsp or [], numbers, setup)) if numbers else []
    measured = Measured(about, tuple(costs), tuple(runs), missing)
    _show(measured, as_json)
    if out:
        _write(out, measured)


def _numbers(text: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not numbers or min(numbers) < 1:
        raise Invalid(f"--cameras {text}: is no number of cameras -> write 1, or 1,2,4,8")
    return numbers


def _ways(against: bool) -> tuple[list[str], tuple[str, ...]]:
    if not against:
        return [OURS], ()
    try:
        require_stock()
    except MissingExtra as missing:
        return [OURS, PLAIN], (str(missing),)
    return [OURS, PLAIN, STOCK], ()


def _film(bar: Progress, film: Path, way: str, setup: Setup) -> FilmCost:
    task = bar.add_task(f"{film.name}: {way}", total=1.0)
    cost = film_cost(film, way, setup, partial(_tell, bar, task))
    bar.remove_task(task)
    return cost


def _tell(bar: Progress, task: TaskID, share: float) -> None:
    bar.update(task, completed=share)


def _runs(
    bar: Progress, films: Sequence[Path], rtsp: Sequence[str], numbers: Sequence[int], setup: Setup
) -> Iterator[Run]:
    with nullcontext(rtsp) if rtsp else playing_apart(films, max(numbers)) as addresses:
        for number in numbers:
            task = bar.add_task(f"{number} cameras", total=1.0)
            yield cameras_cost(addresses, number, setup, partial(_tell, bar, task))
            bar.remove_task(task)


def _about(setup: Setup) -> dict[str, str | float]:
    """What does the work; loaded here so that a model that cannot be is told before anything is timed."""
    model = build_sight(setup.model, setup.engine).model
    return {
        "version": __version__,
        "model": model.path.name,
        "model_sha256": model.sha256,
        "engine": model.engine.name,
        "fps": setup.fps,
        "attention": setup.attention,
        "cores": len(os.sched_getaffinity(0)),
    }


def _show(measured: Measured, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(reported(measured), ensure_ascii=False))
        return
    about = measured.about
    how = f"{about['attention']} attention, at most {about['fps']:g} frames a second"
    explain([f"{about['model']} by {about['engine']}, {how}; cores: {about['cores']}"])
    for table in tables(measured):
        stdout.print(table)
    explain(notes(measured))


def _prepare(folder: Path) -> None:
    plots.require()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror} -> name a folder that can be written") from error


def _write(folder: Path, measured: Measured) -> None:
    report, cost, course = folder / "speed.json", folder / "cost.png", folder / "course.png"
    report.write_text(json.dumps(reported(measured), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    written = [report]
    if measured.runs:
        plots.draw_cost(measured.runs, cost)
        draw_course(max(measured.runs, key=lambda run: run.cameras), course)
        written += [cost, course]
    say_written(written)
